/** Which member of an archive is the table, and what its directory may say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../../../../core/bytes/text.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../../../../../core/ports/engine.ts';
import { memorySource } from '../../../../in-memory/ports.ts';
import { type Member, zip } from '../testing/archives.ts';
import { refusalCode } from '../testing/open-workbook.ts';
import { chooseMember, memberList, memberSource } from './zip.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

const entryOf = (name: string): ZipEntry => ({
  ...{ name, nameBytes: new Uint8Array(0), flags: 0, method: 0, crc: 0, packedBytes: 0, bytes: 0, offset: 0 },
});
/** The member that is chosen, or the code of the refusal. */
function chosen(names: readonly string[], wanted: string | null = null): string {
  try {
    return chooseMember('a.zip', names.map(entryOf), wanted).name;
  } catch (error) {
    return refusalCode(error);
  }
}

test('the table is the only file, or the only one that is named like a table', () => {
  const tables = [
    ...['a.csv', 'A.CSV', 'x/a.tsv', 'a.tab', 'a.txt', 'a.psv', 'a.dat', 'a.asc', 'a.xlsx', 'a.xlsm', 'a.csv.gz'],
    ...['data', 'x.y/data', 'readme.csv', 'myreadme.txt', 'readme2', 'licences'],
  ];
  const others = [
    ...[
      'a.pdf',
      'a.csv.bak',
      'a.xls',
      'a.csvx',
      'xcsv.md',
      'README',
      'readme.txt',
      'x/ReadMe.md',
      'READ_ME',
      'LIESMICH.txt',
    ],
    ...['license', 'LICENCE.md', 'x/licence'],
  ];
  const junk = ['.DS_Store', 'x/.hidden', '__MACOSX/a.csv', 'x/__MACOSX/b/a.csv', 'Thumbs.db', 'x/desktop.ini'];
  const [first, second] = ['stock.csv', 'price.csv'];
  for (const name of tables) {
    assert.equal([chosen([name]), chosen([name, first])], [name, 'invalid_input'], name);
  }
  for (const name of others) assert.equal([chosen([name]), chosen([name, first])], [name, first], name);
  for (const name of junk) assert.equal([chosen([name]), chosen([name, first])], ['invalid_input', first], name);
  for (const name of ['x.hidden', '__MACOSX.csv', 'thumbs.db.csv', 'mythumbs.db'])
    assert.is(chosen([name]), name, name);
  assert.equal([chosen([]), chosen(['a.pdf', 'b.pdf']), chosen([first, second])], Array(3).fill('invalid_input'));
});

test('a wanted member is the one with that name, or the only one whose path or name matches', () => {
  const names = ['out/stock.csv', 'old/stock.csv', 'price.csv', 'PRICE.csv', 'x/list.pdf', '.hidden'];
  const cases: [wanted: string, name: string][] = [
    ['out/stock.csv', 'out/stock.csv'],
    ['OUT/*', 'out/stock.csv'],
    ['stock.csv', 'invalid_input'],
    ['price.csv', 'price.csv'],
    ['Price.csv', 'invalid_input'],
    ['list.*', 'x/list.pdf'],
    ['ist.pdf', 'invalid_input'],
    ['.hidden', 'invalid_input'],
    ['no.csv', 'invalid_input'],
  ];
  for (const [wanted, name] of cases) assert.is(chosen(names, wanted), name, wanted);
  const lists = [[], ['a'], ['a', 'b'], Array(10).fill('a'), Array(11).fill('a')].map(memberList);
  const ten = Array(10).fill('"a"').join(', ');
  assert.equal(lists, ['none', '"a"', '"a", "b"', ten, `${ten} and 1 more`]);
});

const FILE: Member = { name: 'a.csv', data: 'x' };
const END = 22;

/** The names in the directory, or the code of the refusal. */
function listed(bytes: Uint8Array, limits: Partial<EngineLimits> = {}): Promise<string> {
  const source = memorySource('a.zip', bytes, 1000);
  return readZipDirectory(source, { ...DEFAULT_LIMITS, ...limits }).then(
    (entries) => entries.map(({ name }) => name).join(),
    refusalCode,
  );
}

/** The archive with some bytes changed, counted from its end. */
function patched(bytes: Uint8Array, fromEnd: number, ...values: number[]): Uint8Array {
  const out = bytes.slice();
  out.set(values, out.length - fromEnd);
  return out;
}

test('names of members lead nowhere outside, and are UTF-8 or code page 437', async () => {
  const good = ['a/..b', 'a..', 'a/b..csv', 'cc:x', '1:x', 'a/c:x', '...', 'x~', 'größe.csv'];
  for (const name of good) assert.is(await listed(zip([{ ...FILE, name }])), name, name);
  for (const name of ['..', '../a', 'a/..', 'a/../b', '/a', 'c:x', 'C:\\x', '\\a', 'a\0b', 'a\\..\\b']) {
    assert.is(await listed(zip([{ ...FILE, name }])), 'invalid_input', name);
  }
  const bytes = Uint8Array.from([0x81, 0x2e]);
  assert.is(await listed(zip([{ ...FILE, name: bytes }])), 'ü.');
  assert.is(await listed(zip([{ ...FILE, name: bytes, flags: 1 << 11 }])), '\ufffd.');
  assert.is(await listed(zip([{ ...FILE, name: '\ufeffa' }])), '\ufeffa');
  assert.is(await listed(zip([{ ...FILE, name: Uint8Array.from([0xef, 0xbb, 0xbf, 0x81]) }])), '∩╗┐ü');
  assert.is(
    await listed(
      zip([
        { ...FILE, name: 'a\\b.csv' },
        { ...FILE, name: 'c/' },
        { ...FILE, name: 'd\\' },
      ]),
    ),
    'a/b.csv',
  );
});

test('a directory that contradicts itself is refused', async () => {
  const whole = zip([FILE]);
  assert.is(await listed(whole), 'a.csv');
  const size = whole.length;
  const cases: [name: string, bytes: Uint8Array, code?: string][] = [
    ['another number of files', patched(whole, END - 10, 2)],
    ['a shorter directory', patched(whole, END - 12, 50)],
    ['a longer directory', patched(whole, END - 12, 52)],
    ['a directory that starts later', patched(whole, END - 16, size - END - 50)],
    ['a directory that starts earlier', patched(whole, END - 16, 0)],
    ['another disk', patched(whole, END - 4, 1)],
    ['a directory on another disk', patched(whole, END - 6, 1)],
    ['a comment that is longer than what follows', patched(whole, 2, 1)],
    ['no signature', patched(whole, END, 0)],
    ['an entry without a signature', patched(whole, END + 51, 0)],
    ['a longer name', patched(whole, END + 51 - 28, 6)],
    ['a shorter name', patched(whole, END + 51 - 28, 4)],
    ['a comment of the entry', patched(whole, END + 51 - 32, 1)],
    ['a size that is elsewhere', patched(whole, END + 51 - 24, 0xff, 0xff, 0xff, 0xff)],
    ['nothing', new Uint8Array(0)],
    ['an end alone, cut', whole.subarray(-END + 1)],
    ['other data behind', Buffer.concat([whole, Buffer.from('x')])],
  ];
  for (const [name, bytes] of cases) assert.is(await listed(bytes), 'invalid_input', name);
  assert.is(await listed(zip([]).slice(-END)), '');
  assert.is(await listed(patched(whole, END - 4, 0xff, 0xff)), 'a.csv');
  const comment = zip([FILE], { comment: 'c'.repeat(65_535) });
  assert.is(await listed(comment), 'a.csv');
  assert.is(await listed(Buffer.concat([comment, Buffer.from('\n')])), 'a.csv');
});

test('sizes of more than 32 bits are in an extra field', async () => {
  const big = zip([{ ...FILE, zip64: true }], { zip64: true });
  assert.is(await listed(big), 'a.csv');
  const end = END + 20 + 56;
  // the extra field has four bytes for its number and length, then three sizes
  const cases: [name: string, bytes: Uint8Array][] = [
    ['another field', patched(big, end + 28, 2)],
    ['a shorter field', patched(big, end + 26, 23)],
    ['no record where the locator says', patched(big, 20 + END - 8, 0)],
    ['no signature of the record', patched(big, end, 0)],
    ['another number of files', patched(big, end - 32, 2)],
    ['another size of the directory', patched(big, end - 40, 1)],
    ['another place of the directory', patched(big, end - 48, 1)],
  ];
  for (const [name, bytes] of cases) assert.is(await listed(bytes), 'invalid_input', name);
  const { bytes, packedBytes, offset } = (
    await readZipDirectory(memorySource('a.zip', big), DEFAULT_LIMITS)
  )[0] as ZipEntry;
  assert.equal([bytes, packedBytes, offset], [1, 3, 0]);
});

test('a directory may be larger than the end that is read first, but not than its files explain', async () => {
  const members = Array.from({ length: 5 }, (_, i) => ({ name: String(i).repeat(60_000), data: '' }));
  const large = zip(members);
  const directory = 5 * 60_046;
  const names = members.map(({ name }) => name).join();
  assert.ok((await listed(large, { archiveEntriesMax: Math.ceil(directory / 1024) })) === names);
  assert.is(await listed(large, { archiveEntriesMax: Math.floor(directory / 1024) }), 'INPUT_TOO_LARGE');
  const three = zip([FILE, { ...FILE, name: 'b' }, { ...FILE, name: 'c' }]);
  assert.is(await listed(three, { archiveEntriesMax: 3 }), 'a.csv,b,c');
  assert.is(await listed(three, { archiveEntriesMax: 2 }), 'INPUT_TOO_LARGE');
});

test('a member is what its directory says, and its own header repeats', async () => {
  const read = async (
    member: Member,
    change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
    chunk = 7,
    vendorFileBytesMax = 100,
  ) => {
    const source = memorySource('a.zip', change(zip([member])), chunk);
    const [entry] = await readZipDirectory(source, DEFAULT_LIMITS);
    const limits = { ...DEFAULT_LIMITS, vendorFileBytesMax };
    try {
      const { name, size, open } = memberSource(source, entry as ZipEntry, limits);
      const parts: Uint8Array[] = [];
      for await (const part of open()) parts.push(part.slice());
      return `${name} ${size} ${toText(Buffer.concat(parts))}`;
    } catch (error) {
      return refusalCode(error);
    }
  };
  const file = { name: 'x/a.csv', data: 'sku,cost\nA,1\n' };
  for (const chunk of [1, 29, 30, 31, 1000]) {
    for (const method of [0, 8]) assert.is(await read({ ...file, method }, undefined, chunk), `a.csv 13 ${file.data}`);
  }
  assert.is(await read({ name: 'x/a.csv', data: 'x'.repeat(100) }), `a.csv 100 ${'x'.repeat(100)}`);
  const large = await read({ name: 'x/a.csv', data: 'x'.repeat(150_000), method: 0 }, undefined, 40_000, 150_000);
  assert.is(large.length, 'a.csv 150000 '.length + 150_000, large.slice(0, 20));
  const refused: [member: Member, code: string][] = [
    [{ ...file, data: 'x'.repeat(101) }, 'INPUT_TOO_LARGE'],
    [{ ...file, flags: 1 }, 'invalid_input'],
    [{ ...file, method: 1 }, 'invalid_input'],
    [{ ...file, method: 7 }, 'invalid_input'],
    [{ ...file, claims: { bytes: 12 } }, 'invalid_input'],
    [{ ...file, claims: { bytes: 14 } }, 'invalid_input'],
    [{ ...file, claims: { crc: 1 } }, 'invalid_input'],
    [{ ...file, claims: { name: 'x/b.csv' } }, 'invalid_input'],
    [{ ...file, claims: { name: 'x/a.cs' } }, 'invalid_input'],
  ];
  for (const [member, code] of refused) assert.is(await read(member), code, JSON.stringify(member));
  const at = (place: number, value: number) => (bytes: Uint8Array) => {
    const out = bytes.slice();
    out[place] = value;
    return out;
  };
  for (const place of [0, 1, 2, 3, 8, 26, 30, 36])
    assert.is(await read(file, at(place, 0x7e)), 'invalid_input', String(place));
});

test.run();
