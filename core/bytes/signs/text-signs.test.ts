/** Texts with characters that were meant for another program. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates that nobody filled in are what is found
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../text.ts';
import { isNoText, mayBeNoText } from './sku-words.ts';
import { type TextDoubt, textDoubt } from './text-signs.ts';

/** Whatever is around the text. */
function assertDoubt(text: string, expected: TextDoubt | null): void {
  for (const [before, after] of [
    ['', ''],
    ['\x01', '\x01'],
    ['"', '"'],
    ['\ue2ff', 'o]'],
  ]) {
    const bytes = toBytes(before + text + after);
    const from = toBytes(before as string).length;
    assert.is(textDoubt(bytes, from, from + toBytes(text).length), expected, JSON.stringify(text).slice(0, 80));
  }
}

test('odd texts are told apart by what is odd', () => {
  const texts: Record<TextDoubt, string[]> = {
    text_control_signs: ['a\0b', '\x01', 'a\x1f', 'a\x7fb', 'a\u0080b', 'a\u009f', 'a\u0085', '\x08', '\x0e'],
    text_hidden_signs: [
      ...[
        'a\u00adb',
        'a\u2028',
        'a\u2029b',
        'a\u202ab',
        'a\u202eb',
        'a\u2060b',
        'a\u2064b',
        'a\ufeffb',
        'a\ufff9b',
        'a\ufffcb',
      ],
      ...['a\u200bb', '\u200b', 'é\u200b', 'x\u2060'],
    ],
    text_escaped: [
      ...[
        'a &amp; b',
        '&#38;',
        '&#8217;',
        '&#x26;',
        '&#x2019;',
        '&uuml;',
        '&Eacute;',
        'a&nbsp;b',
        '&frac12;',
        '&rsquo;',
        '&laquo;',
      ],
      ...[
        'Gr=C3=BC=C3=9Fe',
        'Gr=F6=DFe',
        '=C3=BC',
        'Gr\\u00f6\\u00dfe',
        'one\\ntwo',
        'one.\\r\\nTwo',
        'Caf%C3%A9',
        'Oak%20lamp',
      ],
      ...["'=", "'=A1", "'+Plus", "'-5", "'@home", '&copy;', '&reg;', '&sup2;', '&szlig;', '&oelig;', '&LT;'],
    ],
    text_markup: [
      '<b>x',
      'a<br>',
      'a<br/>',
      'x</p>',
      '<a href="x">y</a>',
      '<div\nclass="x">',
      '<![CDATA[x',
      '<H1>',
      '<td>',
      '<sub>2',
      '<li>',
    ],
    text_letters_lost: ['M?ller', 'Gr??e', '???', 'a ??? b', '???? x', 'Stra?e 5'],
    text_ditto: [
      '"',
      '""',
      "''",
      '”',
      '″',
      '〃',
      '-"-',
      '-""-',
      'dto',
      'dto.',
      'Ditto',
      'DITO',
      'do.',
      'idem',
      's.o.',
      's. o.',
      'w.o.',
    ],
    text_no_value: [
      ...[
        '#N/A',
        '#NV',
        '#REF!',
        '#BEZUG!',
        '#VALUE!',
        '#NAME?',
        '#DIV/0!',
        '#NUM!',
        '#NULL!',
        '#VALEUR!',
        'n/a',
        'N/A',
        'NULL',
      ],
      ...['none', 'nil', 'NaN', 'undefined', '[object Object]', '{{title}}', '${brand}', '{{ a b }}'],
    ],
  };
  for (const [doubt, list] of Object.entries(texts)) for (const text of list) assertDoubt(text, doubt as TextDoubt);
});

test('ordinary texts are not odd', () => {
  for (const text of [
    ...[
      '',
      'a',
      'Oak lamp',
      'Größe',
      '日本語',
      'tab\there',
      'two\nlines',
      'a\r\nb',
      '50 % off',
      'a = b',
      'R&D',
      'A & B',
      'AT&T; x',
    ],
    ...[
      '&foo;',
      '&#1;',
      'a=3',
      'x=C3',
      '=C3=',
      '\\server\\new\\x',
      'C:\\new\\x',
      '100%20',
      'a%2',
      '20% C3',
      "'",
      "'tis",
      "'S",
      '5 < 6',
      '< b',
      '<>',
      '<bx>',
    ],
    ...['<b', 'What?', 'a? b', 'why?? no', '? x', '?? x', 'a?B', 'a?1', 'http://x/?a=b', 'x/a?bc', 'a???b'],
    ...[
      'dt',
      'doo',
      'dodo',
      'do',
      'ide',
      'item',
      '-',
      '--',
      '—',
      '’',
      'S.O.S',
      'a"',
      "a'",
      '”x',
      'ditto x',
      '""""',
      '…',
    ],
    ...[
      '#',
      '#1',
      '#n/ax',
      'na',
      'no',
      'nonex',
      'nulls',
      'undefine',
      'undefineds',
      '[object]',
      '{x}',
      '{{}}',
      '$5',
      '${}',
      '#VALEURS!',
    ],
    ...['‘a’', 'a–b', '…', '•', '\u200e', '\u202f', 'ก\u200bข', 'က\u200b', 'ក\u200b', 'ﬁ', '！', '\u205f', '\u206f'],
  ])
    assertDoubt(text, null);
});

test('of a long text the first thousand bytes are examined', () => {
  assertDoubt(`${'a'.repeat(999)}\x01`, 'text_control_signs');
  assertDoubt(`${'a'.repeat(1000)}\x01`, null);
  assertDoubt(`${'a'.repeat(995)}<b>`, 'text_markup');
  assertDoubt(`${'a'.repeat(998)}<b>`, null);
});

test('only texts of the length of a word for none are looked at', () => {
  const may = (text: string) => mayBeNoText(toBytes(text), 0, toBytes(text).length);
  for (const text of [
    '#N/A',
    '#VALEUR!',
    'n/a',
    'NULL',
    'undefined',
    'UNDEFINED',
    '{{a}}',
    '${a}',
    '[a]',
    `{{${'a'.repeat(36)}}}`,
  ])
    assert.ok(may(text), text);
  for (const text of [
    '',
    '#N',
    '#VALEURS!',
    'na',
    'nulls',
    'undefine',
    'undefineds',
    '{{a}',
    '[a)',
    '$5.00',
    'abc',
    `{{${'a'.repeat(37)}}}`,
  ])
    assert.is(may(text), text === '{{a}', text);
  for (const text of ['#N/A', 'None', '[object Object]']) assert.ok(isNoText(text), text);
  for (const text of ['x#N/A', '#N/A x', 'None of it', 'nonexistent']) assert.not.ok(isNoText(text), text);
});

test.run();
