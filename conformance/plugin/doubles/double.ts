/** A plugin that breaks one promise, with fixtures that would otherwise pass. */
import { z } from 'zod';
import type { Manifest, PluginKind } from '../../../core/plugin.ts';
import type { AnyPlugin } from '../../../core/registry.ts';
import type { CheckId } from '../checks.ts';
import type { PluginFixture } from '../fixture.ts';
import type { ConformanceOptions } from '../suite.ts';

export interface Double {
  /** What is broken. */
  title: string;
  /** The one check that must reject it. */
  check: CheckId;
  plugin: AnyPlugin;
  fixtures: readonly PluginFixture[];
  options?: ConformanceOptions;
}

export const noOptions = z.strictObject({});

export function manifestOf<K extends PluginKind>(kind: K, changes: object = {}): Manifest<K, Record<string, never>> {
  const base = { kind, id: `double_${kind}`, version: '1.0.0', contract: 1, summary: 'a double', options: noOptions };
  return { ...base, example: {}, ...changes } as Manifest<K, Record<string, never>>;
}

/** A clock that moves only when a double spends time. */
export function standingClock(): { clock: () => number; spend(seconds: number): void } {
  let milliseconds = 0;
  return {
    clock: () => milliseconds,
    spend: (seconds) => {
      milliseconds += seconds * 1000;
    },
  };
}

/** The id of a built-in plugin of each kind: the suite must refuse it. */
const TAKEN_IDS = {
  parser: 'csv',
  validator: 'required_fields',
  pricing: 'margin',
  merge: 'best_offer',
  output: 'csv',
};

/** Doubles for every kind: the same correct plugin with a mistake around its code. */
export function commonDoubles(good: AnyPlugin, fixtures: readonly PluginFixture[]): Double[] {
  const { manifest } = good;
  const changed = (changes: object) => ({ ...good, manifest: { ...manifest, ...changes } }) as AnyPlugin;
  const [first] = fixtures as [PluginFixture];
  const picky = z.strictObject({ pick: z.string().optional() });
  const choosy = {
    manifest: { ...manifest, options: picky, example: { pick: 'none' } },
    load: async () => {
      const make = (await good.load()) as (options: object, context: object) => unknown;
      return (options: { pick?: string }, context: object) => {
        if (options.pick === 'none') throw new Error('there is nothing to pick');
        return make(options, context);
      };
    },
  } as unknown as AnyPlugin;
  const looseOptions = z.looseObject({});
  const anyValue = z.strictObject({ value: z.any().optional() });
  const anyDepth = z.strictObject({ deep: z.object({ known: z.string() }).optional() });
  const dated = z.strictObject({ since: z.date().optional() });
  const set = z.strictObject({
    names: z
      .array(z.string())
      .default([])
      .transform((names) => new Set(names)),
  });
  return [
    { title: 'without fixtures', check: 'suite', plugin: good, fixtures: [] },
    {
      title: 'two fixtures of one name',
      check: 'suite',
      plugin: good,
      fixtures: [first, { ...first, options: {}, tenant: { timezone: 'Asia/Tokyo' } }],
    },
    {
      title: 'two fixtures with the same inputs',
      check: 'suite',
      plugin: good,
      fixtures: [first, { ...first, name: 'other' }],
    },
    { title: 'a fixture without rows', check: 'suite', plugin: good, fixtures: [{ ...first, rows: 0 }] },
    {
      title: 'a fixture that expects nothing',
      check: 'suite',
      plugin: good,
      fixtures: [{ ...first, expect: { rows: [] } }],
    },
    { title: 'made for another contract', check: 'manifest', plugin: changed({ contract: 2 }), fixtures },
    {
      title: 'with the id of a plugin of Relay',
      check: 'manifest',
      plugin: changed({ id: TAKEN_IDS[manifest.kind] }),
      fixtures,
    },
    {
      title: 'an example that its schema refuses',
      check: 'manifest',
      plugin: changed({ example: { no: 1 } }),
      fixtures,
    },
    { title: 'an example that its code cannot use', check: 'example', plugin: choosy, fixtures },
    { title: 'an option that is a Date', check: 'options_json', plugin: changed({ options: dated }), fixtures },
    { title: 'options that become a Set', check: 'options_json', plugin: changed({ options: set }), fixtures },
    {
      title: 'options that take unknown keys',
      check: 'options_closed',
      plugin: changed({ options: looseOptions }),
      fixtures,
    },
    {
      title: 'an option that takes anything',
      check: 'options_closed',
      plugin: changed({ options: anyValue }),
      fixtures,
    },
    {
      title: 'an option that takes unknown keys inside',
      check: 'options_closed',
      plugin: changed({ options: anyDepth }),
      fixtures,
    },
  ];
}
