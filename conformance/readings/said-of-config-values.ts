/** What the check of a config says of each value of the full example, when others take its place or it is missing, in a line for each value. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { checkConfig } from '../../core/config/check.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';

const TEXT = fs.readFileSync(new URL('../../docs/examples/full.json', import.meta.url), 'utf8');
const REGISTRY = testRegistry();

type ValuePlace = readonly (string | number)[];

/** The places of all values, those of objects and lists too. */
function placesOf(value: unknown, place: ValuePlace = []): ValuePlace[] {
  if (typeof value !== 'object' || value === null) return [place];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  const inside = [...keys].flatMap((key) => placesOf(value[key as keyof typeof value], [...place, key]));
  return place.length === 0 ? inside : [place, ...inside];
}

const PLACES = placesOf(JSON.parse(TEXT));
export const VALUE_COUNT = PLACES.length;

/** What may take the place of a value: what is no value at all, and its neighbours at both sides. */
function othersOf(value: unknown): unknown[] {
  const always = [undefined, null];
  if (typeof value === 'number') return [...always, '1', -value, 0, value + 1, value / 2, 1e9];
  if (typeof value === 'boolean') return [...always, !value, 'true'];
  if (Array.isArray(value)) return [...always, {}, [], [...value, ...value], [7], Array(1001).fill(value[0])];
  if (typeof value === 'object') return [...always, [], {}, { ...value, no_such_key: 1 }];
  const text = String(value);
  return [...always, 7, '', ` ${text}`, text.slice(1), `${text}x`, `${text}0`, `-${text}`, 'x'.repeat(1001)];
}

/** The part of the full example that a place of it needs: all of it takes a check ten times as long. */
function partFor(place: ValuePlace): string {
  const { vendors, pricing, output, merge, ...rest } = JSON.parse(TEXT);
  const { schema_version, tenant_id, timezone, default_currency } = rest;
  if (place[0] === 'vendors') {
    const { rules: _, vendor_terms: __, ...base } = pricing;
    const config = {
      schema_version,
      tenant_id,
      timezone,
      default_currency,
      pricing: base,
      merge: { strategy: 'best_offer' },
    };
    // the other places stay as they are
    const alone = vendors.map((one: { vendor_id: string; inbound: object }, i: number) =>
      i === place[1] ? one : plain(one),
    );
    return JSON.stringify({
      ...config,
      extra_columns: rest.extra_columns,
      guardrails: rest.guardrails,
      vendors: alone,
      output: { columns: output.columns },
    });
  }
  return JSON.stringify({ ...rest, pricing, merge, output, vendors: vendors.map(plain) });
}

function plain({ vendor_id, inbound }: { vendor_id: string; inbound: object }): object {
  return { vendor_id, inbound, parser: { format: 'csv' } };
}

export function ofConfigValue(number: number): string {
  const place = PLACES[number]!;
  const answers: string[] = [];
  const said: string[] = [];
  const text = partFor(place);
  let value: unknown = JSON.parse(text);
  for (const key of place) value = (value as Record<string, unknown>)[key];
  for (const other of othersOf(value)) {
    const config = JSON.parse(text);
    let within = config;
    for (const key of place.slice(0, -1)) within = within[key];
    const last = place.at(-1) as string;
    if (other === undefined) delete within[last];
    else within[last] = structuredClone(other);
    const checked = checkConfig(config, REGISTRY);
    said.push(checked.ok ? 'fine' : (checked.problems[0]?.code ?? ''));
    answers.push(checked.ok ? JSON.stringify(checked.config) : JSON.stringify(checked.problems));
  }
  const hash = createHash('sha256').update(answers.join('\n')).digest('hex').slice(0, 8);
  return `${place.join('.')}: ${said.join(', ')} · ${hash}`;
}
