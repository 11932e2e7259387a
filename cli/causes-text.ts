/** The causes of a change in words: `feed (acme, rates.csv of bolt), config`. */
import type { Cause, ChangedInput } from '../core/pipeline/publish/diff/causes.ts';

const NAMED_MAX = 3;

/** Empty if there are none. */
export function causesText(causes: readonly Cause[], inputs: readonly ChangedInput[]): string {
  return causes.map((cause) => (cause === 'feed' ? `feed (${inputsText(inputs)})` : cause)).join(', ');
}

function inputsText(inputs: readonly ChangedInput[]): string {
  const named = inputs
    .slice(0, NAMED_MAX)
    .map(({ vendor_id, side_file }) => (side_file === null ? vendor_id : `${side_file} of ${vendor_id}`));
  const more = inputs.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
