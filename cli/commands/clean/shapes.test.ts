/** Shapes from public test suites of CSV readers: the exact cells that `relay clean` makes of each. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { relay } from '../../testing/sandbox.ts';

let dir = '';
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relay-clean-shapes-'));
});
test.after(async () => rm(dir, { recursive: true, force: true }));

async function cleaned(content: string, ...flags: string[]): Promise<string> {
  const file = join(dir, 'in.csv');
  await writeFile(file, content);
  const { code, stdout } = await relay(['clean', file, ...flags]);
  assert.is(code, 0);
  return stdout;
}

async function each(cases: readonly (readonly [string, string])[]): Promise<void> {
  for (const [text, expected] of cases) assert.is(await cleaned(text), expected, text);
}

test('quotes and escapes are read, with spaces around them', async () => {
  await each([
    ["'Li''s':'Elm':'2/1/03'\n'Fay':'Oak':'3/1/03'\n", "Li's,Elm,2/1/03\nFay,Oak,3/1/03\n"],
    ['id,txt,n\n1, "a, b",3\n2, "c",4\n', 'id,txt,n\n1,"a, b",3\n2,c,4\n'],
    ['id,txt,n\n1,"a, b" ,3\n2,"c" ,4\n', 'id,txt,n\n1,"a, b",3\n2,c,4\n'],
    ['id,txt\n1,"a \\"b\\" c"\n2,"f\\\\g"\n', 'id,txt\n1,"a ""b"" c"\n2,f\\g\n'],
    ['id,txt,n\n1,a\\,b,2\n2,c,3\n3,d\\,e,4\n', 'id,txt,n\n1,"a,b",2\n2,c,3\n3,"d,e",4\n'],
    ['id,txt\n1,\\N\n2,c\n', 'id,txt\n1,\\N\n2,c\n'],
    ['k,v\n1,"{""a"": [1.0, 2]}"\n', 'k,v\n1,"{""a"": [1.0, 2]}"\n'],
    ['a,b\n1,"ha \n""ha"" \nha"\n3,4\n', 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n'],
  ]);
});

test('lines that are quoted as a whole are rows if that makes a table', async () => {
  await each([
    ['"id,""name"",v"\r\n"1,""a, x"",3"\r\n"2,""b"",4"\r\n', 'id,name,v\n1,"a, x",3\n2,b,4\n'],
    ['"id;name;v"\n"1;a;3"\n\n"2;b;4"', 'id,name,v\n1,a,3\n2,b,4\n'],
    ['"id,name,v"\n"1,a,3"\n2\n', '"id,name,v"\n"1,a,3"\n2\n'],
    ['"Elm St 5, Troy, NY"\n"Oak St 7, Rome, NY"\n', '"Elm St 5, Troy, NY"\n"Oak St 7, Rome, NY"\n'],
    ['"Doe,Jane"\n"Roe,Ann"\n', '"Doe,Jane"\n"Roe,Ann"\n'],
    ['"title"\n"a,b,c"\n"d,e,f"\n', 'title\n"a,b,c"\n"d,e,f"\n'],
  ]);
  assert.is(await cleaned('"id,n,v"\n"1,a,3"\n', '--quote', 'none'), '"""id",n,"v"""\n"""1",a,"3"""\n');
});

test('rare and doubled delimiters, and columns aligned with spaces, are read', async () => {
  await each([
    ['id§name\n1§ann, b\n2§bob; c\n', 'id,name\n1,"ann, b"\n2,bob; c\n'],
    ['a||b||c\n1||2||3\n4||||6\n', 'a,b,c\n1,2,3\n4,,6\n'],
    ['id\u0001name\n1\u0001a\n2\u0001b\n', 'id,name\n1,a\n2,b\n'],
    ['id   name    qty\n1    ann       3\n2    bob      14\n', 'id,name,qty\n1,ann,3\n2,bob,14\n'],
    ['1,5;3,2\n2,5;4,1\n3,7;1,1\n', '"1,5","3,2"\n"2,5","4,1"\n"3,7","1,1"\n'],
    ['from;to;who\n10:00;11:00;ann\n11:00;12:30;bob\n', 'from,to,who\n10:00,11:00,ann\n11:00,12:30,bob\n'],
    ['id,tags,n\n1,a|b|c,2\n2,d|e|f,3\n', 'id,tags,n\n1,a|b|c,2\n2,d|e|f,3\n'],
  ]);
});

test('an empty --delimiter means auto; an empty --quote means none', async () => {
  const flags = ['--delimiter', '', '--quote', '', '--escape', ''];
  assert.is(await cleaned('a;b\n1;"x\n', ...flags), 'a,b\n1,"""x"\n');
  assert.is(await cleaned('', ...flags), '');
});

test('headers may be years, repeat, have units, or follow empty rows', async () => {
  const body = 'DE,79.4,82.2\nFR,58.2,60.9\nIT,56.7,56.9\n';
  await each([
    [`land,1990,2000\n${body}`, `land,1990,2000\n${body}`],
    [`a,b,c\na,b,c\n${body}`, `a a,b b,c c\n${body}`],
    ['city,size\n(name),(km)\nRome,wide\nOslo,small\n', 'city (name),size (km)\nRome,wide\nOslo,small\n'],
    [`LIST,,\n,,\nland,then,now\n${body}`, `land,then,now\n${body}`],
    [`land;then;now\n${body}`, `land,then,now\n${body}`],
    [',,\n,,\n,,\n', ',,\n,,\n,,\n'],
  ]);
  assert.is(await cleaned(`land,1990,2000\n${body}`, '--header-lines', '1'), `land,1990,2000\n${body}`);
  assert.is(await cleaned(`a,b,c\na,b,c\n${body}`, '--header-lines', '1'), `a,b,c\na,b,c\n${body}`);
});

test('header names that ran together are split if one split is best', async () => {
  const body = '2/1/20,10:30,7,4.50\n3/1/20,11:45,12,5.00\n4/1/20,12:10,9,6.25\n5/1/20,13:00,2,7.75\n';
  const cases = [
    ['datetime,qty,cost', 'date,time,qty,cost'],
    ['date,timeqty,cost', 'date,time,qty,cost'],
    ['One,TwoThree,Four', 'One,Two,Three,Four'],
    ['col_a,col_bcol_c,col_d', 'col_a,col_b,col_c,col_d'],
    ['one,twothree,four', 'one,twothree,four'],
    ['OneTwo,Three,FourFive', 'OneTwo,Three,FourFive'],
  ];
  for (const [header, expected] of cases)
    assert.is(await cleaned(`${header}\n${body}`, '--header-lines', '1'), `${expected}\n${body}`, header);
});

test('a second table without a blank line between ends the first', async () => {
  const first = 'name,city\nann,rome\nbob,oslo\ncyd,bern\ndora,lyon\n';
  for (const other of ['name,city\nx,y\n', 'name,city,since\nx,y,z\nu,v,w\n'])
    assert.is(await cleaned(first + other), first, other);
});

test('one odd row is read among rows of a regular form', async () => {
  const rows = Array.from(
    { length: 20 },
    (_, i) => `${i % 28}/01/2020,1${i % 10}:3${i % 6},${i},A-${100 + i},Desk lamp`,
  );
  const at = (row: string): string => `${rows.join('\n')}\n${row}\n`;
  const whole = 'd,t,n,code,kind\n';
  const right = '27/01/2020,09:30,2,A-200,Desk lamp';
  const oddities = [
    '27/01/202009:30,2,A-200,Desk lamp',
    '27/01/2020,09:302,A-200,Desk lamp',
    '27/01/2020,09:30,2A-200,Desk lamp',
    '27/01/2020,09:30,2,A-200Desk lamp',
    '27/01/2020 09:30 2 A-200 Desk lamp',
    '27/01/2020;09:30;2;A-200;Desk lamp',
    '27/01/2020,09:30,2,,A-200,Desk lamp',
    "'27/01/2020','09:30','2','A-200','Desk lamp'",
  ];
  for (const row of oddities) assert.is(await cleaned(whole + at(row)), whole + at(right), row);
  // two columns of whole numbers leave several readings of a single number in their place
  const numbers = `a,b,c\n${Array.from({ length: 20 }, (_, i) => `${i + 10},${i + 40},x${i}`).join('\n')}\n`;
  assert.is(await cleaned(`${numbers}123,x9\n`), `${numbers}123,x9\n`);
});

test.run();
