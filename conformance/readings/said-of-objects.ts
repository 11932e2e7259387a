/** What the embedded store of objects does in random calls, also at signed addresses, a line for each history of them. */
import { createHash } from 'node:crypto';
import { RelayError } from '../../core/errors.ts';
import { type EmbeddedStores, openEmbeddedArtifacts, openEmbeddedStores } from '../../stores/embedded/index.ts';
import { inFolder } from '../../stores/testing/folder.ts';
import { Random } from '../oracle/generate/random.ts';

export const OBJECTS_COUNT = 32;
const CALLS = 120;
const START = Date.parse('2026-11-01T06:00:00Z');
const KEYS = [
  'a',
  'a/b',
  'a/b.csv',
  'a/c/d.jsonl',
  'a.b',
  'b/ü',
  'b/c/e',
  'tenants/t/in/f.csv',
  'b//c',
  '../x',
  'b/',
  '',
];
const PREFIXES = ['', 'a', 'a/', 'a/b', 'b/c/', 'tenants/', 'z', '/', '../'];
const TYPES = [undefined, undefined, 'text/csv; charset=utf-8', 'x/y', null];
const TEXTS = ['', 'x', 'hello', '0123456789'.repeat(9)];
const HEADERS: ReadonlyArray<Record<string, string>> = [
  ...[{}, {}, {}, { range: 'bytes=1-3' }, { range: 'bytes=-2' }, { range: 'bytes=5-' }, { range: 'bytes=99-' }],
  ...[{ 'if-none-match': '*' }, { 'if-match': '*' }, { 'if-match': '"other"' }, { 'if-none-match': '"other"' }],
  ...[{ range: 'bytes=0-1', 'if-range': '"other"' }, { 'content-type': 'x/y' }, { 'content-length': '3' }],
  ...[{ 'content-encoding': 'br' }, { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==' }, { 'x-checksum-md5': '00' }],
];

/** Objects and their states by numbers, in the order in which they were seen. */
class ObjectCalls {
  readonly lines: string[] = [];
  now = START;
  readonly #random: Random;
  readonly #etags = new Map<string, string>();
  #cursor: string | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  async make(stores: EmbeddedStores, inPlace: EmbeddedStores['artifacts']): Promise<void> {
    const random = this.#random;
    for (let i = 0; i < CALLS; i++) {
      this.now += random.pick([0, 1, 1000, 60_000]);
      const calls = this.#callsOf(random.chance(0.5) ? inPlace : stores.artifacts);
      const signed = () => this.#signed(stores);
      const [name, call] = random.pick([...calls, ['signed', signed] as const, ['signed', signed] as const]);
      let said: string;
      try {
        said = JSON.stringify(await call()) ?? 'nothing';
      } catch (error) {
        said = error instanceof RelayError ? error.code : String(error);
      }
      this.lines.push(`${name} ${this.#masked(said)}`);
    }
  }

  #callsOf(store: EmbeddedStores['artifacts']) {
    const random = this.#random;
    const key = () => random.pick(KEYS);
    const etag = () => random.pick([undefined, undefined, ...[...this.#etags.keys()].slice(-3)]);
    const write = async () => {
      const [contentType, ifMatch] = [random.pick(TYPES), random.chance(0.3) ? etag() : undefined];
      const sink = await store.write(key(), {
        ...(contentType != null && { contentType }),
        ...(ifMatch !== undefined && { ifMatch }),
        ...(random.chance(0.2) && { ifNoneMatch: true }),
      });
      for (let parts = random.int(0, 3); parts > 0; parts--) await sink.write(Buffer.from(random.pick(TEXTS)));
      if (random.chance(0.1)) return sink.abort();
      return sink.close();
    };
    const read = async () => {
      const [range, ifMatch] = [{ first: random.int(-1, 9), last: random.int(0, 99) }, etag()];
      const options = { ...(ifMatch !== undefined && { ifMatch }), ...(random.chance(0.5) && { range }) };
      const { info, body } = await store.read(key(), options);
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      return [info, Buffer.concat(parts).toString()];
    };
    const list = async () => {
      const page = await store.list(
        random.pick(PREFIXES),
        random.pick([null, null, this.#cursor, 'x']),
        random.int(1, 4),
      );
      this.#cursor = page.next;
      return page;
    };
    const sign = () => {
      const filename = random.pick([undefined, 'a.csv', 'é".csv']);
      const contentType = random.pick([undefined, 'x/y']);
      const options = { ...(filename && { filename }), ...(contentType && { contentType }) };
      return store.signGet(key(), { ...options, expiresInSeconds: random.pick([0, 1, 60, 604_801]) });
    };
    const copy = () => {
      const ifMatch = etag();
      return store.copy(key(), key(), ifMatch === undefined ? {} : { ifMatch });
    };
    return [
      ...Array.from({ length: 5 }, () => ['write', write] as const),
      ...[['read', read] as const, ['read', read] as const, ['list', list] as const, ['list', list] as const],
      ['sign', sign] as const,
      ['copy', copy] as const,
      ['head', () => store.head(key())] as const,
      ['find', () => store.find(key())] as const,
      [
        'newest',
        () => store.newest(random.pick(PREFIXES), random.pick([undefined, (one) => one.endsWith('v')])),
      ] as const,
      ['remove', () => store.remove(key())] as const,
    ] as Array<readonly [string, () => Promise<unknown>]>;
  }

  async #signed({ artifacts, signedObjects }: EmbeddedStores): Promise<unknown> {
    const random = this.#random;
    const key = random.pick(KEYS);
    const typed = random.chance(0.2) ? { contentType: 'x/y' } : {};
    const isRead = random.chance(0.5);
    const url = isRead
      ? await artifacts.signGet(key, { ...typed, expiresInSeconds: 60 })
      : (await artifacts.signPut(key, { ...typed, expiresInSeconds: 60 })).url;
    const headers = new Headers(random.pick(HEADERS));
    const known = [...this.#etags.keys()].at(-1);
    if (known !== undefined && random.chance(0.2)) headers.set(random.pick(['if-match', 'if-range']), `"${known}"`);
    this.now += random.pick([0, 0, 0, 59_999, 60_000]);
    const body = isRead ? {} : { body: random.pick(TEXTS) };
    const address = `http://relay.test${random.chance(0.1) ? url.replace('token=', 'token=x') : url}`;
    const method = random.chance(0.1) ? 'HEAD' : isRead ? 'GET' : 'PUT';
    const answer = await signedObjects.fetch(new Request(address, { method, headers, ...(method === 'PUT' && body) }));
    const text = await answer.text();
    const { error } = answer.headers.get('content-type') === 'application/json' ? JSON.parse(text) : { error: text };
    return [answer.status, [...answer.headers], error];
  }

  /** States have random digits. */
  #masked(text: string): string {
    return text.replace(/(?<=etag[\\"',: ]*)[0-9a-z]+-[0-9a-z]+-[0-9a-z]+/g, (etag) => {
      const name = this.#etags.get(etag) ?? `e${this.#etags.size}`;
      this.#etags.set(etag, name);
      return name;
    });
  }
}

/** How often each call was made, and the hash of all that was answered. */
export function ofObjects(number: number): Promise<string> {
  return inFolder(async (root) => {
    const calls = new ObjectCalls(new Random(number));
    let ids = 0;
    const options = {
      ...{ root, clock: { wall: () => calls.now }, createId: () => `id-${++ids}` },
      ...{ signingSecret: new Uint8Array(32), baseUrl: '', uploadBytesMax: 80 },
    };
    const stores = await openEmbeddedStores(options);
    try {
      await calls.make(
        stores,
        (await openEmbeddedArtifacts({ ...options, inPlace: true })) as EmbeddedStores['artifacts'],
      );
    } finally {
      stores.close();
    }
    const counts = new Map<string, number>();
    for (const line of calls.lines) {
      const name = line.slice(0, line.indexOf(' '));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const hash = createHash('sha256').update(calls.lines.join('\n')).digest('hex').slice(0, 8);
    return [number, ...[...counts].map(([name, count]) => `${name} ${count}`), hash].join(' · ');
  });
}
