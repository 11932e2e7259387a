/** The content types of the files that Relay writes, by file ending. */
const BY_ENDING = new Map([
  ['csv', 'text/csv; charset=utf-8'],
  ['json', 'application/json'],
  ['jsonl', 'application/x-ndjson'],
  ['tsv', 'text/tab-separated-values; charset=utf-8'],
  ['bin', 'application/octet-stream'],
]);

/** Null for an unknown ending. */
export function contentTypeOf(name: string): string | null {
  return BY_ENDING.get(name.slice(name.lastIndexOf('.') + 1)) ?? null;
}
