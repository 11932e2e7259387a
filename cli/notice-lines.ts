/**
 * The notices of a run or a config, as `relay run` and `relay check` print them: three lines each, of which the first
 * has the code and the vendor.
 */
import type { Notice } from '../core/notices/notices.ts';
import { dim, type Text, yellow } from './colour.ts';

export function noticeLines(notices: readonly Notice[]): Text[] {
  return notices.flatMap(({ code, vendor_id, what, means, do: toDo }) => [
    [yellow(vendor_id === undefined ? code : `${code}:${vendor_id}`), `: ${what}`],
    ['  ', dim('means'), `  ${means}`],
    ['  ', dim('do'), `     ${toDo}`],
  ]);
}
