/** Corrected rows take the place of the lines that they were refused from; a plain model replaces them in a list of lines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../bytes/text.ts';
import type { RelayError } from '../../errors.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { ByteSource } from '../../ports/engine.ts';
import { applyPatch, REJECT_COLUMNS } from './patch.ts';

const LIMITS = { recordBytesMax: 1 << 16, windowBytes: 1 << 12 };
const HEADER = ['sku', 'qty', 'cost', ...REJECT_COLUMNS].join(',');

/** `lends`: a chunk is overwritten by the next one. */
function sourceOf(text: string, chunkBytes = 1 << 16, lends = false): ByteSource {
  const bytes = toBytes(text);
  const room = new Uint8Array(chunkBytes);
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = bytes.slice(at, at + chunkBytes);
      room.set(chunk);
      yield lends ? room.subarray(0, chunk.length) : chunk;
    }
  };
  return { name: 'x', size: bytes.length, open };
}

interface Patching {
  feed: string;
  /** `row_number,from,to` of refused rows. */
  places: string;
  patch: string;
  chunkBytes?: number;
  layout?: object;
}

async function patched({ feed, places, patch, chunkBytes = 1 << 16, layout = {} }: Patching): Promise<string> {
  const prepared = {
    layout: { delimiter: ',', quote: '"', header: true, columns: {}, ...layout },
    text: { decode: (source: ByteSource) => source.open() },
    open: () => sourceOf(feed, chunkBytes, true).open(),
  } as unknown as PreparedFeed;
  const rows = sourceOf(places, chunkBytes);
  const found = { run_id: 'r1', source: sourceOf(patch, chunkBytes), rows, s3_key: null, etag: null };
  const applied = await applyPatch({ feed: prepared, patch: found, limits: LIMITS });
  const parts: Uint8Array[] = [];
  for await (const part of applied.open()) parts.push(part);
  return `${applied.rows} ${new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts))}`;
}

const refused = (change: Partial<Patching>) =>
  patched({
    feed: 'sku,qty,cost\nA,x,1\n',
    places: '2,2,3\n',
    patch: `${HEADER}\nA,1,1,c,qty,x,why,2\n`,
    ...change,
  }).then(
    (text) => text,
    (error: RelayError) => `${error.code}: ${error.message.split('used: ')[1]?.slice(0, 24)}`,
  );

test('any rows of any feed, in chunks of any size', async () => {
  for (const end of ['\n', '\r', '\r\n'])
    for (const hasEnd of [true, false]) {
      // rows of one to three lines, as broken ones have
      const lines = ['sku,qty,cost', 'A,x,1', 'B,1,2', 'C', 'x', 'D,4,4', 'E,5,5', 'F,6'];
      const records = [[1], [2], [3], [4, 5], [6], [7], [8]];
      const feed = lines.join(end) + (hasEnd ? end : '');
      for (const bad of [[2], [4], [7], [2, 3], [4, 7], [2, 4, 6], [2, 3, 4, 5, 6, 7]]) {
        const placeOf = (number: number) => {
          const [from = 0] = records[number - 1]!;
          return { from, to: records[number]?.[0] ?? (hasEnd ? lines.length + 1 : 0) };
        };
        const places = bad.map((number) => `${number},${placeOf(number).from},${placeOf(number).to}\n`).join('');
        const patch = `${HEADER}\n${bad.map((number) => `N${number},${number},"9,5",c,qty,x,"a\nb",${number}\n`).join('')}`;
        const kept = lines.flatMap((text, i) => {
          const number = records.findIndex((all) => all.includes(i + 1)) + 1;
          if (!bad.includes(number)) return [`${text}${i < lines.length - 1 || hasEnd ? end : ''}`];
          return records[number - 1]![0] === i + 1 ? [`N${number},${number},"9,5"${end}`] : [];
        });
        const expected = `${bad.length} \ufeff${kept.join('')}`;
        for (const chunkBytes of [1, 2, 3, 1000])
          assert.is(
            await patched({ feed, places, patch, chunkBytes }),
            expected,
            `${JSON.stringify(end)} ${bad} ${chunkBytes}`,
          );
      }
    }
});

test('a row without text is removed, and empty cells at its end are left off', async () => {
  const given = { feed: 'sku,qty,cost\nA,x,1\nB,2,2\n', places: '2,2,3\n3,3,4\n' };
  assert.is(await patched({ ...given, patch: `${HEADER}\n, ,,c,qty,x,why,2\n` }), '1 \ufeffsku,qty,cost\nB,2,2\n');
  assert.is(
    await patched({ ...given, patch: `${HEADER}\nA,1,,c,qty,x,why,2\n` }),
    '1 \ufeffsku,qty,cost\nA,1\nB,2,2\n',
  );
  // in any order, with blank lines
  assert.is(
    await patched({ ...given, patch: `\n${HEADER}\n\nB,3,"b""b",c,qty,x,why, 3 \n,,,,,,,\nA,1,1,c,qty,x,why,2\n` }),
    '2 \ufeffsku,qty,cost\nA,1,1\nB,3,"b""b"\n',
  );
  assert.is(await patched({ ...given, patch: `${HEADER}\n` }), '0 \ufeffsku,qty,cost\nA,x,1\nB,2,2\n');
  assert.is(await patched({ ...given, patch: '' }), '0 \ufeffsku,qty,cost\nA,x,1\nB,2,2\n');
});

test('a row whose cells nobody has changed stays as it came: written anew, its fault would be hidden', async () => {
  const cases: [lines: string, to: number, cells: string][] = [
    ['A,"x"y,1', 3, 'A,"x""y,1"'],
    ['"A","x",1', 3, 'A,x,1'],
    ['A,x,1,,', 3, 'A,x,1'],
    ['A,x\n\ny,1', 5, 'A,"x\ny",1'],
    ['A,x\ny\n,1', 5, 'A,"x\ny\n",1'],
    ['A,"x\ny",1', 4, 'A,"x\ny",1'],
  ];
  for (const [lines, to, cells] of cases) {
    for (const chunkBytes of [1, 4, 1000]) {
      const given = { feed: `sku,qty,cost\n${lines}\nB,2,2\n`, places: `2,2,${to}\n`, chunkBytes };
      const whole = { ...given, patch: `${HEADER}\n${cells},c,qty,x,why,2\n` };
      assert.is(await patched(whole), `1 \ufeff${given.feed}`, `${lines} in chunks of ${chunkBytes}`);
      const changed = { ...given, patch: `${HEADER}\n${cells.replace('1', '3')},c,qty,x,why,2\n` };
      assert.is(
        await patched(changed),
        `1 \ufeffsku,qty,cost\n${cells.replace('1', '3')}\nB,2,2\n`,
        `${lines} in chunks of ${chunkBytes}`,
      );
    }
  }
  // two of them, and line ends of several kinds
  const mixed = 'sku,qty,cost\r\nA,x\r\ny,1\nB,"x"y,2\rC,"x"y,3\n';
  const kept = { feed: mixed, places: '2,2,4\n3,4,5\n4,5,6\n' };
  const came = ['A,"x\r\ny",1', 'B,"x""y,2"', 'C,"x""y,3"'];
  const asPatch = (rows: readonly string[]) =>
    `${HEADER}\n${rows.map((row, i) => (row === '' ? '' : `${row},c,qty,x,why,${i + 2}\n`)).join('')}`;
  for (const chunkBytes of [1, 5, 1000]) {
    assert.is(await patched({ ...kept, chunkBytes, patch: asPatch(came) }), `3 \ufeff${mixed}`);
    assert.is(
      await patched({ ...kept, chunkBytes, patch: asPatch([came[0]!, 'B,,2', came[2]!]) }),
      `3 \ufeff${mixed.replace('B,"x"y,2\r', 'B,,2\r\n')}`,
    );
  }
  // a cell more at the end is a change
  const short = { feed: 'sku,qty,cost\nA,x\n', places: '2,2,3\n' };
  assert.is(await patched({ ...short, patch: `${HEADER}\nA,x,1,c,qty,x,why,2\n` }), '1 \ufeffsku,qty,cost\nA,x,1\n');
  // a row that is too long to be compared is written anew
  const long = 'x'.repeat(LIMITS.recordBytesMax);
  const given = { feed: `sku,qty,cost\nA,"x"y,${long}\n`, places: '2,2,3\n' };
  assert.is(
    await patched({ ...given, patch: `${HEADER}\nA,"""x""y",1,c,qty,x,why,2\n` }),
    '1 \ufeffsku,qty,cost\nA,"""x""y",1\n',
  );
});

test('a row of a feed that is one line without an end', async () => {
  assert.is(
    await patched({ feed: 'A,x,1', places: '1,1,0\n', patch: `${HEADER}\nA,1,1,c,qty,x,why,1\n` }),
    '1 \ufeffA,1,1\n',
  );
  const cr = { feed: 'A,x,1\r', places: '1,1,2\n', chunkBytes: 1 };
  assert.is(await patched({ ...cr, patch: `${HEADER}\nA,1,1,c,qty,x,why,1\n` }), '1 \ufeffA,1,1\r');
  assert.is(await patched({ feed: '', places: '', patch: `${HEADER}\n` }), '0 \ufeff');
});

test('rows are written in the dialect of the feed', async () => {
  const patch = `${HEADER.replaceAll(',', ';')}\nA;1;9,5;c;qty;x;why;2\n`;
  const given = { feed: 'sku;qty;cost\nA;x;1\n', places: '2,2,3\n', patch };
  assert.is(await patched({ ...given, layout: { delimiter: ';' } }), '1 \ufeffsku;qty;cost\nA;1;9,5\n');
});

test('a patch that does not fit is refused', async () => {
  assert.match(await refused({}), /^1 /);
  assert.match(
    await refused({ patch: `${HEADER.replace('_row_number', '_row')}\n` }),
    /^invalid_input: its header does not/,
  );
  assert.match(await refused({ patch: `sku\n` }), /^invalid_input: its header does not/);
  for (const number of ['3', '0', 'x', '', '2.5', '1'])
    assert.match(
      await refused({ patch: `${HEADER}\nA,1,1,c,qty,x,why,${number}\n` }),
      /^invalid_input: line 2: "/,
      number,
    );
  assert.match(
    await refused({ patch: `${HEADER}\nA,1,1,c,qty,x,why,2\nA,1,1,c,qty,x,why,2\n` }),
    'invalid_input: line 3: row 2 is there t',
  );
  assert.match(await refused({ patch: `${HEADER}\n"A"x,1,1,c,qty,x,why,2\n` }), /^invalid_input: line 2 has a quote/);
  // a row of no cells of the feed, and a second line of it
  assert.match(
    await refused({ patch: `${REJECT_COLUMNS.join(',')}\n${HEADER}\n` }),
    /^invalid_input: line 2: "_row_number"/,
  );
  // places without a number are none
  assert.match(await refused({ places: 'row_number,from,to\n2,2,3\n' }), /^1 /);
  assert.match(
    await refused({ places: '0,2,3\n', patch: `${HEADER}\nA,1,1,c,qty,x,why,0\n` }),
    /^invalid_input: line 2: "0"/,
  );
  assert.match(await refused({ places: '2,2,3' }), /^invalid_input: line 2: "2"/);
  const feed = { layout: {}, open: () => sourceOf('').open() } as unknown as PreparedFeed;
  const found = { run_id: 'r1', source: sourceOf(''), rows: sourceOf(''), s3_key: null, etag: null };
  let code = '';
  await applyPatch({ feed, patch: found, limits: LIMITS }).catch((error: RelayError) => {
    code = error.code;
  });
  assert.is(code, 'invalid_input');
});

test.run();
