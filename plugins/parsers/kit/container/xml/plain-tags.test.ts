/** `PlainTags` reads XML as the complete parser does, however the bytes are cut, and hands over what it does not take. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../../core/bytes/text.ts';
import { countOf } from '../../../../../core/testing/share.ts';
import { ATTRIBUTES, recorder } from '../testing/xml-recorder.ts';
import { PlainTags } from './plain-tags.ts';
import { completeParser, streamXml } from './xml.ts';
import type { XmlHandlers } from './xml-handlers.ts';

const test = suite('plain tags');

const NAMES = ['c', 'v', 'row', 'x:row', 'is', 'é'];

async function outcome(work: (handlers: XmlHandlers) => Promise<void>): Promise<string[]> {
  const { events, handlers } = recorder();
  try {
    await work(handlers);
  } catch (error) {
    // events before an error are not compared: the complete parser reports a text only at the next tag
    return [(error as Error).message];
  }
  return events;
}

const complete = (bytes: Uint8Array) =>
  outcome(async (handlers) => {
    const parser = await completeParser('sheet.xml', handlers, new PlainTags({}));
    parser.write(bytes);
    parser.close();
  });

const streamed = (bytes: Uint8Array, size: number) =>
  outcome(async (handlers) => {
    const open = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    };
    for await (const _ of streamXml({ name: 'sheet.xml', size: null, open }, handlers));
  });

const text = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('a', ' ', '12.5', 'é', '€', '😀', '\n', '>', ']', '"', "'") },
      {
        weight: 3,
        arbitrary: fc.constantFrom('&amp;', '&lt;', '&#65;', '&#x20AC;', '&#x1F600;', '&#10;', '\r\n', '\r'),
      },
      { weight: 1, arbitrary: fc.constantFrom('&nbsp;', '&', '&#0;', '&#xFFFE;', ']]>', '\u0001', '\uffff', '\ufffd') },
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));
const attribute = fc
  .tuple(
    fc.constantFrom(...ATTRIBUTES),
    text,
    fc.constantFrom('"', '"', '"', '"', "'"),
    fc.constantFrom('=', '=', '=', ' = '),
  )
  .map(([name, value, quote, equals]) => `${name}${equals}${quote}${value.replaceAll(/["'<]/g, '')}${quote}`);
const attributes = fc
  .tuple(fc.array(attribute, { maxLength: 2 }), fc.constantFrom('', '', '', ' ', '\n'))
  .map(([all, end]) => all.map((one) => ` ${one}`).join('') + end);
const other = fc.constantFrom(
  '<!-- a -->',
  '<![CDATA[<x>]]>',
  '<?p i?>',
  '<!DOCTYPE a>',
  '<a b="1" b="2"/>',
  '</c>',
  '<',
  '<1/>',
  '<a b/>',
);
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom(...NAMES),
      attributes,
      fc.array(fc.oneof({ depthSize: 'small' }, text, tie('element'), tie('element')), { maxLength: 4 }),
    )
    .map(([name, given, inside]) =>
      inside.length === 0 ? `<${name}${given}/>` : `<${name}${given}>${inside.join('')}</${name}>`,
    ),
}));
const prolog = fc.constantFrom(
  '',
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
  "<?xml version='1.0'?>",
  ' ',
  '\ufeff',
);
const ending = fc.constantFrom('', '', '\n', '\r\n ', '<!-- end -->', '<b/>', 'x');

test('property: events are those of the complete parser', async () => {
  const damage = fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: other });
  await fc.assert(
    fc.asyncProperty(
      ...[prolog, element, ending, damage, fc.nat(), fc.integer({ min: 1, max: 60 })],
      async (start, root, end, wrong, at, size) => {
        const place = at % (root.length + 1);
        const bytes = toBytes(start + root.slice(0, place) + wrong + root.slice(place) + end);
        const [expected, whole, inPieces] = [
          await complete(bytes),
          await streamed(bytes, 4096),
          await streamed(bytes, size),
        ];
        assert.equal(whole, expected);
        assert.equal(inPieces, expected);
      },
    ),
    { numRuns: countOf(600) },
  );
});

test('a sheet as programs write it needs no other parser', () => {
  const { events, handlers } = recorder();
  const plain = new PlainTags(handlers);
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<w:sheet xmlns:w="x"><w:row r="1"><w:c r="A1" t="inlineStr"><is><t>é &amp; 😀</t></is></w:c><c/></w:row></w:sheet>';
  assert.is(plain.read(toBytes(xml)), toBytes(xml).length);
  assert.is(plain.isStuck, false);
  assert.is(plain.isEnded, true);
  assert.ok(events.includes('text é & 😀'), events.join('\n'));
});

test.run();
