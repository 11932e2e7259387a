/** The configs of `npm run fuzz`: settings of parsers from a model, and tenants of which some values are replaced. */
import fc from 'fast-check';
import { cell } from './fuzz-inputs.ts';
import { type Any, config } from './shape.ts';

const options = fc.record(
  {
    header: fc.boolean(),
    skip_lines: fc.nat({ max: 4 }),
    skip_last_rows: fc.nat({ max: 3 }),
    header_rows: fc.integer({ min: 1, max: 3 }),
    quote: fc.constantFrom('"', "'", null),
    escape: fc.constantFrom('\\', null),
    repair: fc.boolean(),
    unwrap: fc.boolean(),
    numbers: fc.record(
      { decimal: fc.constantFrom('.', ','), thousands: fc.constantFrom(',', '.', ' ', null) },
      { requiredKeys: [] },
    ),
    rows: fc.constantFrom(
      [],
      [{ column: 'title', drop: ['*x*'], if_present: true }],
      [{ value: 'cost', refuse: { above: 5 } }],
    ),
    files: fc.constant({ match: '*' }),
  },
  { requiredKeys: [] },
);
export const parserSettings = fc.record({
  format: fc.constant('csv'),
  delimiter: fc.constantFrom(',', ';', 'auto', '||'),
  encoding: fc.constantFrom('utf-8', 'auto', 'windows-1252', 'utf-16le'),
  options,
});

/** A config with some of its values replaced. */
export const anyConfig = fc
  .tuple(
    parserSettings,
    fc.array(
      fc.tuple(
        fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 5 }),
        fc.oneof(cell, fc.jsonValue(), fc.double()),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([parser, changes]) => {
    const raw: Any = JSON.parse(JSON.stringify(config({ parser, validators: [{ use: 'fields', with: {} }] })));
    for (const [steps, value] of changes) replaceAt(raw, steps, value);
    return raw;
  });

function replaceAt(root: Any, steps: readonly number[], value: unknown): void {
  let at = root;
  for (const [i, step] of steps.entries()) {
    const keys = Object.keys(at);
    const key = keys[step % (keys.length + 1)] ?? 'added';
    const next = at[key];
    if (i === steps.length - 1 || typeof next !== 'object' || next === null) {
      at[key] = value;
      return;
    }
    at = next;
  }
}
