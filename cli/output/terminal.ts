// SPDX-License-Identifier: MIT
// What only a terminal needs, bundled as a file of its own that is loaded there alone: parsing it would cost every
// start.

export { Chalk } from 'chalk'
export { default as Table } from 'cli-table3'
export { default as ora } from 'ora'
export { default as stringWidth } from 'string-width'
