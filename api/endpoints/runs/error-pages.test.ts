/** Pages of `errors.json` as the engine writes it: every entry once, for any chunks, without reading more than needed. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IssueLog } from '../../../core/pipeline/issues.ts';
import { type Api, addRun, addTenant, startApi } from '../../testing/harness.ts';

/** `errors.json` with one entry for each value. */
function errorsJson(values: readonly string[], errorsMax = 10_000): string {
  const log = new IssueLog({ errorsMax, errorValueCharsMax: 1000, errorsCharsMax: 1e9 });
  for (const [i, value] of values.entries()) {
    const problem = { error_code: 'invalid_int', column: 'quantity_available', value, reason: 'no' };
    log.addRow({
      ...problem,
      vendor_id: 'acme',
      row_number: i + 2,
      line: i + 2,
      row_data: { q: value },
      problems: [problem],
    });
  }
  return log.close();
}

async function withErrors(text: string, settings = {}): Promise<{ api: Api; path: string; key: string }> {
  const api = await startApi(settings);
  await addTenant(api, 'shop');
  const runId = await addRun(api, 'shop');
  const key = `${runId}/tenants/shop/reports/errors.json`;
  api.artifacts.put(key, text);
  api.runs.records.get(runId)!.artifacts = { errors: key };
  return { api, path: `/v1/runs/${runId}/errors`, key };
}

async function readAll(api: Api, path: string, limit: number): Promise<{ entries: unknown[]; pages: number }> {
  const entries: unknown[] = [];
  let query = `?limit=${limit}`;
  for (let pages = 1; ; pages++) {
    const { status, json, text } = await api.call('GET', `${path}${query}`);
    assert.is(status, 200, text);
    entries.push(...json.errors);
    if (json.next_cursor === null) return { entries, pages };
    query = `?limit=${limit}&cursor=${json.next_cursor}`;
  }
}

test('a run without errors.json has an empty page', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const path = `/v1/runs/${await addRun(api, 'shop')}/errors`;
  assert.equal((await api.call('GET', path)).json, { errors: [], next_cursor: null });
  assert.is((await api.call('GET', `${path}?cursor=3`)).status, 422);
});

test('property: all pages together are the file, for any sizes', async () => {
  const { api, path, key } = await withErrors('[]');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 25 }),
      async (values, limit, chunkBytes, errorsMax) => {
        const text = errorsJson(values, errorsMax);
        api.artifacts.put(key, text);
        api.artifacts.chunkBytes = chunkBytes;
        const { entries, pages } = await readAll(api, path, limit);
        assert.equal(entries, JSON.parse(text));
        assert.is(pages, Math.ceil(entries.length / limit));
      },
    ),
    { numRuns: 60 },
  );
});

test('a page reads only its part of the file', async () => {
  const text = errorsJson(Array.from({ length: 2000 }, (_, i) => `value ${i}`));
  const { api, path } = await withErrors(text);
  await api.call('GET', `${path}?limit=10`);
  assert.ok(api.artifacts.bytesRead < 5000, String(api.artifacts.bytesRead));
  assert.ok(text.length > 100_000);
});

test('a page ends at its byte limit but has at least one entry', async () => {
  const text = errorsJson(Array.from({ length: 10 }, () => 'x'.repeat(900)));
  const { api, path } = await withErrors(text, { errorsPageBytes: 5000 });
  const { entries, pages } = await readAll(api, path, 100);
  assert.is(entries.length, 10);
  assert.is(pages, 5);
  const tiny = await withErrors(text, { errorsPageBytes: 1 });
  assert.is((await readAll(tiny.api, tiny.path, 100)).pages, 10);
});

test('an entry over the limit fails without filling memory', async () => {
  const { api, path } = await withErrors(errorsJson(['x'.repeat(900)]), { errorEntryBytesMax: 500 });
  assert.is((await api.call('GET', path)).status, 500);
  assert.ok(api.artifacts.bytesRead < 600);
});

test('a cursor that is not the start of a line is 422', async () => {
  const text = errorsJson(['a', 'b', 'c']);
  const { api, path } = await withErrors(text);
  const good = new Set([...text].flatMap((char, i) => (char === '\n' ? [i + 1] : [])).filter((at) => at < text.length));
  for (let at = 1; at < text.length + 3; at++) {
    assert.is((await api.call('GET', `${path}?cursor=${at}`)).status, good.has(at) ? 200 : 422, String(at));
  }
  for (const cursor of ['0', '-1', 'x', '1e3', '9'.repeat(15), '9'.repeat(40)]) {
    const refused = await api.call('GET', `${path}?cursor=${cursor}`);
    assert.is(refused.status, 422, cursor);
    assert.is(refused.json.issues[0].path, 'cursor');
  }
});

/** `errors.json` with rows that alternate between two vendors and two codes, and one vendor entry. */
function mixedErrors(rows: number, errorsMax = 10_000): string {
  const log = new IssueLog({ errorsMax, errorValueCharsMax: 1000, errorsCharsMax: 1e9 });
  for (let i = 0; i < rows; i++) {
    const error_code = i % 3 === 0 ? 'missing_value' : 'invalid_int';
    const problem = { error_code, column: 'quantity_available', value: null, reason: 'no' };
    const other = { ...problem, error_code: 'negative_value' };
    const vendor_id = i % 2 === 0 ? 'acme' : 'bolt';
    log.addRow({ ...problem, vendor_id, row_number: i + 2, line: i + 2, row_data: {}, problems: [problem, other] });
  }
  log.addVendor({ error_code: 'STALE_FEED', error_message: 'no', vendor_id: 'bolt', expected_prefix: null });
  return log.close();
}

test('filters select entries by vendor and by code, on every page', async () => {
  const text = mixedErrors(60);
  const all = JSON.parse(text) as Array<{ vendor_id: string; error_code: string }>;
  const { api, path } = await withErrors(text, { errorsScanBytes: 700 });
  const select = async (query: string, limit = 4) => {
    const entries: unknown[] = [];
    let cursor = '';
    do {
      const { status, json } = await api.call('GET', `${path}?limit=${limit}&${query}${cursor}`);
      assert.is(status, 200);
      entries.push(...json.errors);
      cursor = json.next_cursor === null ? '' : `&cursor=${json.next_cursor}`;
    } while (cursor !== '');
    return entries;
  };
  const of = (vendor: string | null, code: string | null) =>
    all.filter((one) => (vendor ?? one.vendor_id) === one.vendor_id && (code ?? one.error_code) === one.error_code);
  assert.equal(await select('vendor_id=bolt'), of('bolt', null));
  assert.equal(await select('error_code=missing_value'), of(null, 'missing_value'));
  assert.equal(await select('vendor_id=acme&error_code=invalid_int'), of('acme', 'invalid_int'));
  assert.equal(await select('error_code=STALE_FEED'), of('bolt', 'STALE_FEED'));
  for (const none of ['vendor_id=nobody', 'error_code=negative_value', 'vendor_id=acme&error_code=STALE_FEED']) {
    assert.equal(await select(none), [], none);
  }
});

test('filtering a truncated file says that entries are missing', async () => {
  const { api, path } = await withErrors(mixedErrors(20, 5));
  for (const query of ['vendor_id=bolt', 'error_code=missing_value', 'vendor_id=nobody']) {
    const { errors } = (await api.call('GET', `${path}?${query}`)).json;
    assert.is(errors.at(-1).error_code, 'ERRORS_TRUNCATED', query);
    assert.is(errors.at(-1).not_listed, 16);
  }
});

test('a malformed filter is 422', async () => {
  const { api, path } = await withErrors(mixedErrors(2));
  for (const query of ['vendor_id=', 'error_code=', `error_code=${'x'.repeat(201)}`, 'code=missing_value']) {
    assert.is((await api.call('GET', `${path}?${query}`)).status, 422, query);
  }
});

test('a code that nobody gives is refused, with the nearest one', async () => {
  const { api, path } = await withErrors(mixedErrors(2).replaceAll('missing_value', 'code_of_old'));
  for (const [query, nearest] of [
    ['error_code=missing_valeu', 'missing_value'],
    ['error_code=stale_feed', 'STALE_FEED'],
    ['error_code=decode_error&vendor_id=acme', 'DECODE_ERROR'],
    ['error_code=nope', null],
  ] as const) {
    const { status, json } = await api.call('GET', `${path}?${query}`);
    assert.equal([status, json.error, json.issues[0].path], [422, 'INVALID_REQUEST', 'error_code'], query);
    assert.is(json.message.includes('did you mean'), nearest !== null, json.message);
    if (nearest !== null) assert.ok(json.message.includes(`"${nearest}"`), json.message);
  }
  // a code of a plugin that is gone, and ones that are known and not there
  const { json } = await api.call('GET', `${path}?error_code=code_of_old`);
  assert.is(json.errors.length, 1);
  for (const code of ['row_count', 'missing_value', 'DECODE_ERROR', 'footer_missing'])
    assert.equal((await api.call('GET', `${path}?error_code=${code}`)).json.errors, [], code);
});

test('a deleted file is 404', async () => {
  const { api, path } = await withErrors('[\n]\n');
  assert.equal((await api.call('GET', path)).json, { errors: [], next_cursor: null });
  api.artifacts.objects.clear();
  assert.is((await api.call('GET', path)).status, 404);
});

test.run();
