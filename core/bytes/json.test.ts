import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JSON_GROWTH, writeJsonText } from './json.ts';
import { toBytes, toText } from './text.ts';

test('property: texts are written as by JSON.stringify, within the reserved bytes', () => {
  const sign = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom('"', '\\', '\u001f', '\n', '\u007f', '\u2028', '€'),
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 12 }), (signs) => {
      const text = signs.join('');
      const bytes = toBytes(text);
      const out = new Uint8Array(2 + JSON_GROWTH * bytes.length);
      assert.is(`"${toText(out, 2, writeJsonText(out, 2, bytes))}"`, JSON.stringify(text));
    }),
    { numRuns: 500 },
  );
});

test.run();
