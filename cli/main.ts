#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The only place that ends the process.

import { run } from './program.ts'

void run(process.argv.slice(2)).then((status) => process.exit(status))
