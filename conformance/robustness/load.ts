/** A file as `relay clean` reads it. */
import Papa from 'papaparse';
import { clean } from '../../cli/commands/clean/index.ts';

/** The cells, header first; null where the file could not be read. */
export async function load(file: string, flags: readonly string[]): Promise<string[][] | null> {
  const chunks: Uint8Array[] = [];
  const io = { stdout: (bytes: Uint8Array) => void chunks.push(bytes), stderr: () => {}, isTTY: false };
  if ((await clean([file, ...flags], io)) !== 0) return null;
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? [] : Papa.parse<string[]>(text.replace(/\n$/, ''), { delimiter: ',', newline: '\n' }).data;
}
