import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { detectDialect } from './sniff.ts';

test('delimiter, quote, escape, line end, preamble and header are found', () => {
  const text = "Stock list\r\n\r\nsku;title;qty;price\r\n1;'a; b';5;1,50\r\n2;'it\\'s';6;2,75\r\n3;'c';7;3,00\r\n";
  const found = detectDialect(text);
  const { delimiter, quote, escape: escaping, lineEnd, skipLines, headerLines, width, ambiguous } = found;
  assert.equal(
    { delimiter, quote, escaping, lineEnd, skipLines, headerLines, width, ambiguous },
    {
      delimiter: ';',
      quote: "'",
      escaping: '\\',
      lineEnd: '\r\n',
      skipLines: 2,
      headerLines: 1,
      width: 4,
      ambiguous: [],
    },
  );
});

test('titles in different columns, as from merged cells of a sheet, are above the table', () => {
  const rows = Array.from({ length: 6 }, (_, i) => `A-${i}0,Lamp ${i},${i},${i}.50\n`).join('');
  for (const titles of [
    'Nord GmbH,,,\n,,,Valid from 2026-11-01\n',
    ',,Price list,\n',
    'Nord GmbH,,,\n,,October,\n,,,\n',
  ]) {
    const { skipLines, headerLines } = detectDialect(`${titles}SKU,Title,Qty,Cost\n${rows}`);
    assert.equal([skipLines, headerLines], [titles.split('\n').length - 1, 1], titles);
  }
  assert.is(detectDialect(`SKU,Title,Qty,Cost\n,,x,\n${rows}`).skipLines, 0);
});

test('two readings that are equally good are both named', () => {
  assert.equal(detectDialect('a;b|c\nd;e|f\ng;h|i\n').ambiguous.sort(), [';', '|']);
  assert.equal(detectDialect('a;b|c\nd;e|f\ng;h|i\n', { delimiter: '|' }).ambiguous, []);
});

test('spaces around quotes are not delimiters', () => {
  for (const text of [
    'id, "name" , v\n1, "a, b" , 3\n2, "c" , 4\n',
    'id; "name"; "v"\n1; "a b"; "3"\n2; "c d"; "4"\n',
  ]) {
    const { delimiter, width, ambiguous } = detectDialect(text);
    assert.equal([delimiter[0], width, ambiguous], [text[2], 3, []], text);
  }
});

test('a backslash is an escape before quotes inside cells, not at the end of a path in quotes', () => {
  for (const [text, escaping] of [
    ['sku;path;qty\nA;"C:\\dir\\";1\nB;"D:\\x\\";2\n', null],
    ['sku;qty;path\nA;1;"C:\\dir\\"\nB;2;"D:\\x\\"\n', null],
    ['sku;path;qty\nA;"a \\"b\\" c";1\n', '\\'],
  ] as const)
    assert.is(detectDialect(text).escape, escaping, text);
});

test('inch marks inside cells are not misplaced quotes', () => {
  const rows = Array.from({ length: 12 }, (_, i) => `A${i}|17" wheel ${i}|${i}|${i + 20}.50\n`).join('');
  const { delimiter, width, headerLines, ambiguous } = detectDialect(`ITEM|DESC|QOH|NET\n${rows}`);
  assert.equal([delimiter, width, headerLines, ambiguous], ['|', 4, 1, []]);
});

test('a single column and an empty file get the usual dialect', () => {
  for (const text of ['', 'sku\n1\n2\n']) {
    const { delimiter, quote, ambiguous } = detectDialect(text);
    assert.equal([delimiter, quote, ambiguous], [',', '"', []]);
  }
});

test('the number of header lines is found', () => {
  assert.is(detectDialect('1,2020-01-01,5\n2,2020-01-02,6\n3,2020-01-03,7\n').headerLines, 0);
  assert.is(detectDialect('id,day,qty\n1,2020-01-01,5\n2,2020-01-02,6\n3,2020-01-03,7\n').headerLines, 1);
  assert.is(detectDialect('id,day,qty\nno,iso,pcs\n1,2020-01-01,5\n2,2020-01-02,6\n3,2020-01-03,7\n').headerLines, 2);
  assert.is(detectDialect('id,qty\n1,CALL\n2,6\n3,7\n4,8\n').headerLines, 1);
  // a word in the footer does not make the codes above it look like a header
  const codes = Array.from({ length: 9 }, (_, i) => `A${1000 + i};${i};${i}.50\n`).join('');
  assert.is(detectDialect(`sku;qty;cost\n${codes}\nTotal;;99\n`).headerLines, 1);
  assert.is(detectDialect(`${codes}\nTotal;;99\n`).headerLines, 0);
});

test('sep= is a line above the table that declares the delimiter', () => {
  const lines = 'sep=;\nsku;a,b\nA;1,2\nB;3,4\n';
  for (const skipLines of [undefined, 0, 1]) {
    const hints = skipLines === undefined ? {} : { skipLines };
    const found = detectDialect(lines, hints);
    assert.equal([found.delimiter, found.skipLines, found.headerLines, found.ambiguous], [';', 1, 1, []]);
  }
  assert.equal([detectDialect(`x\n${lines}`, { skipLines: 1 })].map((d) => [d.delimiter, d.skipLines])[0], [';', 2]);
  const given = detectDialect('sep=;\nsku,title;size\nA,Lamp;1\nB,Rug;2\n', { delimiter: ',' });
  assert.equal([given.delimiter, given.skipLines, given.reasons[0]], [',', 1, 'delimiter given']);
  const forms: [line: string, skipLines: number][] = [
    ['"sep=;"', 1],
    ['SEP=;;', 1],
    ['sep=;  ', 1],
    ['a sep=;', 0],
    ['sep=; x', 0],
    ['sep=', 0],
  ];
  for (const [line, skipped] of forms) {
    const { delimiter, preambleLines, skipLines } = detectDialect(`${line}\nsku;a,b\nA;1,2\nB;3,4\n`);
    assert.equal([delimiter, skipLines - preambleLines], [';', skipped], line);
  }
});

test.run();
