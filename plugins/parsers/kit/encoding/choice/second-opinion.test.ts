import { readFileSync } from 'node:fs';
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../../../testing/harness.ts';
import { PLAIN_TENANT } from '../../../../testing/plain-tenant.ts';
import { chooseEncoding } from './choice.ts';
import { DETECTOR, secondOpinion } from './second-opinion.ts';

const RUSSIAN = 'sku;title\nA-1;Болт оцинкованный\nA-2;Гайка шестигранная\nA-3;Шайба плоская стальная\n';
const GERMAN = 'sku;title\nA-1;Gerät für Küchen\nA-2;Größe Müller\nA-3;Schlüssel\n';
const CP1251 = iconv.encode(RUSSIAN, 'windows-1251');

function inChunks(bytes: Uint8Array, size: number): () => AsyncIterable<Uint8Array> {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
}

function auto(bytes: Uint8Array, size = bytes.length) {
  return chooseEncoding(inChunks(bytes, size), { declared: 'auto' });
}

test('jschardet’s opinion is recorded as agreeing with the choice', async () => {
  const choice = await auto(CP1251);
  const opinion = await secondOpinion(choice);
  assert.is(choice.encoding, 'windows-1251');
  assert.is(opinion?.encoding, 'windows-1251');
  assert.is(opinion?.detector, DETECTOR);
  assert.is(opinion?.agrees, true);
});

test('an encoding that reads the sample alike agrees, even if the sample cuts a character', async () => {
  const choice = { encoding: 'gb18030', sample: iconv.encode('六角螺栓', 'gb18030').subarray(0, 7) };
  const opinion = await secondOpinion(choice, () => ({ encoding: 'GB2312', confidence: 0.987 }));
  assert.equal(opinion, { detector: DETECTOR, encoding: 'gbk', confidence: 0.99, agrees: true });
});

test('an encoding that reads the sample differently disagrees, whether Relay knows it or not', async () => {
  const choice = await auto(CP1251);
  for (const [named, encoding] of [
    ['KOI8-R', 'koi8-r'],
    ['ascii', 'us-ascii'],
    ['X-ISO-10646-UCS-4-2143', 'x-iso-10646-ucs-4-2143'],
  ] as const) {
    const opinion = await secondOpinion(choice, () => ({ encoding: named, confidence: 0.5 }));
    assert.equal(opinion, { detector: DETECTOR, encoding, confidence: 0.5, agrees: false });
  }
});

test('a detector without an answer, or one that throws, has no opinion', async () => {
  const none = { detector: DETECTOR, encoding: null, confidence: 0, agrees: null };
  const choice = await auto(CP1251);
  assert.equal(await secondOpinion(choice, () => ({ encoding: null, confidence: 0 })), none);
  const broken = () => {
    throw new TypeError('split is not a function');
  };
  assert.equal(await secondOpinion(choice, broken), none);
});

test('no opinion is asked for about ASCII, UTF-16, a byte order mark or a declared encoding', async () => {
  const fail = () => assert.unreachable();
  const wide = iconv.encode('sku;title\nA-1;Müller\n'.repeat(9), 'utf-16le');
  for (const choice of [
    await auto(Buffer.from('sku;qty\nA-1;5\n')),
    await auto(wide),
    await auto(Buffer.from(`\ufeff${GERMAN}`)),
    await chooseEncoding(inChunks(CP1251, 99), { declared: 'windows-1251' }),
  ]) {
    assert.is(choice.sample, undefined);
    assert.is(await secondOpinion(choice, fail as never), null);
  }
});

test('the sample is bounded, contains the first byte outside ASCII, and does not depend on chunk sizes', async () => {
  const bytes = Buffer.concat([Buffer.from('A-1;plain\n'.repeat(5000)), Buffer.from(GERMAN.repeat(1000))]);
  const whole = await auto(bytes);
  assert.is(whole.sample?.length, 16 * 1024);
  assert.is(
    whole.sample?.findIndex((byte) => byte >= 0x80),
    1024,
  );
  for (const size of [1, 7, 1000, 4096, 70_000]) assert.equal((await auto(bytes, size)).sample, whole.sample);
});

test('the manifest has the version of the dependency', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.is(DETECTOR, `jschardet ${dependencies.jschardet}`);
});

function configFor(...parsers: object[]) {
  return {
    ...PLAIN_TENANT,
    vendors: parsers.map((parser, i) => ({ vendor_id: `v${i}`, inbound: { type: 'local' }, parser })),
  };
}

test('the manifest has the opinion by vendor and by file, and does not depend on chunk sizes', async () => {
  const feed = (text: string) =>
    iconv.encode(text.replace(/^sku;title/, 'sku;title;quantity_available'), 'windows-1251');
  const files = {
    v0: [
      { name: 'a.csv', bytes: Buffer.from('sku;title;quantity_available\nA-9;plain;1\n') },
      { name: 'b.csv', bytes: feed(RUSSIAN) },
    ],
    v1: { name: 'ascii.csv', bytes: Buffer.from('sku;quantity_available\nA-9;1\n') },
    v2: { name: 'declared.csv', bytes: feed(RUSSIAN) },
  };
  const csv = { format: 'csv', delimiter: ';', encoding: 'auto' };
  const config = configFor({ ...csv, options: { files: { match: '*.csv' } } }, csv, {
    ...csv,
    encoding: 'windows-1251',
  });
  const texts = new Set<string>();
  for (const chunkBytes of [1, 50, 1 << 16]) {
    const { artifacts } = await runCase({ config, files, chunkBytes });
    texts.add(artifacts.text('reports/input_manifest.json') ?? '');
  }
  assert.is(texts.size, 1);
  const { v0, v1, v2 } = JSON.parse([...texts][0] ?? '').vendors;
  const opinion = { detector: DETECTOR, encoding: 'windows-1251', agrees: true };
  const { confidence, ...rest } = v0.files[1].encoding_second_opinion;
  assert.equal(rest, opinion);
  assert.ok(confidence > 0.5 && confidence <= 1);
  for (const one of [v0.files[0], v1, v2]) assert.not('encoding_second_opinion' in one);
});

test('a vendor module gets an opinion if the file is not in the UTF-8 of its config', async () => {
  const header = 'sku;title\n';
  const woo = (text: string) => text.replace(header, 'SKU,Name,Stock,Regular price\n').replace(/;(.*)/g, ',$1,1,5');
  const parser = { format: 'woocommerce-products' };
  const files = {
    v0: { name: 'a.csv', bytes: Buffer.from(woo(GERMAN)) },
    v1: { name: 'a.csv', bytes: iconv.encode(woo(GERMAN), 'windows-1252') },
  };
  const { artifacts } = await runCase({ config: configFor(parser, parser), files });
  const { v0, v1 } = JSON.parse(artifacts.text('reports/input_manifest.json') ?? '').vendors;
  assert.is(v0.encoding, 'utf-8');
  assert.not('encoding_second_opinion' in v0);
  assert.is(v1.encoding, 'windows-1252');
  assert.is(v1.encoding_second_opinion.detector, DETECTOR);
});

test.run();
