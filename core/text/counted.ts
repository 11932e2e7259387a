/** Writes counts in messages. */

/** `1 problem`, `2 problems`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * A number as `1,234,567`. The runtime's own function would load the formats of a language, which takes longer than a
 * small run.
 */
export function grouped(count: number): string {
  return String(count).replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ',');
}
