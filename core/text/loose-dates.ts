/** Dates in columns whose form nobody declared, as far as they have one reading. */

const DAY = 86_400;
const YEAR_FIRST = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:$|[T ])/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:$|[T ,])/;
const MONTH_NAMED =
  /^(?:(\d{1,2})[-. ]{1,2})?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ]{1,2}(?:(\d{1,2}),? )?(\d{4})$/i;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** Before it, dates stand for none: `1900-01-01`. */
const YEAR_MIN = 2000;

/** The first and the last second of the day in UTC, in seconds: of both days if day and month may be swapped. Null if it is none. */
export function looseDate(text: string): { from: number; to: number } | null {
  const days = daysOf(text.trim()).filter((day) => day !== null);
  if (days.length === 0) return null;
  return { from: Math.min(...days), to: Math.max(...days) + DAY - 1 };
}

function daysOf(text: string): Array<number | null> {
  const first = YEAR_FIRST.exec(text);
  if (first !== null) return [dayOf(first[1], first[3], first[4])];
  const last = YEAR_LAST.exec(text);
  if (last !== null) {
    const [, one, mark, other, year] = last;
    return mark === '.' ? [dayOf(year, other, one)] : [dayOf(year, other, one), dayOf(year, one, other)];
  }
  const named = MONTH_NAMED.exec(text);
  if (named === null) return [];
  const month = String(1 + MONTHS.indexOf((named[2] ?? '').toLowerCase()));
  return [dayOf(named[4], month, named[1] ?? named[3])];
}

function dayOf(year = '', month = '', day = ''): number | null {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < YEAR_MIN || m < 1 || m > 12 || d < 1 || d > 31) return null;
  return Date.UTC(y, m - 1, d) / 1000;
}
