/** The signed addresses of every `ArtifactStore`: what they allow and until when, and the answer to a changed one. */
import * as assert from 'uvu/assert';
import { type ArtifactSubject, decoded, pattern, put, readAll } from './artifact-subject.ts';
import type { ContractCase } from './support.ts';

const KEY = 'r1/tenants/shop/outputs/a b+ü%2F.csv';

async function bodyOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

export const addressCases: Array<ContractCase<ArtifactSubject>> = [
  {
    name: 'a signed address reads the object, with the name and type that it was made for',
    run: async ({ store, http }) => {
      await put(store, KEY, pattern(500_000));
      const options = { expiresInSeconds: 60, filename: 'fe"ed\r\nX: ü.csv', contentType: 'text/csv; charset=utf-8' };
      const response = await http(new Request(await store.signGet(KEY, options)));
      assert.is(response.status, 200);
      assert.is(response.headers.get('content-type'), 'text/csv; charset=utf-8');
      assert.is(response.headers.get('content-length'), '500000');
      assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename=/);
      assert.is(response.headers.get('x'), null);
      assert.equal(await bodyOf(response), pattern(500_000));
    },
  },
  {
    name: 'a signed address gives ranges',
    run: async ({ store, http }) => {
      const bytes = pattern(1000);
      await put(store, KEY, bytes);
      const url = await store.signGet(KEY, { expiresInSeconds: 60 });
      const get = (range: string) => http(new Request(url, { headers: { range } }));
      for (const [range, first, last] of [
        ['bytes=0-0', 0, 0],
        ['bytes=10-19', 10, 19],
        ['bytes=990-', 990, 999],
        ['bytes=-5', 995, 999],
        ['bytes=900-5000', 900, 999],
      ] as const) {
        const response = await get(range);
        assert.is(response.status, 206, range);
        assert.is(response.headers.get('content-range'), `bytes ${first}-${last}/1000`);
        assert.equal(await bodyOf(response), bytes.subarray(first, last + 1), range);
      }
      assert.is((await get('bytes=1000-')).status, 416);
      const whole = await http(new Request(url));
      assert.is(whole.headers.get('accept-ranges'), 'bytes');
      assert.is((await bodyOf(whole)).length, 1000);
    },
  },
  {
    name: 'a signed address writes the object, whole',
    run: async ({ store, http }) => {
      const { url, headers } = await store.signPut(KEY, { expiresInSeconds: 60, contentType: 'text/csv' });
      const response = await http(
        new Request(url, { method: 'PUT', headers, body: pattern(300_000).buffer as ArrayBuffer }),
      );
      assert.is(response.status, 200);
      assert.equal(await readAll(store, KEY), pattern(300_000));
      assert.is((await store.head(KEY))?.contentType, 'text/csv');
    },
  },
  {
    name: 'an address that was made for no type takes any, and none; one that was made for a type takes that one',
    run: async ({ store, http }) => {
      const upload = async (contentType: string | undefined, headers: Record<string, string>, body: string) => {
        const type = contentType === undefined ? {} : { contentType };
        const { url } = await store.signPut(KEY, { expiresInSeconds: 60, ...type });
        // bytes, so that the client adds no content type
        const response = await http(new Request(url, { method: 'PUT', headers, body: new TextEncoder().encode(body) }));
        await response.arrayBuffer();
        return response.status;
      };
      assert.is(await upload(undefined, {}, 'none'), 200);
      assert.is(await upload(undefined, { 'content-type': 'text/plain' }, 'any'), 200);
      assert.is(decoded(await readAll(store, KEY)), 'any');
      for (const headers of [{ 'content-type': 'text/html' }, {}]) {
        assert.ok([400, 403].includes(await upload('text/csv', headers as Record<string, string>, 'other')));
      }
      assert.is(decoded(await readAll(store, KEY)), 'any');
    },
  },
  {
    name: 'an address for a missing object says so',
    run: async ({ store, http }) => {
      const response = await http(new Request(await store.signGet('no/such', { expiresInSeconds: 60 })));
      assert.is(response.status, 404);
      await response.arrayBuffer();
    },
  },
  {
    name: 'an address ends when it expires',
    run: async ({ store, http, advance, now }) => {
      await put(store, KEY, 'old');
      const get = await store.signGet(KEY, { expiresInSeconds: 3 });
      const { url, headers, expiresAt } = await store.signPut(KEY, { expiresInSeconds: 3 });
      assert.ok(Math.abs(expiresAt - now() - 3000) <= 1000);
      await advance(1);
      assert.is(await (await http(new Request(get))).text(), 'old');
      await advance(3);
      assert.is((await http(new Request(get))).status, 403);
      assert.is((await http(new Request(url, { method: 'PUT', headers, body: 'new' }))).status, 403);
      assert.is(decoded(await readAll(store, KEY)), 'old');
    },
  },
  {
    name: 'an address that was changed in any part is refused',
    run: async ({ store, http }) => {
      await put(store, KEY, 'mine');
      await put(store, 'other', 'not mine');
      const get = await store.signGet(KEY, { expiresInSeconds: 60, filename: 'f.csv' });
      const { url: upload } = await store.signPut(KEY, { expiresInSeconds: 60 });
      const refusals: Request[] = [
        new Request(get, { method: 'PUT', body: 'x' }),
        new Request(upload),
        new Request(get.replace(/\?.*$/, '')),
      ];
      const path = new URL(get).pathname;
      for (const key of ['other', `${path.slice(1)}x`]) {
        const url = new URL(get);
        url.pathname = path.replace(/r1\/.*$/, key);
        refusals.push(new Request(url));
      }
      // replaces each character of the query by another valid one
      const query = get.indexOf('?') + 1;
      for (let at = query; at < get.length; at += Math.max(1, Math.floor((get.length - query) / 40))) {
        if (!/[A-Za-z0-9_-]/.test(get[at]!)) continue;
        refusals.push(new Request(get.slice(0, at) + (get[at] === 'A' ? 'B' : 'A') + get.slice(at + 1)));
      }
      refusals.push(new Request(get.slice(0, -1) + (get.endsWith('A') ? 'B' : 'A')));
      for (const request of refusals) {
        const response = await http(request);
        assert.ok([400, 403].includes(response.status), `${response.status} for ${request.method} ${request.url}`);
        assert.not.match(await response.text(), /mine/);
      }
      assert.is(decoded(await readAll(store, KEY)), 'mine');
      assert.is(await (await http(new Request(get))).text(), 'mine', 'the address itself is good');
    },
  },
];
