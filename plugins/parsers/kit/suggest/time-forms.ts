/** Finds the forms that read a column's timestamps. */

import { toBytes } from '../../../../core/bytes/text.ts';
import { readDatetime } from '../../../../core/bytes/time/datetime.ts';
import { timeReader } from '../../../../core/bytes/time/datetime-form.ts';

const TIME_FORMS = [
  ...['D.M.YYYY', 'D.M.YYYY HH:mm', 'D.M.YYYY HH:mm:ss', 'YYYY/M/D', 'YYYY/M/D HH:mm', 'YYYY/M/D HH:mm:ss'],
  ...['YYYY-M-D', 'YYYY-M-D H:mm', 'YYYY-MM-DD HH:mm', 'YYYY.M.D', 'D-MMM-YYYY', 'D MMM YYYY', 'MMM D, YYYY'],
  ...['YYYYMMDD', 'YYYYMMDDHHmmss', 'YYYYMMDD HH:mm:ss', 'YYYYMMDDTHHmm', 'YYYYMMDDTHHmmss', 'YYYYMMDDTHHmmssZ'],
  ...['YYYY-M-DTH:mm:ss', 'YYYY-M-DTH:mm:ssZ', 'YYYY-M-D H:mm:ss', 'YYYY-M-D H:mm:ss Z', 'YYYY-M-DTH:mm:ss Z'],
  ...['YYYY-M-DTH:mm:ss.SSSZ', 'YYYY-M-D h:mm A', 'YYYY-M-D h:mm:ss A'],
  ...['M/D/YYYY', 'D/M/YYYY', 'M/D/YYYY H:mm', 'D/M/YYYY H:mm', 'M/D/YYYY H:mm:ss', 'D/M/YYYY H:mm:ss'],
  ...['M/D/YYYY h:mm A', 'D/M/YYYY h:mm A', 'M/D/YYYY h:mm:ss A', 'D/M/YYYY h:mm:ss A', 'M-D-YYYY', 'D-M-YYYY'],
];

/** The forms that read nearly all cells. If several read them differently, only the user knows which is right. */
export function timeForms(cells: readonly string[]): string[] {
  const readings = new Map<string, string[]>();
  for (const form of TIME_FORMS) {
    const values = readAs(form, cells);
    const good = values.filter((value) => isTime(value)).length;
    // if several forms read all cells alike, the first is enough
    if (good > 0.95 * cells.length && ![...readings.values()].some((other) => isSame(other, values)))
      readings.set(form, values);
  }
  const [[form, values] = ['', []], ...more] = readings;
  // if day and month are equal in all cells today, they may differ tomorrow, so the other form counts too
  const other = turned(form);
  const isEither =
    more.length === 0 && other !== form && TIME_FORMS.includes(other) && isSame(values, readAs(other, cells));
  return isEither ? [form, other] : [...readings.keys()];
}

/** True for a timestamp that needs no declared form. */
export function isTime(text: string): boolean {
  const bytes = toBytes(text);
  return bytes.length > 0 && !Number.isNaN(readDatetime(bytes, 0, bytes.length, null));
}

function readAs(form: string, cells: readonly string[]): string[] {
  const read = timeReader(form);
  return cells.map((cell) => read(cell) ?? '');
}

/** The form with day and month swapped. */
function turned(form: string): string {
  return form.startsWith('M') ? form.replace(/^M(.)D/, 'D$1M') : form.replace(/^D(.)M(?!M)/, 'M$1D');
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.every((value, i) => value === b[i]);
}
