/**
 * What a hostile tenant does to the service while another one works: large configs, hostile feeds and patches, many small
 * uploads, costly questions, slow bodies.
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, callApi, type KeyHolder, uploadFile } from './service-client.ts';
import { smallConfig } from './small-tenant.ts';

export const TENANT = 'attacker';
const CONFIG_BYTES = 250_000;
/** Rows of the attacker's feed; every third is refused. */
const ROWS = 150_000;
const SLOW_BODIES = 20;
/** Rows of a patch; each is nearly as long as a row may be. */
const PATCH_ROWS = 4;
const LONG_CELL = 'x'.repeat(1_000_000);
const LISTS = ['single_vendor', 'tied', 'at_min_price', 'at_map', 'below_cost', 'lost'] as const;
const TINY = new TextEncoder().encode('sku,quantity_available,cost\nA,1,2.00\n');
const PIECES = `POST /v1/runs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(60_000)}0\r\n\r\n`;
const HEADERS = `GET /v1/runs HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(1500)}\r\n`;
const BOTH_LENGTHS =
  'POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/runs HTTP/1.1\r\nHost: x\r\n\r\n';
const TRAILERS = `POST /v1/runs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${'X: a\r\n'.repeat(5000)}\r\n`;
const TWO_HOSTS = 'GET /v1/runs HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'.repeat(20);
/** The attacker's address is not its neighbour's. */
const ADDRESS = '127.0.0.2';
const EXPORTS = ['csv', 'jsonl', 'google-merchant'] as const;

export interface Attacker extends KeyHolder {
  /** Two of its runs. Both published a feed, and most of their rows differ. */
  runIds: readonly [string, string];
  /** A link to its published feed. */
  link: string;
}

export type Attack = (n: number) => Promise<unknown>;

/** Creates a tenant with a hostile feed, two runs and its own key. */
export async function prepareAttacker(admin: KeyHolder): Promise<Attacker> {
  const lenient = { max_invalid_rows: 1e9, max_invalid_row_pct: 1, fail_on_missing_required_columns: false };
  const { output } = smallConfig(TENANT);
  const exports = EXPORTS.flatMap((use) => [
    { use, name: `full-${use}` },
    { use, name: `delta-${use}`, content: 'delta' },
  ]);
  const config = { ...smallConfig(TENANT), error_policy: lenient, publish: {}, output: { ...output, exports } };
  await callApi(admin, 'POST', '/v1/tenants', config);
  const run = async (most: number) => {
    await uploadFile(admin, TENANT, { vendor_id: 'acme', filename: `feed-${most}.csv` }, hostileFeed(most));
    return ended(admin, await startRun(admin));
  };
  const runIds = [await run(50), await run(49)] as const;
  const { url: link } = await callApi(admin, 'POST', `/v1/tenants/${TENANT}/feed-links`, { name: 'shop' });
  return { service: admin.service, key: await keyFor(admin, TENANT), runIds, link };
}

/** The attacks by name. Several clients repeat each of them at once. */
export function attacks(attacker: Attacker): Array<[string, Attack]> {
  const [a, b] = attacker.runIds;
  const send = sending(attacker);
  const config = (extra: object) => JSON.stringify({ ...smallConfig(TENANT), ...extra });
  const unknown = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`no_such_name_${i}`, i]));
  const wrong = config({ merge: { strategy: 'best_offer', ...unknown } }).slice(0, CONFIG_BYTES);
  // made in advance, so that the measuring client is not busy with it
  const many = config({ ...unknown });
  const yaml = { text: yamlOf(unknown), type: 'application/yaml' };
  const good = config({ vendors: Array.from({ length: 100 }, (_, i) => wideVendor(i)) });
  const tenant = `/v1/tenants/${TENANT}`;
  const made = EXPORTS.flatMap((use) => [`?export=full-${use}`, `?export=delta-${use}`]);
  return [
    ['GET of a list of runs', () => send('GET', '/v1/runs?limit=200')],
    ['POST of uploads', () => send('POST', `${tenant}/uploads`, '{"vendor_id":"acme","filename":"a.csv"}')],
    [
      'tiny uploads',
      // no feeds, so that runs go on to read the hostile one
      (n) => uploadFile(attacker, TENANT, { purpose: 'side_file', filename: `${n}.csv` }, TINY).catch(() => sleep(10)),
    ],
    ['runs of a hostile feed', () => wholeRun(attacker)],
    ['questions about SKUs', (n) => send('GET', `/v1/runs/${a}/explain/S-${n % ROWS}`)],
    ['receipts of a thousand offers', () => send('GET', `/v1/runs/${a}/explain/MANY`)],
    ['histories of SKUs', (n) => send('GET', `${tenant}/skus/S-${n % ROWS}/history`)],
    ['differences of two runs', () => send('GET', `/v1/runs/${a}/diff/${b}`)],
    ['lists of SKUs', (n) => send('GET', `/v1/runs/${a}/explain?list=${LISTS[n % LISTS.length]}&limit=200`)],
    ['feeds and exports by feed link', (n) => ask('GET', `${attacker.link}${made[n % made.length]}`, null)],
    [
      'rollbacks and their deltas',
      async (n) => {
        const { text } = await send(
          'POST',
          `${tenant}/rollback`,
          JSON.stringify({ run_id: n % 2 ? a : b, reason: 'x' }),
        );
        const { sequence } = JSON.parse(text);
        await send('GET', `${tenant}/publications/${sequence}/delta`);
        await ask('GET', `${attacker.link}?export=delta-csv`, null);
      },
    ],
    ['first pages of errors', () => send('GET', `/v1/runs/${a}/errors?limit=200`)],
    [
      'simulations',
      () =>
        send('POST', `${tenant}/simulations`, JSON.stringify({ config: smallConfig(TENANT), runs: 10 })).then(() =>
          sleep(50),
        ),
    ],
    ['slow bodies', () => slowBodies(attacker)],
    // these need no key
    [
      'requests without waiting for answers',
      () => write(attacker, 'GET /v1/runs HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5000)),
    ],
    ['bodies in pieces of a byte', () => write(attacker, PIECES)],
    ['hundreds of headers', () => write(attacker, HEADERS)],
    ['thousands of trailers', () => write(attacker, TRAILERS)],
    ['requests with two hosts', () => write(attacker, TWO_HOSTS)],
    ['connections that say nothing', () => write(attacker, '')],
    ['connections with requests of two lengths', () => write(attacker, BOTH_LENGTHS)],
    [
      'connections that break off an upload',
      async () => {
        const { text } = await send('POST', `${tenant}/uploads`, '{"purpose":"side_file","filename":"half.csv"}');
        const { url } = JSON.parse(text);
        if (url === undefined) return sleep(10);
        const where = url.slice(attacker.service.url.length);
        await write(
          attacker,
          `PUT ${where} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
        );
      },
    ],
    ['connections that take no answer', () => unread(attacker)],
    [
      'patches of huge rows',
      async () => {
        await uploadFile(attacker, TENANT, { purpose: 'patch', vendor_id: 'acme', run_id: b }, hugePatch()).catch(() =>
          sleep(50),
        );
        await wholeRun(attacker);
      },
    ],
    [
      'versions of a small config',
      (n) => send('PUT', `${tenant}/config`, config({ error_policy: { max_invalid_rows: n + 1e6 } })),
    ],
    // last, because the attacks above use the tenant's first config
    ['PUT of a config of 250 KB that is no JSON', () => send('PUT', `${tenant}/config`, wrong)],
    ['PUT of a config of 250 KB with unknown names', () => send('PUT', `${tenant}/config`, many)],
    [
      'PUT of a good config of 100 vendors',
      (n) => send('PUT', `${tenant}/config`, good.replace('"1.00"', `"1.0${n % 10}"`)),
    ],
    ['PUT of a config of 250 KB as YAML', () => send('PUT', `${tenant}/config`, yaml)],
  ];
}

/** Sends a request with the attacker's key. A string is sent as JSON. */
export function sending({ service, key }: KeyHolder) {
  return (method: string, where: string, body?: string | { text: string; type: string }) =>
    ask(method, service.url + where, key, body);
}

/** A new key of a tenant, whose requests count against the tenant's own rate. */
export async function keyFor(admin: KeyHolder, tenant: string): Promise<string> {
  return (await callApi(admin, 'POST', `/v1/tenants/${tenant}/keys`)).key;
}

async function startRun(caller: KeyHolder): Promise<string> {
  return (await callApi(caller, 'POST', '/v1/runs', { tenant_id: TENANT, run_type: 'inventory_sync' })).run_id;
}

/** Starts a run and waits for its end, if the tenant may start one now. */
async function wholeRun(caller: KeyHolder): Promise<void> {
  await startRun(caller)
    .then((run) => ended(caller, run))
    .catch(() => sleep(100));
}

async function ended(caller: KeyHolder, runId: string): Promise<string> {
  for (;;) {
    const { status } = await callApi(caller, 'GET', `/v1/runs/${runId}`);
    if (status === 'SUCCEEDED' || status === 'FAILED') return runId;
    await sleep(50);
  }
}

/** A feed of long cells, quotes, SKUs with a common prefix, and rows that are refused. Quantities are below `most`. */
function hostileFeed(most: number): Uint8Array {
  const long = 'x'.repeat(150);
  const many = Array.from({ length: 1000 }, (_, i) => `MANY,1,${i}.50,"${long}"\n`);
  const row = (i: number) => `S-${i},${i % 3 === 0 ? 'many' : i % most},${i % 900}.25,"a ""part"", ${long}"\n`;
  return new TextEncoder().encode(
    `sku,quantity_available,cost,title\n${Array.from({ length: ROWS }, (_, i) => row(i)).join('')}${many.join('')}`,
  );
}

/** A patch that corrects some of the refused rows with cells of a million characters. */
function hugePatch(): Uint8Array {
  const header = 'sku,quantity_available,cost,title,_error_code,_column,_value,_reason,_row_number\n';
  const row = (i: number) => `S-${i},1,1.00,${LONG_CELL},invalid_int,quantity_available,many,,${i + 2}\n`;
  return new TextEncoder().encode(header + Array.from({ length: PATCH_ROWS }, (_, i) => row(3 * i)).join(''));
}

function wideVendor(i: number): object {
  const column_map = { sku: `Article ${i}`, quantity_available: 'Stock', cost: 'Price', title: `T${'x'.repeat(1500)}` };
  return { ...smallConfig(TENANT).vendors[0], vendor_id: `v${i}`, parser: { format: 'csv', column_map } };
}

function yamlOf(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
    .slice(0, CONFIG_BYTES);
}

/** Writes to a new connection, and waits until it ends. */
function write({ service }: KeyHolder, text: string): Promise<void> {
  const { port, hostname } = new URL(service.url);
  return new Promise((resolve) => {
    const socket = net.connect({ port: Number(port), host: hostname, localAddress: ADDRESS }, () => socket.end(text));
    socket.resume();
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
  });
}

/** Asks for the whole feed and reads nothing of it for a second. */
async function unread({ service, link }: Attacker): Promise<void> {
  const { port, hostname, pathname } = new URL(link, service.url);
  const socket = net.connect({ port: Number(port), host: hostname, localAddress: ADDRESS });
  socket.on('error', () => undefined);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await sleep(1000);
  socket.destroy();
}

/** Sends some requests whose bodies trickle in for a second and then break off. */
async function slowBodies({ service, key }: KeyHolder): Promise<void> {
  const { port, hostname } = new URL(service.url);
  const head = `PUT /v1/tenants/${TENANT}/config HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n{`;
  const sockets = Array.from({ length: SLOW_BODIES }, () => {
    const socket = net.connect(Number(port), hostname, () => socket.write(head));
    return socket.on('error', () => undefined);
  });
  for (let i = 0; i < 20; i++) {
    await sleep(50);
    for (const socket of sockets) socket.write(' ');
  }
  for (const socket of sockets) socket.destroy();
}
