/** Checks the form of a fixture: a misspelled or malformed field is refused, not ignored. */
import { z } from 'zod';
import { CANONICAL_COLUMNS } from '../../core/canonical.ts';
import { problemsOf } from '../../core/config/problems.ts';

const bytes = z.union([z.string(), z.instanceof(Uint8Array)], 'must be a text or bytes');
const file = z.union(
  [z.string(), z.instanceof(Uint8Array), z.strictObject({ name: z.string(), bytes })],
  'must be a text, bytes, or { name, bytes }',
);
const count = z.int().min(0);
const settings = z.record(z.string(), z.unknown());
const codes = z.array(z.string());
/** Texts, as in the files: `'6'`, not `6`. */
const row = z.strictObject(Object.fromEntries(CANONICAL_COLUMNS.map((column) => [column, z.string().optional()])));

const reason = z.string().min(10).optional();

const fixtureSchema = z.strictObject({
  name: z.string(),
  feeds: z.record(z.string(), file),
  sideFiles: z.record(z.string(), bytes).optional(),
  options: z.unknown().optional(),
  vendor: settings.optional(),
  tenant: settings.optional(),
  content: z.enum(['full', 'delta']).optional(),
  published: z.string().optional(),
  rows: count,
  expect: z.strictObject({
    rows: z.array(row),
    file: z.string().optional(),
    rejected: z
      .array(
        z.strictObject({
          row: z.int().min(1),
          line: z.int().min(1).optional(),
          column: z.string().nullable(),
          code: z.string(),
          vendor: z.string().optional(),
        }),
      )
      .optional(),
    skipped: count.optional(),
    warnings: codes.optional(),
    feedErrors: codes.optional(),
  }),
  skip: z.strictObject({ byte_order_mark: reason, line_ends: reason, gzip: reason, chunks: reason }).optional(),
});

/** Problems such as `expect.rows[0].quantity must …`; empty if the fixture is well-formed. */
export function formProblems(fixture: unknown): string[] {
  return problemsOf(fixtureSchema, fixture).map(({ path, code, message }) =>
    code === 'unknown_key'
      ? `${path} ${message.replace('is not a setting', 'is no field of a fixture')}`
      : `${path} ${message}`,
  );
}
