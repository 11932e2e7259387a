/** The readings of a record with bad quotes and what each costs, and quotes that open nothing at the end of a line. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lineAt, readRecord, type TableDialect } from '../dialect.ts';
import { profileColumns } from '../shape/column-profile.ts';
import { chooseQuotes, loneFinalQuote, type QuoteReading, readingsOf, readLoosely } from './quote-readings.ts';

const test = suite('readings of quotes');

const COMMAS: TableDialect = { delimiter: ',', quote: '"', escape: null };
const BARS: TableDialect = { delimiter: '||', quote: "'", escape: '\\' };

/** Cells with `|` between them, those in quotes in brackets. */
const shown = ({ cells, quoted }: Pick<QuoteReading, 'cells' | 'quoted'>): string =>
  cells.map((cell, i) => (quoted[i] ? `[${cell}]` : cell)).join('|');
const readings = (text: string, width: number | null, mending = false, dialect = COMMAS): string =>
  readingsOf(text, dialect, width, mending)
    .map((one) => `${shown(one)} ${Number(one.cost.toFixed(1))}`)
    .join(' / ');

test('a record has readings, cheapest first: with fewer errors, and with a missing separator only where that is asked for', () => {
  const cases: [found: string, text: string, width: number | null, mending?: boolean, dialect?: TableDialect][] = [
    [' 0', '', null],
    [' 0', '', 1],
    ['', '', 2],
    ['a 0', 'a', 1],
    ['a|b 0', 'a,b', 2],
    ['', 'a,b', 1],
    ['a|b 0', 'a,b', null],
    ['', 'a,b', 3],
    ['a| 0', 'a,', 2],
    ['|a 0', ',a', 2],
    ['[a]|[b] 0 / [a]|"b" 8 / "a"|[b] 8 / "a"|"b" 16', '"a","b"', 2],
    ['[a]|[b] 0 / [a","b] 4 / [a]|"b" 8 / "a"|[b] 8 / "a"|"b" 16', '"a","b"', null],
    ['[a,b] 0', '"a,b"', 1],
    ['"a|b" 8.1', '"a,b"', 2],
    ['"a|b 6.1', '"a,b', 2],
    ['', '"a,b', 1],
    ['a|"b 6.1', 'a,"b', 2],
    ['a|b" 2', 'a,b"', 2],
    ['a|b"c 0.1', 'a,b"c', 2],
    ['a|b"c" 2', 'a,b"c"', 2],
    ['"a"b|c 6.1', '"a"b,c', 2],
    ['"a"b|c" 8.1', '"a"b,c"', 2],
    ['[x "y" z]|1 4 / "x "y" z"|1 8', '"x "y" z",1', 2],
    ['[x "y", z]|1 4', '"x "y", z",1', 2],
    ['[x "y z]|1 3 / "x "y z"|1 8', '"x "y z",1', 2],
    ['[x "y" z]|1 0 / "x ""y"" z"|1 8', '"x ""y"" z",1', 2],
    ['[x"]|1 0 / "x"""|1 8', '"x""",1', 2],
    ['[x""]|1 4 / "x""""|1 8', '"x"""",1', 2],
    ['["x]|1 3 / ""x"|1 8', '""x",1', 2],
    ['[]|[]|1 0 / []|""|1 8 / ""|[]|1 8 / ""|""|1 16', '"","",1', 3],
    ['["]|1 4 / """|1 8', '""",1', 2],
    ['["]|1 0 / """"|1 8', '"""",1', 2],
    ['[a]|b 5', '"a"b', 2, true],
    ['', '"a"b', 2],
    ['[a]|b|c 5', '"a"b,c', 3, true],
    ['"a"b|c 6.1', '"a"b,c', 2, true],
    ['[a]|b|[c] 9.5 / [a]|b|"c" 17.5', '"a"b"c"', 3, true],
    ['"a|[b]|c 9.5', '"a"b"c', 3, true],
    ['[a]|b|[c]|d 14.5', '"a"b"c"d', 4, true],
    ['', '"a"-b', 2, true],
    ['', '"a" b', 2, true],
    ['', '"a""b"', 2, true],
    ['[a]|é 5', '"a"é', 2, true],
    ['[a]|7 5', '"a"7', 2, true],
    ['"a"b 6.1', '"a"b', null, true],
    ['a|[b] 4.5 / a|"b" 12.5', 'a"b"', 2, true],
    ['', 'a"b', 2, true],
    ['', 'a-"b"', 2, true],
    ['7|[b] 4.5 / 7|"b" 12.5', '7"b"', 2, true],
    ['a|[b]|c 4.5 / a|"b"|c 12.5', 'a"b",c', 3, true],
    ['a|b|[c] 4.5 / a|b|"c" 12.5', 'a,b"c"', 3, true],
    ['a|b"c|d" 2.1 / a|b|[c,d] 4.5', 'a,b"c,d"', 3, true],
    ['a"b|c" 2.1 / a|[b,c] 4.5', 'a"b,c"', 2, true],
    ['', 'a\nb"c"', 2, true],
    ['a|[b\nc] 4.5', 'a"b\nc"', 2, true],
    ['[a\nb]|c 0', '"a\nb",c', 2],
    ['[a\r\nb] 0', '"a\r\nb"', 1],
    ['', 'a\nb,c', 2],
    ['', 'a\rb,c', 2],
    ['', 'a,b\n"c"', 3, true],
    ['a|b 0', 'a||b', 2, false, BARS],
    ['a|b|c 0', 'a|b||c', 2, false, BARS],
    ['[a||b]|c 0', "'a||b'||c", 2, false, BARS],
    ["[a]|b 0 / 'a'|b 8", "'a'||b", 2, false, BARS],
    ['a||b|c 0', 'a\\||b||c', 2, false, BARS],
    ["[a'b]|c 0 / 'a'b'|c 8", "'a\\'b'||c", 2, false, BARS],
    ["a'b|c\\ 0.1", "a\\'b||c\\", 2, false, BARS],
    ["[a'b]|c 3 / 'a'b'|c 8", "'a'b'||c", 2, false, BARS],
    ['[a]|b|c 5', "'a'b||c", 3, true, BARS],
    ['"a"|b 0', '"a",b', 2, true, { ...COMMAS, quote: null }],
  ];
  for (const [found, text, width, mending, dialect] of cases) {
    assert.is(readings(text, width, mending, dialect), found, JSON.stringify([text, width]));
  }
});

test('readings have limits: of characters, of quotes that may close a cell', () => {
  assert.equal(
    [16_000, 16_001].map((length) => readingsOf('x'.repeat(length), COMMAS, 1).length),
    [1, 0],
  );
  assert.equal(
    [11, 12].map((quotes) => readingsOf(`"${'",'.repeat(quotes)}"`, COMMAS, 1).length),
    [1, 0],
  );
});

test('a quote at the end of a line opens no cell if the lines below are rows', () => {
  const cases: [found: string | null, text: string, from?: number, dialect?: TableDialect][] = [
    ['a|b|" 6', 'a,b,"\nc,d,e\n'],
    ['a|b|" 6', 'a,b,"\n'],
    ['a|b|" 5', 'a,b,"'],
    [null, 'a,b"\nc,d\n'],
    [null, 'a,"b,"\nc,d,e\n'],
    [null, '"\nc\n'],
    ['|" 3', ',"\nc,d\n'],
    ['x|" 4', 'x,"\nc,d\n'],
    [null, 'x,"\nc,d,e\n'],
    [null, 'x,"\nc\n'],
    [null, 'x,"\n\nc,d\n'],
    [null, 'x,y,""\nc,d,e\n'],
    ['a|b|c|" 8', 'a,b,c,"\nd,e,f,"\ng,h,i,j\n'],
    [null, 'a,b,"\nd,e,"\ng,h,i\n'],
    [null, 'a,b,c,"\nd,,f,"\ng,h,i,j\n'],
    [null, 'a,b,c,"\n7,e,f,"\ng,h,i,j\n'],
    ['A1|b|c|" 9', 'A1,b,c,"\nB22,e,f,"\ng,h,i,j\n'],
    [null, 'a,b,c,"\nd,e,f,g\nd,e,f,"\ng,h,i,j\n'],
    [null, 'a,b,c,"\nd,e,f\nd,e,f,"\ng,h,i,j\n'],
    [null, 'a,b,c,"\nd,e,f"\ng,h,i,j\n'],
    [null, 'a,b,c,"\nd,e,f,x"\ng,h,i,j\n'],
    [null, 'a,b,c,"\nd,e"f,g,"\ng,h,i,j\n'],
    [null, `a,b,c,"\n${'d,e,f,\n'.repeat(30)}d,e,f,"\n`],
    [null, 'a"b,"\nc,d\n'],
    ['a|b|c|" 8', `a,b,c,"\n${'d,e,f,\n'.repeat(29)}d,e,f,"\n`],
    ['a|b|c|" 8', `a,b,c,"\n${'d,e,f,g\n'.repeat(40)}`],
    ['a|b|" 8', 'x\na,b,"\nc,d,e\n', 2],
    ['[q]|b|" 8', '"q",b,"\nc,d,e\n'],
    ["a|b|' 8", "a||b||'\nc||d||e\n", 0, BARS],
    [null, "a||b||'\nc||d||'\n", 0, BARS],
    ["a|b|c|' 11", "a||b||c||'\nc||d||e||'\n", 0, BARS],
    [null, 'a,b,"\nc,d,e\n', 0, { ...COMMAS, quote: null }],
  ];
  for (const [expected, text, from = 0, dialect = COMMAS] of cases) {
    const line = lineAt(text, from);
    const found = loneFinalQuote(text, line, readRecord(text, from, dialect), dialect);
    assert.is(found && `${shown(found)} ${found.next}`, expected, JSON.stringify([text, from]));
    if (found !== null) assert.equal([found.end, found.sound, found.multiline], [line.end, false, false]);
  }
});

test('a line alone is read with the wanted number of cells if it can be', () => {
  const cases: [found: string, text: string, from: number, width: number | null][] = [
    ['"a"b|c 8 9', 'x\n"a"b,c\nd', 2, null],
    ['"a"b|c 8 9', 'x\n"a"b,c\nd', 2, 2],
    ['"a"b|c 8 9', 'x\n"a"b,c\nd', 2, 5],
    ['"a|b 4 4', '"a,b', 0, null],
    ['[a","b] 7 7', '"a","b"', 0, 1],
    ['[a]|[b] 7 7', '"a","b"', 0, null],
  ];
  for (const [expected, text, from, width] of cases) {
    const found = readLoosely(text, lineAt(text, from), COMMAS, width);
    assert.is(`${shown(found)} ${found.end} ${found.next}`, expected, JSON.stringify([text, width]));
    assert.equal([found.sound, found.multiline], [false, false]);
  }
});

test('of about equally cheap readings, the one that fits the columns is chosen, at a cost of effort', () => {
  const titles = ['oak lamp', 'big rug', 'a chair, red'];
  const rows = Array.from({ length: 12 }, (_, i) => [`A-${i}`, titles[i % 3] ?? '', `${i + 3}.50`]);
  const quoted = [false, false, false];
  const profiles = profileColumns(
    rows.map((cells) => ({ cells, quoted })),
    3,
  );
  const choose = (text: string, left: number) => {
    const effort = { left };
    const found = chooseQuotes(text, COMMAS, { width: 3, profiles, effort });
    return { found: found && `${shown(found)} ${found.cost}`, spent: left - effort.left };
  };
  const cases: [text: string, found: string | null][] = [
    ['A-5,"oak "x" lamp",7.50', 'A-5|[oak "x" lamp]|7.50 4'],
    ['A-5,oak "x",7.50', 'A-5|oak "x"|7.50 2'],
    ['A-5"oak, red",7.50', 'A-5|[oak, red]|7.50 4.5'],
    ['A-5,"oak, red"7.50', 'A-5|[oak, red]|7.50 5'],
    ['A-5,"x" y,7.50', 'A-5|"x" y|7.50 6.1'],
    ['"A-5","a "b", c","7.50"', '[A-5]|[a "b", c]|[7.50] 4'],
    ['A-5', null],
  ];
  for (const [text, found] of cases) assert.equal(choose(text, 1e6), { found, spent: 100 + 10 * text.length }, text);
  assert.equal(choose('A-5,oak "x",7.50', 1).spent, 260);
  assert.equal(choose('A-5,oak "x",7.50', 0), { found: null, spent: 0 });
});

test.run();
