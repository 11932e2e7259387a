/**
 * The offsets of common zones over some years, so that a small run does not wait for Intl, whose first format takes 15
 * ms. A test compares them with Intl. Later years are left to Intl: laws change.
 */

const FROM_YEAR = 2008;
const UNTIL_YEAR = 2028;
const FROM = Date.UTC(FROM_YEAR, 0, 1) / 1000;
const UNTIL = Date.UTC(UNTIL_YEAR, 0, 1) / 1000;
const HOUR = 3600;

/** Hours east of UTC in winter. */
const EUROPE: ReadonlyMap<string, number> = new Map([
  ['Europe/London', 0],
  ['Europe/Dublin', 0],
  ['Europe/Lisbon', 0],
  ['Europe/Amsterdam', 1],
  ['Europe/Berlin', 1],
  ['Europe/Brussels', 1],
  ['Europe/Budapest', 1],
  ['Europe/Copenhagen', 1],
  ['Europe/Madrid', 1],
  ['Europe/Oslo', 1],
  ['Europe/Paris', 1],
  ['Europe/Prague', 1],
  ['Europe/Rome', 1],
  ['Europe/Stockholm', 1],
  ['Europe/Vienna', 1],
  ['Europe/Warsaw', 1],
  ['Europe/Zurich', 1],
  ['Europe/Athens', 2],
  ['Europe/Bucharest', 2],
  ['Europe/Helsinki', 2],
]);
const NORTH_AMERICA: ReadonlyMap<string, number> = new Map([
  ['America/New_York', -5],
  ['America/Toronto', -5],
  ['America/Chicago', -6],
  ['America/Denver', -7],
  ['America/Los_Angeles', -8],
]);
const WITHOUT_SUMMER: ReadonlyMap<string, number> = new Map([
  ['America/Phoenix', -7],
  ['Asia/Hong_Kong', 8],
  ['Asia/Shanghai', 8],
  ['Asia/Singapore', 8],
  ['Asia/Tokyo', 9],
]);

export const ZONES_WITH_RULES: readonly string[] = [EUROPE, NORTH_AMERICA, WITHOUT_SUMMER].flatMap((zones) => [
  ...zones.keys(),
]);

/**
 * Seconds east of UTC at a moment; null outside the years of the table. Null in place of the function for other zones.
 */
export function ruleOf(timeZone: string): ((utc: number) => number | null) | null {
  const known = (hours: number, isSummer: (utc: number) => boolean) => (utc: number) =>
    utc < FROM || utc >= UNTIL ? null : (hours + (isSummer(utc) ? 1 : 0)) * HOUR;
  const european = EUROPE.get(timeZone);
  if (european !== undefined) return known(european, isEuropeanSummer);
  const american = NORTH_AMERICA.get(timeZone);
  if (american !== undefined) return known(american, (utc) => isAmericanSummer(utc + american * HOUR));
  const constant = WITHOUT_SUMMER.get(timeZone);
  return constant === undefined ? null : known(constant, () => false);
}

/** From the last Sunday in March to the last one in October, everywhere at 01:00 UTC. */
function isEuropeanSummer(utc: number): boolean {
  const year = new Date(utc * 1000).getUTCFullYear();
  return utc >= sunday(year, 2, 25) + HOUR && utc < sunday(year, 9, 25) + HOUR;
}

/** From the second Sunday in March, 02:00, to the first one in November, 01:00, both in winter time. */
function isAmericanSummer(winterTime: number): boolean {
  const year = new Date(winterTime * 1000).getUTCFullYear();
  return winterTime >= sunday(year, 2, 8) + 2 * HOUR && winterTime < sunday(year, 10, 1) + HOUR;
}

/** The start of the first Sunday from a day on. */
function sunday(year: number, month: number, day: number): number {
  const start = new Date(Date.UTC(year, month, day));
  return start.getTime() / 1000 + ((7 - start.getUTCDay()) % 7) * 24 * HOUR;
}
