/** What `definePlugin` refuses at type check: each line below `@ts-expect-error` is a type error. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { definePlugin } from './define-plugin.ts';

function manifest<Kind extends string>(kind: Kind) {
  const options = z.strictObject({ word: z.string() });
  return { kind, id: 'own', version: '1.0.0', contract: 1, summary: 'own', options, example: { word: 'a' } } as const;
}

test('a plugin passes through, and its hooks get typed options, rows and steps', () => {
  const validator = definePlugin({
    manifest: { ...manifest('validator'), codes: { odd: 'it is odd' } },
    load: async () => (options) => ({
      check: (row, report) => {
        if (row.title === options.word) report.error('odd', 'title', 'it is odd');
      },
      finish: (report) => report.warning('odd'),
    }),
  });
  const rule = definePlugin({
    manifest: manifest('pricing'),
    load: async () => () => ({ price: ({ price }) => price }),
  });
  class Strategy {
    readonly leadTimeFallbackDays = null;
    readonly #sign = 1;
    compare(): number {
      return this.#sign;
    }
  }
  const strategy = definePlugin({ manifest: manifest('merge'), load: async () => () => new Strategy() });
  assert.equal(
    [validator, rule, strategy].map((plugin) => plugin.manifest.kind),
    ['validator', 'pricing', 'merge'],
  );
});

test('unknown keys in what a factory returns are type errors', () => {
  const check = () => undefined;
  const price = () => null;
  const declared = [
    // @ts-expect-error a misspelled hook
    definePlugin({ manifest: manifest('validator'), load: async () => () => ({ chekc: check }) }),
    // @ts-expect-error a misspelled hook beside a known one
    definePlugin({ manifest: manifest('validator'), load: async () => () => ({ check, finnish: check }) }),
    // @ts-expect-error a hook of another kind
    definePlugin({ manifest: manifest('pricing'), load: async () => () => ({ price, compare: () => 0 }) }),
    definePlugin({
      manifest: manifest('pricing'),
      // @ts-expect-error in one of several returns
      load: async () => (options) => {
        if (options.word === '') return { price };
        return { price, flor: price };
      },
    }),
    // @ts-expect-error a strategy needs a fallback
    definePlugin({ manifest: manifest('merge'), load: async () => () => ({ compare: () => 0 }) }),
    definePlugin({
      manifest: manifest('pricing'),
      load: async () => (options) => {
        // @ts-expect-error an option that the schema lacks
        return { price: () => options.words };
      },
    }),
    // @ts-expect-error nothing waits for the promise
    definePlugin({ manifest: manifest('validator'), load: async () => () => ({ check: async () => {} }) }),
    // @ts-expect-error an unknown key of the manifest
    definePlugin({ manifest: { ...manifest('pricing'), read: [] }, load: async () => () => ({ price }) }),
  ];
  assert.is(declared.length, 8);
});

test.run();
