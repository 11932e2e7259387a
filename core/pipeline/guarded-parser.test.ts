import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../bytes/text.ts';
import { RelayError } from '../errors.ts';
import type { Layout, Parser, PreparedFeed } from '../plugin.ts';
import type { ByteSource } from '../ports/engine.ts';
import { guardedParser, isIterable } from './guarded-parser.ts';
import { HookWaits } from './hook-waits.ts';

const test = suite('guarded parsers');
const LAYOUT = { delimiter: ',', quote: '"', skipLines: 0, header: true, columns: {}, timeZone: null } as Layout;
const SOURCE: ByteSource = { name: 'feed.csv', size: 3, async *open() {} };

async function* bytes(...parts: unknown[]) {
  for (const part of parts) yield typeof part === 'string' ? toBytes(part) : part;
}

function feedOf(more: object = {}): PreparedFeed {
  const feed = { encoding: 'utf-8', delimiter: ',', reason: 'why', layout: LAYOUT, open: () => bytes('a') };
  return { ...feed, ...more } as unknown as PreparedFeed;
}

function guard(parser: Parser, codes: Record<string, string> = {}) {
  return guardedParser(parser, { manifest: { id: 'own', codes }, vendorId: 'acme', waits: new HookWaits() });
}

const prepared = (more: object = {}, codes: Record<string, string> = {}) =>
  guard({ prepare: async () => feedOf(more) }, codes).prepare(SOURCE);

async function itemsOf(feed: PreparedFeed): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of feed.open()) items.push(item);
  return items;
}

const failureOf = (work: () => unknown): Promise<RelayError> =>
  Promise.resolve()
    .then(work)
    .then(
      () => assert.unreachable('it must fail') as never,
      (error) => error,
    );

async function fails(work: () => unknown, message: RegExp): Promise<void> {
  const error = await failureOf(work);
  assert.instance(error, RelayError);
  assert.is(error.code, 'plugin_failed');
  assert.match(error.message, message);
  assert.match(error.message, /of the parser "own" failed on feed\.csv/);
}

test('a good feed is given on, with what it has', async () => {
  const bare = await prepared();
  assert.equal(Object.keys(bare), ['encoding', 'delimiter', 'reason', 'layout', 'warnings', 'open']);
  assert.equal([bare.encoding, bare.delimiter, bare.reason, bare.warnings?.()], ['utf-8', ',', 'why', []]);
  assert.equal(await itemsOf(bare), [toBytes('a')]);
  const full = await prepared(
    {
      ...{ secondOpinion: null, text: { encoder: async () => toBytes }, fields: ['sku'] },
      ...{
        warnings: () => [
          'w',
          {
            code: 'w',
            detail: 'd',
            examples: [
              { line: 1, cell: 'c' },
              { line: 2, cell: 'c', note: 'n' },
            ],
          },
        ],
      },
    },
    { w: 'words' },
  );
  assert.is(full.warnings?.().length, 2);
  assert.equal(full.fields, ['sku']);
  assert.ok('secondOpinion' in full && 'text' in full);
});

test('what prepare() gives must be a feed', async () => {
  const cases: Array<[feed: unknown, problem: RegExp]> = [
    [null, /it gave null, not a prepared feed/],
    ['text', /it gave .*, not a prepared feed/],
    [feedOf({ encoding: '' }), /it gave no encoding/],
    [feedOf({ delimiter: 7 }), /it gave no delimiter/],
    [feedOf({ reason: undefined }), /it gave no reason/],
    [feedOf({ open: undefined }), /it gave no open\(\)/],
    [feedOf({ opens: 1 }), /opens/],
    [feedOf({ warnings: [] }), /warnings must be a function/],
    [feedOf({ layout: null }), /layout/],
    [feedOf({ fields: 'sku' }), /fields must be a list of texts/],
    [feedOf({ fields: ['sku', 1] }), /fields must be a list of texts/],
    [feedOf({ fields: ['sku', 'sku'] }), /fields names a column twice/],
    [feedOf({ fields: ['sku'], layout: { ...LAYOUT, header: false } }), /layout\.header must be true/],
  ];
  for (const [feed, problem] of cases)
    await fails(() => guard({ prepare: async () => feed as never }).prepare(SOURCE), problem);
  await fails(() => guard({ prepare: () => Promise.reject(new Error('oh')) }).prepare(SOURCE), /^prepare\(\) .*: oh/);
});

test('errors of the feed pass, and other codes are the parser’s fault', async () => {
  for (const code of ['invalid_input', 'UNKNOWN_ENCODING', 'plugin_failed'] as const) {
    const error = new RelayError(code, 'as it is');
    assert.is(await failureOf(() => guard({ prepare: () => Promise.reject(error) }).prepare(SOURCE)), error, code);
  }
  const other = new RelayError('store_unavailable', 'not now');
  await fails(
    () => guard({ prepare: () => Promise.reject(other) }).prepare(SOURCE),
    /it threw a RelayError with the code "store_unavailable"; .*: not now/,
  );
});

test('errors of the source pass, also inside ten of the parser’s own, if the source threw them', async () => {
  const broken = new RelayError('store_unavailable', 'not now');
  const source: ByteSource = {
    ...SOURCE,
    async *open() {
      yield toBytes('a');
      throw broken;
    },
  };
  const wrapped = (depth: number): Parser => ({
    prepare: async (given) => {
      assert.equal([given.name, given.size], ['feed.csv', 3]);
      let seen = '';
      try {
        for await (const chunk of given.open()) seen += Buffer.from(chunk).toString();
      } catch (error) {
        assert.is(seen, 'a');
        let one = error as Error;
        for (let i = 0; i < depth; i++) one = new Error(`wrapped ${i}`, { cause: one });
        throw one;
      }
      return feedOf();
    },
  });
  for (const depth of [0, 1, 9]) {
    let root: unknown = await failureOf(() => guard(wrapped(depth)).prepare(source));
    for (let i = 0; i < depth; i++) root = (root as Error).cause;
    assert.is(root, broken);
  }
  await fails(() => guard(wrapped(10)).prepare(source), /wrapped 9/);
  await fails(
    () => guard({ prepare: () => Promise.reject(new Error('own', { cause: broken })) }).prepare(source),
    /own/,
  );
});

test('a feed gives bytes or rows, from an iterable', async () => {
  const opening =
    (open: unknown, more: object = {}) =>
    async () =>
      itemsOf(await prepared({ open, ...more }));
  const row = (line: number, cells: string[]) => ({ line, cells });
  assert.equal(await opening(() => [toBytes('a'), toBytes('b')])(), [toBytes('a'), toBytes('b')]);
  assert.is((await opening(() => bytes(row(1, ['a']), row(2, ['b'])))()).length, 2);
  for (const items of [null, 'text', Promise.resolve([])])
    await fails(
      opening(() => items),
      /it must return an async iterable/,
    );
  await fails(
    opening(() => bytes(row(1, ['a']), 'b')),
    /it gave bytes after rows/,
  );
  await fails(
    opening(() => bytes('a', row(1, ['a']))),
    /it gave something else after bytes/,
  );
  await fails(
    opening(() => bytes('a'), { fields: ['sku'] }),
    /it gave bytes; fields names the columns/,
  );
  await fails(
    opening(() => bytes(row(1, ['a'])), { layout: { ...LAYOUT, skipLines: 1 } }),
    /it gave rows; lines to skip/,
  );
  assert.is((await opening(() => bytes('a'), { layout: { ...LAYOUT, skipLines: 1 } })()).length, 1);
  await fails(
    opening(() => {
      throw new Error('oh');
    }),
    /^open\(\) .*: oh/,
  );
  async function* breaking() {
    yield row(4, ['sku']);
    throw new Error('oh');
  }
  await fails(opening(breaking), /^open\(\) of the parser "own" failed on feed\.csv, after .*4.*: oh/);
  async function* early() {
    yield toBytes('a');
    throw new Error('oh');
  }
  await fails(opening(early), /failed on feed\.csv: oh/);
  await fails(
    opening(() => bytes(row(1, ['a']), { line: 2 })),
    /failed on feed\.csv: /,
  );
  const named = { fields: ['sku'] };
  assert.is((await opening(() => bytes({ cells: { sku: 'A' } }), named)()).length, 1);
  await fails(
    opening(() => bytes({ cells: ['A'] }, { line: 2 })),
    /failed on feed\.csv: row 2/,
  );
  const numbers = async (more: object, cells: unknown) => {
    async function* giving() {
      yield { cells };
      yield { cells };
      throw new Error('oh');
    }
    return (await failureOf(opening(giving, more))).message;
  };
  // a list of names stands for the header
  const [plain, withFields] = [await numbers({}, ['A']), await numbers(named, { sku: 'A' })];
  assert.match(plain, /after row 2/);
  assert.match(withFields, /after row 3/);
  const stays = new RelayError('invalid_input', 'a bad feed');
  assert.is(
    await failureOf(
      opening(() => {
        throw stays;
      }),
    ),
    stays,
  );
});

test('rows and warnings have codes that the manifest lists', async () => {
  const codes = { odd: 'odd rows' };
  const refusing = (code: unknown) =>
    prepared({ open: () => bytes({ line: 1, cells: ['a'], refuse: { code, column: null, reason: 'r' } }) }, codes).then(
      itemsOf,
    );
  assert.is((await refusing('odd')).length, 1);
  await fails(() => refusing('other'), /refuses with/);
  const hook = async (answer: unknown) =>
    (await prepared({ layout: { ...LAYOUT, row: () => answer } }, codes)).layout.row?.([] as never, {} as never);
  assert.equal(await hook(['a']), ['a']);
  assert.is(await hook(null), null);
  assert.equal(await hook({ code: 'odd' }), { code: 'odd' });
  assert.match((await failureOf(() => hook({ code: 'other' }))).message, /refuses with/);
  assert.equal(await hook({ code: 3 }), { code: 3 });
  const warning = async (answer: unknown) => (await prepared({ warnings: () => answer }, codes)).warnings?.();
  assert.equal(await warning(['odd', { code: 'odd' }, 'taxes_unread']), ['odd', { code: 'odd' }, 'taxes_unread']);
  assert.equal(await warning(undefined), []);
  for (const bad of [['other'], [{ code: 'other' }]]) await fails(() => warning(bad), /warns with/);
  const example = { line: 1, cell: 'c' };
  const odd = [
    ...['odd', [3], [null], [{ code: 3 }], [{ code: 'odd', detail: 3 }], [{ code: 'odd', examples: 'e' }]],
    ...[
      [{ code: 'odd', examples: [null] }],
      [{ code: 'odd', examples: ['e'] }],
      [{ code: 'odd', examples: [{ ...example, line: '1' }] }],
    ],
    ...[
      [{ code: 'odd', examples: [{ line: 1 }] }],
      [{ code: 'odd', examples: [{ ...example, note: 3 }] }],
      [{ code: 'odd', examples: [example, {}] }],
    ],
  ];
  for (const bad of odd) await fails(() => warning(bad), /it must return a list of codes/);
});

test('what mends a row gives a list of texts or null', async () => {
  const mend = async (answer: unknown) => {
    const { repair } = (await prepared({ layout: { ...LAYOUT, repair: { width: 3, mend: () => answer } } })).layout;
    assert.is(repair?.width, 3);
    return repair?.mend('text');
  };
  assert.equal([await mend(['a', 'b']), await mend(null)], [['a', 'b'], null]);
  for (const bad of ['a', ['a', 1], undefined])
    await fails(() => mend(bad), /^layout\.repair\.mend\(\) .*it must return a list of texts, or null/);
});

test('what is iterated over has an iterator', () => {
  for (const one of [[], new Map(), bytes()]) assert.ok(isIterable(one));
  for (const one of [null, undefined, {}, 'text', () => {}]) assert.not(isIterable(one));
});

test.run();
