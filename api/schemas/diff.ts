/** The difference between the feeds of two runs. */
import { z } from 'zod';
import { ANY_CAUSES, CAUSES } from '../../core/pipeline/publish/diff/causes.ts';
import { CHANGES } from '../../core/pipeline/publish/diff/differ.ts';
import type { ApiSettings } from '../deps.ts';
import { generatedId, limit, runId } from './common.ts';

export const diffParams = z.object({
  run_a: generatedId.describe('Id of the run whose feed is the older one.'),
  run_b: generatedId.describe('Id of the run whose feed is the newer one.'),
});

export function diffQuery(settings: ApiSettings) {
  return z.strictObject({
    attribute: z.enum(['true', 'false']).optional().describe('True to have `attribution`.'),
    cause: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(ANY_CAUSES)).min(1))
      .optional()
      .describe(
        'As `attribute=true`, and `attribution.first` has only rows with one of these causes, with commas between: `feed`, `config`, `code`, `decision`, `other`.',
      ),
    limit: limit(settings).optional(),
  });
}

export type DiffQuery = z.output<ReturnType<typeof diffQuery>>;

const count = z.int();
const CHANGE_WORDS: Record<(typeof CHANGES)[number] | 'unchanged', string> = {
  added: 'SKUs that only the newer feed has.',
  changed: 'SKUs of which a cell changed.',
  removed: 'SKUs that only the older feed has.',
  zeroed: 'Always 0: the difference of two feeds does not say why.',
  kept: 'Always 0, too.',
  held: 'Always 0, too.',
  unchanged: 'SKUs that are the same in both.',
};
const changes = z.strictObject(
  Object.fromEntries(
    ([...CHANGES, 'unchanged'] as const).map((word) => [word, count.describe(CHANGE_WORDS[word])]),
  ) as Record<keyof typeof CHANGE_WORDS, z.ZodInt>,
);

const names = z.array(z.string());
const pct = z.number().nullable();
/** What differs between two feeds, whatever made them. */
export const feedChanges = {
  columns: z
    .strictObject({
      compared: names.describe('Columns that both feeds have.'),
      only_before: names.describe('Columns that only the older feed has.'),
      only_after: names.describe('Columns that only the newer feed has.'),
    })
    .describe('Columns of the feeds.'),
  column_changes: z.record(z.string(), count).describe('SKUs whose cell of a column changed, by column.'),
  price_changes: z
    .array(
      z.strictObject({
        from_pct: pct.describe('Smaller bound in per cent; null if there is none.'),
        to_pct: pct.describe('Larger bound in per cent; null if there is none.'),
        count: count.describe('SKUs.'),
      }),
    )
    .describe('SKUs of both feeds by how far their price moved.'),
  winner_switches: z
    .strictObject({
      count: count.describe('SKUs that another vendor wins.'),
      largest: z
        .array(
          z.strictObject({
            from: z.string().describe('Id of the vendor in the older feed.'),
            to: z.string().describe('Id of the vendor in the newer feed.'),
            count: count.describe('SKUs.'),
          }),
        )
        .describe('At most twenty pairs of vendors.'),
    })
    .describe('Winners that changed, if the feeds have `vendor_id`.'),
  largest: z
    .array(
      z.strictObject({
        sku: z.string().describe('The SKU.'),
        previous_price: z.string().describe('Its price in the older feed.'),
        price: z.string().describe('Its price in the newer feed.'),
        change: z.string().describe('The change as a fraction of the older price.'),
      }),
    )
    .describe('The largest price changes, at most fifty.'),
};

export const inputsThatDiffer = z
  .array(
    z.strictObject({
      vendor_id: z.string().describe('The vendor.'),
      side_file: z.string().nullable().describe('A SKU map, side file or table of currency rates; null for its feed.'),
    }),
  )
  .describe('The inputs that the two runs do not have alike.');

export const runDiff = z
  .strictObject({
    a: runId.describe('The run whose feed is the older one.'),
    b: runId.describe('The run whose feed is the newer one.'),
    causes: z.array(z.enum(CAUSES)).describe('What differs between the runs themselves.'),
    changed_inputs: inputsThatDiffer,
    config_changes: z
      .array(
        z.strictObject({
          path: z.string().describe('The field, such as `vendors[acme].parser.delimiter`.'),
          before: z.string().nullable().describe('As JSON, cut after 200 characters; null if the config lacks it.'),
          after: z.string().nullable().describe('Likewise.'),
        }),
      )
      .describe('What differs between the configs of the runs: at most 200 fields.'),
    rows: z
      .strictObject({ before: count.describe('Of the older feed.'), after: count.describe('Of the newer feed.') })
      .describe('SKUs of the feeds.'),
    changes: changes.describe('SKUs by what happened to them.'),
    ...feedChanges,
    attribution: z
      .strictObject({
        counts: z
          .record(z.string(), count)
          .describe('Changed rows by their causes, joined with `+`; `other` if none of the four is a cause.'),
        first: z
          .array(
            z.strictObject({
              sku: z.string().describe('The SKU.'),
              causes: z.array(z.enum(CAUSES)).describe('What changed the row; empty for none of the four.'),
            }),
          )
          .describe('The first of them by SKU, or of those with a `cause` that was asked for.'),
      })
      .nullable()
      .describe('What changed each row; null unless `attribute=true` or `cause` asks for it.'),
  })
  .describe('What changed from one run’s feed to another’s.');
