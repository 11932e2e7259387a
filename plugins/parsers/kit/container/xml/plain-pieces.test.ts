/** What `PlainTags` takes of XML, piece by piece: limits and unusual spellings at both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../../core/bytes/text.ts';
import { recorder } from '../testing/xml-recorder.ts';
import { PlainTags } from './plain-tags.ts';
import type { XmlHandlers } from './xml-handlers.ts';

/** What is left of the XML; `!` if the rest needs the complete parser, `.` if the root has ended. */
function leftOf(xml: string): string {
  const plain = new PlainTags({});
  const bytes = toBytes(xml);
  const rest = Buffer.from(bytes.subarray(plain.read(bytes))).toString();
  return rest + (plain.isStuck ? '!' : '') + (plain.isEnded ? '.' : '');
}

test('it takes plain pieces only, waits for the rest of one, and leaves others to the complete parser', () => {
  const blanks = ' '.repeat(100);
  const cases: [xml: string, left: string][] = [
    ['<a/>', '.'],
    ['<a />', '.'],
    ['<a></a>', '.'],
    ['<_a.b-c:d9></_a.b-c:d9>', '.'],
    ['<a>x</a>y', 'y.'],
    ['<a  b="1"\n\tc=""\r/>', '.'],
    ['<?xml version="1.0"?><a/>', '.'],
    ['<?xml version="1.0" encoding="utf-8" standalone="no"?>        <a/>', '.'],
    [`<?xml version="1.0"?>         <a/>${blanks}`, `<?xml version="1.0"?>         <a/>${blanks}!`],
    ['<?xml version="1.1"?><a/>', '<?xml version="1.1"?><a/>'],
    [`x${' '.repeat(98)}`, `x${' '.repeat(98)}`],
    [`x${' '.repeat(99)}`, `x${' '.repeat(99)}!`],
    // incomplete
    ...[
      '<r><a',
      '<r><a ',
      '<r><a b',
      '<r><a b=',
      '<r><a b="',
      '<r><a b="1',
      '<r><a b="1"',
      '<r><a/',
      '<r><a b="1" /',
      '<r><',
    ].map((xml): [string, string] => [xml, xml.slice(3)]),
    ...['<r>x', '<r></', '<r></r'].map((xml): [string, string] => [xml, xml.slice(3)]),
    ['<r a="&lt;"/>', '<r a="&lt;"/>'],
    ['<r a="&lt;"/>12', '<r a="&lt;"/>12'],
    ['<r a="&lt;"/>123', '123.'],
    // not plain
    ...['<a >x</a >', '<a>x<b></a>', '<a><!-- c --></a>', '<a><![CDATA[x]]></a>', '<a><?p?></a>'].map(
      (xml): [string, string] => {
        const at = xml.lastIndexOf(
          xml.includes('<!') || xml.includes('<?') ? (xml.includes('<?') ? '<?' : '<!') : '</',
        );
        return [xml, `${xml.slice(at)}!`];
      },
    ),
    ...[
      ...[
        'b="1" b="2"',
        "b='1'",
        'b ="1"',
        'b= "1"',
        '9b="1"',
        '-b="1"',
        'b="<"',
        'b="\t"',
        'b="\n"',
        'b',
        'b="1"c="2"',
      ],
      ...['b="\uffff"', 'b="\ufffe"', 'b="&no;"', 'b="&"', 'é="1"', 'x:b="1" x:b="2"'],
    ].map((inside): [string, string] => [`<r><a ${inside} />${blanks}`, `<a ${inside} />${blanks}!`]),
    ...['9', '-a', '.a', 'é', '!a', ' a'].map((name): [string, string] => [`<r><${name}/></r>`, `<${name}/></r>!`]),
    ...[
      ']]>',
      '\u0001',
      '\u001f',
      '\uffff',
      '\ufffe',
      '&no;',
      '&#8;',
      '&#11;',
      '&#31;',
      '&#xD800;',
      '&#xDFFF;',
      '&#xFFFE;',
    ].map((text): [string, string] => [`<r>${text}</r>`, `${text}</r>!`]),
    ...['&#xFFFF;', '&#x110000;', '&#12345678;', '&#x1234567;', '&#;', '&#x;', '& ', '&amp;&no;'].map(
      (text): [string, string] => [`<r>${text}</r>`, `${text}</r>!`],
    ),
    ...[
      ']]',
      ']>',
      '>',
      '\t',
      '\n',
      '\r',
      '\ufffd',
      '\ue000',
      '&#9;',
      '&#10;',
      '&#13;',
      '&#32;',
      '&#xD7FF;',
      '&#xE000;',
    ].map((text): [string, string] => [`<r>${text}</r>`, '.']),
    ...['&#xFFFD;', '&#x10000;', '&#x10FFFF;', '&amp;&lt;&gt;&quot;&apos;'].map((text): [string, string] => [
      `<r>${text}</r>`,
      '.',
    ]),
    // limits
    [`${'<a>'.repeat(64)}`, ''],
    [`${'<a>'.repeat(65)}`, '<a>!'],
    [`<r>${'<a>'.repeat(63)}<b/>`, '<b/>!'],
    [`<a${Array.from({ length: 32 }, (_, i) => ` a${i}="1"`).join('')}/>`, '.'],
    [
      `<r><a${Array.from({ length: 33 }, (_, i) => ` a${i}="1"`).join('')}/>`,
      `<a${Array.from({ length: 33 }, (_, i) => ` a${i}="1"`).join('')}/>!`,
    ],
  ];
  for (const [xml, left] of cases) assert.is(leftOf(xml), left, JSON.stringify(xml));
});

test('names, values and texts are right after characters of every length, and line ends are those of XML', () => {
  const { events, handlers } = recorder();
  const xml =
    '<r r="é€😀" t="1"><x:c x:id="😀&#x1F600;" t="a&quot;b">€😀é\r\n\r&#13;</x:c><c r="ü" xml:space=" p "/>é<is t="2"/>\u007f\u0080</r>';
  const plain = new PlainTags(handlers);
  assert.is(plain.read(toBytes(xml)), toBytes(xml).length);
  assert.equal(events, [
    'open r é€😀|1|-|-|-',
    'open c -|a"b|😀😀|-|😀😀',
    'text €😀é\n\n\r',
    'close c',
    'open c ü|-|-| p |-',
    'close c',
    'text é',
    'open is -|2|-|-|-',
    'close is',
    'text \u007f\u0080',
    'close r',
  ]);
});

test('handlers take elements in bulk down to a depth, and may wait', () => {
  const depths: number[] = [];
  let depth = 0;
  const handlers: XmlHandlers = {
    bulk: (_, at) => {
      depths.push(depth);
      return at;
    },
    open: () => void depth++,
    close: () => void depth--,
  };
  const xml = '<a>'.repeat(34) + '</a>'.repeat(34);
  assert.is(new PlainTags(handlers).read(toBytes(xml)), xml.length);
  assert.equal([Math.min(...depths), Math.max(...depths)], [1, 32]);
  const skip = { bulk: (bytes: Uint8Array, at: number) => (bytes[at] === 0x3f ? at + 3 : at), isWaiting: false };
  const { events, handlers: recorded } = recorder();
  const skipped = '<r>?é<c r="é"/>?é<is>1</is></r>';
  assert.is(new PlainTags({ ...recorded, ...skip }).read(toBytes(skipped)), toBytes(skipped).length);
  assert.equal(events, [
    'open r -|-|-|-|-',
    'open c é|-|-|-|-',
    'close c',
    'open is -|-|-|-|-',
    'text 1',
    'close is',
    'close r',
  ]);
  const waiting = new PlainTags({ bulk: (_, at) => at, isWaiting: true });
  assert.equal([waiting.read(toBytes('<r>x</r>')), waiting.isStuck, waiting.taken], [3, false, '<r>']);
});

test.run();
