/** A file as `relay clean` reads it. */
import Papa from 'papaparse';
import { clean } from '../../cli/commands/clean/index.ts';
import { toText } from '../../core/bytes/text.ts';

/** The cells, header first; null where the file could not be read. */
export async function load(file: string, flags: readonly string[]): Promise<string[][] | null> {
  let text = '';
  const stdout = (data: Uint8Array | string): void => {
    text += typeof data === 'string' ? data : toText(data);
  };
  const io = { stdout, stderr: () => {}, isTTY: false, env: {} };
  if ((await clean([file, ...flags], io)) !== 0) return null;
  return text === '' ? [] : Papa.parse<string[]>(text.replace(/\n$/, ''), { delimiter: ',', newline: '\n' }).data;
}
