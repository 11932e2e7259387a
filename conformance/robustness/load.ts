/** Loads a file with `relay clean`. */
import Papa from 'papaparse';
import { clean } from '../../cli/commands/clean/index.ts';
import { toText } from '../../core/bytes/text.ts';

/** The cells, header first; null if the file could not be read. */
export async function load(file: string, flags: readonly string[]): Promise<string[][] | null> {
  return (await loadAloud(file, flags)).cells;
}

/** The cells, and the text on standard error. */
export async function loadAloud(
  file: string,
  flags: readonly string[],
): Promise<{ cells: string[][] | null; said: string }> {
  let text = '';
  let said = '';
  const stdout = (data: Uint8Array | string): void => {
    text += typeof data === 'string' ? data : toText(data);
  };
  const stderr = (note: string): void => {
    said += note;
  };
  const io = { stdout, stderr, isTTY: false, env: {} };
  if ((await clean([file, ...flags], io)) !== 0) return { cells: null, said };
  const { data } = Papa.parse<string[]>(text.replace(/\n$/, ''), { delimiter: ',', newline: '\n' });
  return { cells: text === '' ? [] : data, said };
}
