/** Checks `output.exports` across its entries; the schema checks each entry. */
import type { ConfigProblem } from '../plugin.ts';
import type { Registry } from '../registry.ts';
import { EXPORTS_MAX } from './exports.ts';
import { configAt, configList } from './raw.ts';

export function exportProblems(raw: unknown, registry: Registry): ConfigProblem[] {
  // the schema reports a list that is too long
  const entries = configList(raw, 'output', 'exports').slice(0, EXPORTS_MAX);
  return [...formatProblems(raw, registry), ...entries.flatMap((_, i) => entryProblems(raw, entries, i))];
}

/**
 * A shop's format named in `output.format`. The schema only refuses it; this says that it belongs in `output.exports`.
 */
function formatProblems(raw: unknown, registry: Registry): ConfigProblem[] {
  const format = configAt(raw, 'output', 'format');
  if (typeof format !== 'string' || ['csv', 'jsonl'].includes(format) || registry.find('output', format) === null) {
    return [];
  }
  const message = `"${format}" is a format of output.exports: the feed itself is csv or jsonl, and is exported as { "use": "${format}" }`;
  return [{ path: 'output.format', code: 'invalid_value', message }];
}

function entryProblems(raw: unknown, entries: readonly unknown[], i: number): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const name = nameOf(entries[i]);
  const first = entries.findIndex((entry) => nameOf(entry) === name);
  if (typeof name === 'string' && first < i) {
    const message = `output.exports[${first}] is called "${name}" too; give one of them another name`;
    problems.push({ path: `output.exports[${i}].name`, code: 'duplicate_export', message });
  }
  const isCompared = configAt(raw, 'publish') !== undefined || configAt(raw, 'guardrails') !== undefined;
  if (configAt(entries[i], 'content') === 'delta' && !isCompared) {
    const message = 'needs publish or guardrails: without them no feed is compared with the one before';
    problems.push({ path: `output.exports[${i}].content`, code: 'delta_without_publish', message });
  }
  return problems;
}

function nameOf(entry: unknown): unknown {
  return configAt(entry, 'name') ?? configAt(entry, 'use');
}
