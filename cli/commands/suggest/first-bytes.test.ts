/** `relay suggest` tries only the beginning of a large file, and says so. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';
import { lastRecordEnd } from './first-bytes.ts';

const endIn = (text: string, quote: string | null = '"') => text.slice(0, lastRecordEnd(Buffer.from(text), quote));

test('the part that is tried ends with a whole record', () => {
  assert.is(endIn('a,b\nc,d\ne'), 'a,b\nc,d\n');
  assert.is(endIn('a,b\r\nc,d\r\ne'), 'a,b\r\nc,d\r\n');
  assert.is(endIn('a\rb\rc'), 'a\rb\r');
  assert.is(endIn('a,b\n"c\nd'), 'a,b\n');
  assert.is(endIn('a,b\n"c\nd",e\nf'), 'a,b\n"c\nd",e\n');
  // without quoting
  assert.is(endIn('a,b\n"c\nd', null), 'a,b\n"c\n');
  assert.is(endIn('none'), '');
  // an unpaired quote makes every later line end one inside a cell
  assert.is(endIn('"a\nb\nc'), '"a\nb\n');
});

test('a file above the limit is tried in part, or whole on request; a smaller one is always tried whole', () =>
  inFolder(async (folder) => {
    const row = (i: number) =>
      `SKU-${String(i).padStart(6, '0')},${i % 7},${10 + (i % 50)}.25,A title of ${i} ${'x'.repeat(120)}\n`;
    const rows = Array.from({ length: 8000 }, (_, i) => row(i)).join('');
    const file = writeFileIn(folder, 'feed.csv', `sku,qty,cost,title\n${rows}bad,x,1.00,A title\n`);
    const read = async (...more: string[]) => {
      const { code, stdout, stderr } = await relay(['suggest', file, '--json', ...more]);
      assert.is(code, 0, stderr);
      return JSON.parse(stdout);
    };
    const part = await read('--first', '1');
    assert.is(part.read.whole, false);
    assert.ok(part.read.bytes <= 1_000_000 && part.read.bytes > 999_900, String(part.read.bytes));
    assert.ok(part.read.total_rows > 5000 && part.read.total_rows < 8000);
    assert.is(part.read.invalid_rows, 0);
    const whole = await read('--first', 'all');
    assert.equal([whole.read.whole, whole.read.total_rows, whole.read.invalid_rows], [true, 8001, 1]);
    // the config entry depends on the sample alone, not on how much was tried
    assert.equal(part.config, whole.config);
    assert.equal((await read()).read, whole.read);
    const { stdout } = await relay(['suggest', file, '--first', '1']);
    assert.match(
      stdout,
      /As a run reads it: [\d,]+ rows, 0 refused, in the first 1 MB of 1\.\d MB; --first all tries the whole file\n/,
    );
  }));

test('--first takes a number of megabytes or `all`', async () => {
  for (const value of ['0', '-1', 'some', '1.5']) {
    const { code, stderr } = await relay(['suggest', 'feed.csv', `--first=${value}`]);
    assert.is(code, 2);
    assert.match(stderr, /--first takes a whole number of megabytes, or "all"/);
  }
});

test.run();
