/** Attacks by many requests of one kind at once, each on a connection of its own, and by archives that unpack to gigabytes. */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { type Attack, type Attacker, sending, TENANT } from './service-attacks.ts';
import { ask, uploadFile } from './service-client.ts';
import { smallConfig } from './small-tenant.ts';

/** Requests of each of four clients at once. */
const AT_ONCE = 75;
const PATCH_HEAD = 'sku,quantity_available\n';
const RUN_MS = 20;
const UNPACKED = 100 << 20;
const MEMBERS = 30;

const many = new http.Agent({ keepAlive: true, maxSockets: 1000 });

/** The attacks by name. The last ones change the tenant's feeds. */
export function attacksAtOnce(attacker: Attacker): Array<[string, Attack]> {
  const { service, key } = attacker;
  const [a, b] = attacker.runIds;
  const tenant = `/v1/tenants/${TENANT}`;
  const send = sending(attacker);
  let count = 0;
  const patch = { purpose: 'patch', vendor_id: 'acme', run_id: b };
  const one = (method: string, where: string, body?: object) =>
    ask(method, service.url + where, { key, agent: many }, body === undefined ? body : JSON.stringify(body));
  const atOnce = (ask: (i: number) => Promise<unknown>) => () =>
    Promise.all(Array.from({ length: AT_ONCE }, () => ask(count++)));
  const comesAndGoes = (where: string) => async () => {
    const made = JSON.parse((await one('POST', where, { name: 'x' })).text);
    const id = made.key_id ?? made.link_id;
    if (id !== undefined) await one('DELETE', `${where}/${id}`);
  };
  const lenient = (n: number) => ({ max_invalid_rows: 1e9 + n, max_invalid_row_pct: 1 });
  let page = '';
  const bomb = (filename: string, bytes: () => Uint8Array): Attack => {
    let sent: Promise<unknown> | null = null;
    return async () => {
      sent ??= uploadFile(attacker, TENANT, { vendor_id: 'acme', filename }, bytes());
      await sent;
      await send('POST', '/v1/runs', JSON.stringify({ tenant_id: TENANT }));
      await sleep(RUN_MS);
    };
  };
  return [
    [
      'at once: addresses of uploads',
      atOnce(() => one('POST', `${tenant}/uploads`, { vendor_id: 'acme', filename: 'a.csv' })),
    ],
    ['at once: keys that come and go', atOnce(comesAndGoes(`${tenant}/keys`))],
    ['at once: links that come and go', atOnce(comesAndGoes(`${tenant}/feed-links`))],
    ['at once: questions about SKUs', atOnce((n) => one('GET', `/v1/runs/${a}/explain/S-${n}`))],
    ['at once: receipts of a thousand offers', atOnce(() => one('GET', `/v1/runs/${a}/explain/MANY`))],
    ['at once: histories', atOnce((n) => one('GET', `${tenant}/skus/S-${n}/history?limit=200`))],
    ['at once: differences', atOnce(() => one('GET', `/v1/runs/${a}/diff/${b}`))],
    [
      'at once: simulations',
      atOnce(() => one('POST', `${tenant}/simulations`, { config: smallConfig(TENANT), runs: 10 })),
    ],
    [
      'at once: decisions',
      atOnce((n) =>
        one('POST', `${tenant}/decisions`, { run_id: b, skus: [`S-${n}`], decision: 'accept', reason: 'x' }),
      ),
    ],
    ['at once: holds', atOnce(() => one('GET', `${tenant}/holds?limit=200`))],
    ['at once: publications', atOnce(() => one('POST', `/v1/runs/${b}/publish`, { reason: 'x' }))],
    ['at once: addresses of patches', atOnce(() => one('POST', `${tenant}/uploads`, patch))],
    [
      'at once: patches',
      atOnce(async (n) => {
        const { url } = JSON.parse((await one('POST', `${tenant}/uploads`, patch)).text);
        if (url !== undefined) await ask('PUT', url, { key: null, agent: many }, `${PATCH_HEAD}S-${n},1\n`);
      }),
    ],
    ['at once: runs', atOnce(() => one('POST', '/v1/runs', { tenant_id: TENANT }))],
    [
      'pages of errors, one after the other',
      async () => {
        const { text } = await send('GET', `/v1/runs/${a}/errors?limit=200${page}`);
        const next: string | null = JSON.parse(text).next_cursor ?? null;
        page = next === null ? '' : `&cursor=${next}`;
      },
    ],
    [
      'at once: versions of a small config',
      atOnce((n) => one('PUT', `${tenant}/config`, { ...smallConfig(TENANT), error_policy: lenient(n) })),
    ],
    ['a gzip of gigabytes', bomb('bomb.csv.gz', gzipOfGigabytes)],
    [
      'a feed of a million columns',
      bomb('wide.csv', () => new TextEncoder().encode(`sku,quantity_available,${'c,'.repeat(1e6)}\n`)),
    ],
    [
      'a row of 50 MB',
      bomb('long.csv', () => new TextEncoder().encode(`sku,quantity_available\n${'x'.repeat(50e6)},1\n`)),
    ],
  ];
}

/** One after the other, members of a gzip are one file. */
function gzipOfGigabytes(): Uint8Array {
  const member = zlib.gzipSync(Buffer.alloc(UNPACKED, 'A,1,1\n'), { level: 1 });
  return Buffer.concat(Array<Buffer>(MEMBERS).fill(member));
}
