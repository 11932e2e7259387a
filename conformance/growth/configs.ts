/** Configs that are checked, and numbers in them. */
import { Money } from '../../core/money/money.ts';
import { nearest } from '../../core/text/suggest.ts';
import { config, configShape, parser, rows, type Shape } from './shape.ts';

export const CONFIGS: readonly Shape[] = [
  // configs
  configShape('priorities', 200_000, (n) =>
    config(
      {},
      {
        merge: {
          strategy: 'best_offer',
          best_offer: { sort_by: [`vendor_priority:${rows(n / 6, (i) => `v${i},`)}acme`] },
        },
      },
    ),
  ),
  configShape('priorities again and again', 200_000, (n) =>
    config(
      {},
      {
        merge: {
          strategy: 'best_offer',
          best_offer: {
            sort_by: Array.from({ length: 20 }, () => `vendor_priority:${rows(n / 100, (i) => `v${i},`)}acme`),
          },
        },
      },
    ),
  ),
  configShape('priorities and many vendors', 100_000, (n) => ({
    ...config(
      {},
      { merge: { strategy: 'best_offer', best_offer: { sort_by: [`vendor_priority:${'x,'.repeat(n / 4)}x`] } } },
    ),
    vendors: Array.from({ length: 100 }, (_, i) => ({
      vendor_id: `v${i}`,
      inbound: { type: 's3' },
      parser: { format: 'csv' },
    })),
  })),
  configShape('a long unknown key', 20_000, (n) => ({ ...config(), ['defaultcurrenc'.repeat(n / 14)]: 1 })),
  configShape('many unknown keys', 40_000, (n) => ({
    ...config(),
    ...Object.fromEntries(Array.from({ length: n / 10 }, (_, i) => [`tenant_${i}`, 1])),
  })),
  configShape('unknown columns beside as many extra columns', 40_000, (n) => ({
    ...config(
      parser(
        {},
        { column_map: Object.fromEntries(Array.from({ length: n / 40 }, (_, i) => [`quantity_av${i}x`, 'q'])) },
      ),
    ),
    extra_columns: Array.from({ length: n / 40 }, (_, i) => `quantity_ava${i}`),
  })),
  configShape('a long plugin id', 20_000, (n) => config({ parser: { format: 'c'.repeat(n) } })),
  configShape('a long column', 20_000, (n) => config({}, { output: { columns: ['q'.repeat(n)] } })),
  configShape('many columns', 40_000, (n) =>
    config({}, { output: { columns: Array.from({ length: n / 10 }, (_, i) => `column${i}`) } }),
  ),
  configShape('zeros of a decimal', 40_000, (n) =>
    config({}, { pricing: { ...config().pricing, min_price: `1.${'0'.repeat(n)}` } }),
  ),
  configShape('digits of a decimal', 40_000, (n) =>
    config({}, { pricing: { ...config().pricing, min_price: `1${'9'.repeat(n)}` } }),
  ),
  configShape('a long time zone', 40_000, (n) => config({}, { timezone: `Europe/${'x'.repeat(n)}` })),
  configShape('deep nesting', 2000, (n) => config(parser(JSON.parse(`${'{"a":'.repeat(n)}1${'}'.repeat(n)}`)))),
  configShape('wild cards', 20_000, (n) => config(parser({ files: { match: '*a'.repeat(n / 2) } }))),
  configShape('words', 100_000, (n) =>
    config(
      parser({
        columns: {
          condition: {
            from: 'c',
            words: Object.fromEntries(Array.from({ length: n / 10 }, (_, i) => [`word${i}`, 'new'])),
          },
        },
      }),
    ),
  ),

  configShape('words that differ in case', 100_000, (n) =>
    config(
      parser({
        columns: {
          condition: {
            from: 'c',
            words: Object.fromEntries(Array.from({ length: n / 10 }, (_, i) => [`word${i}`, 'odd'])),
          },
        },
      }),
    ),
  ),
  configShape('mapped columns that do not exist', 100_000, (n) =>
    config({
      parser: {
        format: 'csv',
        column_map: Object.fromEntries(Array.from({ length: n / 20 }, (_, i) => [`quantity_avail${i}`, 'q'])),
      },
    }),
  ),
  configShape('many validators', 100_000, (n) =>
    config({ validators: Array.from({ length: n / 20 }, () => ({ use: 'nothing' })) }),
  ),
  configShape('many merge options', 100_000, (n) =>
    config(
      {},
      {
        merge: {
          strategy: 'best_offer',
          ...Object.fromEntries(Array.from({ length: n / 20 }, (_, i) => [`best_offe${i}`, {}])),
        },
      },
    ),
  ),
  configShape('many criteria', 100_000, (n) =>
    config(
      {},
      {
        merge: {
          strategy: 'best_offer',
          best_offer: { sort_by: Array.from({ length: n / 20 }, (_, i) => `lowest_landed_cos${i}`) },
        },
      },
    ),
  ),
  configShape('many filters', 100_000, (n) =>
    config(parser({ rows: Array.from({ length: n / 50 }, (_, i) => ({ column: `c${i}`, drop: ['x'] })) })),
  ),
  configShape('a filter of many words', 100_000, (n) =>
    config(parser({ rows: [{ column: 'c', drop: Array.from({ length: n / 10 }, (_, i) => `w${i}`) }] })),
  ),
  configShape('many vendors with one id', 100_000, (n) => ({
    ...config(),
    vendors: Array.from({ length: n / 80 }, () => config().vendors[0]),
  })),
  configShape('a long time form', 20_000, (n) => config(parser({ time_formats: [`YYYY${'-'.repeat(n)}MM DD`] }))),
  configShape('a long unit', 20_000, (n) => config(parser({ numbers: { units: [`a${' '.repeat(n)}1`] } }))),
  { name: 'Money.parse: zeros', n: 100_000, make: (n) => () => `${Money.parse(`1.${'0'.repeat(n)}`)}` },
  { name: 'Money.parse: digits', n: 100_000, make: (n) => () => `${Money.parse(`1.${'7'.repeat(n)}`)}` },
  { name: 'did you mean: two long words', n: 20_000, make: (n) => () => nearest('a'.repeat(n), ['b'.repeat(n)]) },
  {
    name: 'did you mean: many words',
    n: 100_000,
    make: (n) => () =>
      nearest(
        'vendor_id',
        Array.from({ length: n / 10 }, (_, i) => `vendor_${i}`),
      ),
  },
];
