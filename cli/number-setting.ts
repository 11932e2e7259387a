/** Whole numbers in environment variables. */
import type { Env } from './colour.ts';

export interface NumberSetting {
  name: string;
  fallback: number;
  smallest: number;
  /** Absent: as large as JavaScript counts exactly. */
  largest?: number;
}

/** Adds to `problems` if the value is no whole number in the range. */
export function readNumber(env: Env, setting: NumberSetting, problems: string[]): number {
  const { name, fallback, smallest, largest } = setting;
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= smallest && value <= (largest ?? Number.MAX_SAFE_INTEGER)) return value;
  const range = largest === undefined ? `from ${smallest}` : `from ${smallest} to ${largest}`;
  problems.push(`${name} must be a whole number ${range}, not "${text}"`);
  return fallback;
}
