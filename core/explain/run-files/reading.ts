/** Reads the files of a run: a file that is missing or cannot be read is a finding, and no reason to stop. */
import { concatBytes } from '../../bytes/concat.ts';
import { toText } from '../../bytes/text.ts';
import { RelayError } from '../../errors.ts';
import { misfitOf } from '../../pipeline/stored-shapes.ts';
import type { ByteSource } from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import type { FindingCode, ReceiptFinding } from '../receipt/receipt.ts';

/** Gathers what does not fit together. */
export class Findings {
  readonly list: ReceiptFinding[] = [];

  add(code: FindingCode, path: string | null, message: string): void {
    if (!this.list.some((one) => one.code === code && one.path === path && one.message === message))
      this.list.push({ code, path, message });
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof RelayError && error.code === 'not_found';
}

/** Null if there is no such file. */
export async function readBytes(
  files: RunFiles,
  path: string,
  range?: { first: number; last: number },
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of files.open(path, range)) chunks.push(chunk);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  return concatBytes(chunks);
}

/** Null if there is no such file, or if it is not as a run writes it, which is a finding. */
export async function readJsonFile<T>(files: RunFiles, path: string, findings: Findings): Promise<T | null> {
  const bytes = await readBytes(files, path);
  if (bytes === null) return null;
  const value = parsed(toText(bytes));
  const misfit = value === undefined ? `${path} is not JSON` : misfitOf(path, value);
  if (misfit === null) return value as T;
  findings.add('damaged_artifact', path, misfit);
  return null;
}

/** Undefined if it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file of the run as a source that can be read again and again. */
export function runSource(files: RunFiles, path: string, size: number | null): ByteSource {
  return { name: path.slice(path.lastIndexOf('/') + 1), size, open: () => files.open(path) };
}
