/** Reads `errors.json` entry by entry: a run writes each on a line of its own, and the file may be large. */
import { toText } from '../../bytes/text.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { writtenLines } from './lines.ts';
import { isMissing } from './reading.ts';

/** The text of each entry. `take` gets the line as bytes, to be decoded if it is wanted. False if there is no such file. */
export async function readErrorLines(files: RunFiles, take: (line: Uint8Array) => void): Promise<boolean> {
  try {
    for await (const line of writtenLines(files.open(PATHS.errors), 'jsonl')) if (line.length > 1) take(line);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The entry as JSON; undefined if the line is damaged. */
export function parsedEntry(line: Uint8Array): unknown {
  try {
    return JSON.parse(toText(line).replace(/,$/, '')) as unknown;
  } catch {
    return undefined;
  }
}

/** Which row an entry is about; null if it is about a vendor or the run. This comes before anything that a feed says. */
export function rowOfEntry(line: Uint8Array): { vendorId: string; rowNumber: number } | null {
  const head = toText(line, 0, Math.min(line.length, HEAD_BYTES));
  const [, vendorId, digits] = ROW_HEAD.exec(head) ?? [];
  return vendorId === undefined ? null : { vendorId, rowNumber: Number(digits) };
}

const ROW_HEAD = /^\{"error_code":"[^"]*","vendor_id":"([^"]*)",(?:"file":"(?:[^"\\]|\\.)*",)?"row_number":(\d+)/;
/** What comes before the row number has at most so many bytes: a file's name is the longest part. */
const HEAD_BYTES = 8 << 10;
