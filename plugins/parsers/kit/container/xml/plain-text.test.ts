/** Where a text of XML ends by its bytes, and which texts are left to the parser of tags. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../../core/bytes/text.ts';
import { isBytesAt, PlainText, textStart } from './plain-text.ts';

test('a text ends at the next tag, if it is plain', () => {
  const plain = new PlainText();
  const cases: [text: string, isEscaped: boolean][] = [
    ['', false],
    ['abc', false],
    ['a\tb\nc', false],
    ['a]b', false],
    ['a]>', false],
    ['é€😀\ue000\uff01', false],
    ['a_b', false],
    ['_', false],
    ['a_xb', true],
    ['_x0041_', true],
    ['&amp;&lt;&gt;&quot;&apos;', true],
    ['a &amp; b', true],
  ];
  for (const [text, isEscaped] of cases) {
    const bytes = toBytes(`<<${text}</t>`);
    assert.equal([plain.endOf(bytes, 2), plain.isEscaped], [bytes.length - 4, isEscaped], JSON.stringify(text));
    assert.is(plain.endOf(toBytes(text), 0), -1, `${text} without an end`);
  }
  const others = [
    ']]',
    ']]>',
    'a]]b',
    '\r',
    'a\r\n',
    '\0',
    '\u001f',
    '&#65;',
    '&no;',
    '&',
    '&amp',
    '\uffff',
    '\ufffe',
    '\ufffd',
  ];
  for (const text of others) assert.is(plain.endOf(toBytes(`${text}<`), 0), -1, JSON.stringify(text));
  assert.is(plain.endOf(toBytes('\ufeff<'), 0), 3);
});

test('a text begins after a tag without attributes, or with the one that preserves blanks', () => {
  const cases: [tag: string, start: number][] = [
    ['<t>a', 3],
    ['<t xml:space="preserve">a', 24],
    ['<t xml:space="default">a', -1],
    ['<t xml:space="preserve" >a', -1],
    ['<t >a', -1],
    ['<t/>', -1],
    ['<tx>', -1],
    ['<t', -1],
  ];
  for (const [tag, start] of cases) assert.is(textStart(toBytes(tag), 2), start, tag);
  const places = [0, 1, 2, 3].map((at) => isBytesAt(toBytes('abab'), at, toBytes('ab')));
  assert.equal(places, [true, false, true, false]);
});

test.run();
