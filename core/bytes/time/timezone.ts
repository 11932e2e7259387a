/** Converts wall-clock times of an IANA zone to UTC, by the zone rules of the runtime's Intl. Common zones have theirs in a table. */
import type { NaiveClock } from './datetime.ts';
import { ruleOf } from './zone-rules.ts';

/** Seconds east of UTC at a moment. */
type OffsetAt = (utc: number) => number;

/** True if the runtime knows the zone. */
export function isTimeZone(name: string): boolean {
  if (isUtc(name) || ruleOf(name) !== null) return true;
  // listing the zones takes a tenth of the time of making a format; but the list lacks aliases
  if (Intl.supportedValuesOf('timeZone').includes(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isUtc(name: string): boolean {
  return /^(etc\/)?(utc|gmt)$/i.test(name);
}

/**
 * The clock of a zone; null for UTC. A wall time that a clock change skips is read with the offset before the change;
 * one that it repeats is the first of the two. Offsets are cached per quarter hour, because Intl is slow.
 */
export function zoneClock(timeZone: string): NaiveClock | null {
  if (isUtc(timeZone)) return null;
  const offsetAt = offsetsOf(timeZone);
  const known = new Map<number, number>();
  return (wall) => {
    const quarter = Math.floor(wall / 900);
    let shift = known.get(quarter);
    if (shift === undefined) {
      shift = toUtc(offsetAt, quarter * 900) - quarter * 900;
      if (known.size >= 65536) known.clear();
      known.set(quarter, shift);
    }
    return wall + shift;
  };
}

function toUtc(offsetAt: OffsetAt, wall: number): number {
  // the offsets a day before and a day after are those on both sides of a change
  const before = wall - offsetAt(wall - 86400);
  if (offsetAt(before) === wall - before) return before;
  const after = wall - offsetAt(wall + 86400);
  if (offsetAt(after) === wall - after) return after;
  return before;
}

/** Makes an Intl format only for a moment that the table of common zones does not cover. */
function offsetsOf(timeZone: string): OffsetAt {
  const rule = ruleOf(timeZone);
  let format: Intl.DateTimeFormat | null = rule === null ? formatOf(timeZone) : null;
  return (utc) => {
    const known = rule === null ? null : rule(utc);
    if (known !== null) return known;
    format ??= formatOf(timeZone);
    return formattedOffset(format, utc);
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
}

function formattedOffset(format: Intl.DateTimeFormat, utc: number): number {
  const parts: Record<string, string> = {};
  for (const part of format.formatToParts(utc * 1000)) parts[part.type] = part.value;
  const year = parts.era?.startsWith('B') ? 1 - Number(parts.year) : Number(parts.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  date.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return date.getTime() / 1000 - utc;
}
