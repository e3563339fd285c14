// SPDX-License-Identifier: MIT

/** What is in a page as of one moment. The bytes are the caller's; to write them changes no page. */
export class PageCopy {
  /** Counts the page's changes; 0 where it was never written. */
  readonly version: number
  readonly bytes: Uint8Array
  #view: DataView | undefined

  constructor(version: number, bytes: Uint8Array) {
    this.version = version
    this.bytes = bytes
  }

  /** The same bytes, as numbers. */
  get view(): DataView {
    return (this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength))
  }
}
