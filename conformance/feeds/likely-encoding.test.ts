/** Feeds of `auto` with a single letter or sign outside ASCII: read as windows-1252, with the cell in the notice, or refused. */
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

const CONFIG = {
  ...PLAIN_TENANT,
  output: { format: 'csv', columns: ['sku', 'title', 'cost'] },
  vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', encoding: 'auto' } }],
};

async function runOf(title: string, encoding: string) {
  const text = `sku,title,quantity_available,cost\nA-1,Desk lamp,4,9.50\nA-2,Towel set,2,6.25\nA-3,${title},3,4.00\nA-4,Office chair,5,60.00\n`;
  const { outcome, merged } = await runCase({
    config: CONFIG,
    files: { v: { name: 'feed.csv', bytes: iconv.encode(text, encoding) } },
  });
  return { outcome, feed: merged ?? '' };
}

for (const [title, over] of [
  ['Lamp…', 'cp850 ("Lampà")'],
  ['Lamp ¼ inch', 'iso-8859-5 ("М")'],
  ['the ’80s lamp', 'cp866 ("Т80s")'],
  ['L’Oreal', 'macintosh ("LíOreal")'],
  ['Groß', 'windows-874 ("Gro฿")'],
  ['Kärcher', 'cp850 ("Kõrcher")'],
  ['Crème', 'windows-1250 ("Crčme")'],
  ['Citroën', 'windows-1257 ("Citroėn")'],
  ['LEGO® set', 'iso-8859-2 ("LEGOŽ")'],
  ['5 µF', 'cp850 ("ÁF")'],
  ['naïve', 'windows-1257 ("naļve")'],
  ['Loïc', 'windows-1250 ("Loďc")'],
  ['Maß', 'windows-874 ("Ma฿")'],
  ['à la carte', 'windows-1251 ("а")'],
  ['é', 'koi8-r ("И")'],
  ['Lamp ß', 'iso-8859-5 ("п")'],
  ['‘', 'cp866 ("С")'],
  ['Doña', 'windows-1250 ("Dońa")'],
] as const) {
  test(`${title} is read, with a warning`, async () => {
    const { outcome, feed } = await runOf(title, 'windows-1252');
    assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
    assert.ok(feed.includes(`,${title},`), feed);
    const [warning = '', ...others] = outcome.summary.warnings;
    assert.equal(others, []);
    assert.match(warning, /^encoding_likely:v:windows-1252 \("/);
    assert.ok(warning.endsWith(`, not ${over}`), warning);
    const [notice] = outcome.summary.notices;
    assert.equal(
      notice?.examples.map(({ line, cell }) => [line, cell]),
      [[4, title]],
    );
    assert.ok(notice?.what.endsWith(`line 4 of feed.csv, "${title}"`), notice?.what);
  });
}

for (const title of ['Weißbier', '‘Classic’ lamp', 'Men’s shirt', 'Café', '20° lamp', '5 €'])
  test(`${title} is read without a word`, async () => {
    const { outcome, feed } = await runOf(title, 'windows-1252');
    assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
    assert.ok(feed.includes(`,${title},`), feed);
    assert.equal(outcome.summary.warnings, []);
  });

for (const [title, encoding] of [
  ['Capacità', 'cp850'],
  ['Lampe à pied', 'cp437'],
  ['GRÖSSE', 'cp437'],
  ['Malmö', 'cp852'],
  ['Forlì', 'macintosh'],
  ['A–B', 'macintosh'],
  ['½', 'cp850'],
  ['A и B', 'windows-1251'],
  ['5 ß', 'windows-1252'],
  ['5 ฿', 'windows-874'],
  ['Menu à 5', 'windows-1252'],
  ['à', 'windows-1252'],
  ['skaļrunis', 'windows-1257'],
  ['ß', 'cp850'],
] as const)
  test(`${title} in ${encoding} is not guessed`, async () => {
    const { outcome } = await runOf(title, encoding);
    assert.equal([outcome.status, outcome.error_code], ['FAILED', 'DECODE_ERROR']);
  });

test.run();
