/** What it takes to explain a run: reading its files, whole or in part. */

/** The files of one run, by path below its prefix, such as `outputs/merged_inventory.csv`. */
export interface RunFiles {
  /**
   * The first and the last byte of a range are both inclusive; the last may be past the end. A chunk belongs to its reader. Throws
   * `not_found`.
   */
  open(path: string, range?: { first: number; last: number }): AsyncIterable<Uint8Array>;
}
