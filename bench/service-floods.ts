/** Attacks by hundreds of downloads and of other long answers at once. Another thread asks for them: see `flood.mjs`. */
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Attack, type Attacker, TENANT } from './service-attacks.ts';
import { callApi } from './service-client.ts';

/** Requests of each of four clients at once. */
const AT_ONCE = 75;
/** How often a slow reader takes a byte, and how many. */
const SLOW_MS = 1000;
const SLOW_READS = 3;

interface FloodRequest {
  url: string;
  headers?: Record<string, string>;
}

/** Sends requests on a thread that is started with the first of them. Adds up how often each status came. */
class Flood {
  readonly statuses: Record<string, number> = {};
  readonly #waiting = new Map<number, () => void>();
  #worker: Worker | null = null;
  #last = 0;

  send(requests: FloodRequest[]): Promise<void> {
    if (this.#worker === null) {
      this.#worker = new Worker(path.join(import.meta.dirname, 'flood.mjs'));
      this.#worker.on('message', ({ id, statuses }) => {
        for (const [status, count] of Object.entries(statuses as Record<string, number>))
          this.statuses[status] = (this.statuses[status] ?? 0) + count;
        this.#waiting.get(id)?.();
        this.#waiting.delete(id);
      });
      this.#worker.unref();
    }
    const id = this.#last++;
    const done = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
    this.#worker.postMessage({ id, requests });
    return done;
  }
}

/** The attacks by name. */
export function attacksByDownloads(attacker: Attacker): Array<[string, Attack]> {
  const { service, key, link } = attacker;
  const [a] = attacker.runIds;
  const flood = new Flood();
  const tenant = `${service.url}/v1/tenants/${TENANT}`;
  const many = (request: (i: number) => FloodRequest) =>
    flood.send(Array.from({ length: AT_ONCE }, (_, i) => request(i)));
  const own = (where: string, headers: Record<string, string> = {}) => {
    return () => many(() => ({ url: where, headers: { 'X-API-Key': key, ...headers } }));
  };
  let addresses: Promise<Record<string, string>> | null = null;
  const artifacts = (): Promise<Record<string, string>> =>
    (addresses ??= callApi(attacker, 'GET', `/v1/runs/${a}/artifacts`));
  const feed = `${tenant}/feed`;
  return [
    ['at once: feeds', own(feed)],
    ['at once: feeds by feed link', () => many(() => ({ url: link }))],
    ['at once: feeds in gzip', own(feed, { 'Accept-Encoding': 'gzip' })],
    ['at once: feeds that are known', own(feed, { 'If-None-Match': '*' })],
    ['at once: ranges of feeds', own(feed, { Range: 'bytes=1000-2000' })],
    ['at once: exports', (n) => many(() => ({ url: `${link}?export=${n % 2 ? 'full-jsonl' : 'delta-csv'}` }))],
    ['at once: deltas', own(`${tenant}/publications/2/delta`)],
    [
      'at once: artifacts of a run',
      async () => {
        const found = Object.entries(await artifacts());
        await many((i) => ({ url: (found[i % found.length] as [string, string])[1] }));
      },
    ],
    [
      'at once: refused rows of a run',
      async () => {
        const { rejects_acme: url = feed } = await artifacts();
        await many(() => ({ url }));
      },
    ],
    ['at once: lists of artifacts', own(`${service.url}/v1/runs/${a}/artifacts`)],
    ['at once: files of a vendor', own(`${tenant}/vendors/acme/files?limit=200`)],
    ['at once: the OpenAPI document', own(`${service.url}/v1/openapi.json`)],
    ['at once: the list of plugins', own(`${service.url}/v1/plugins`)],
    ['at once: very slow readers', () => Promise.all(Array.from({ length: AT_ONCE }, () => slowReader(attacker)))],
  ];
}

/** Asks for the whole feed and takes a byte each second. */
async function slowReader({ service, link }: Attacker): Promise<void> {
  const { port, hostname, pathname } = new URL(link, service.url);
  const onread = { buffer: Buffer.alloc(1), callback: () => false };
  const socket = net.connect({ port: Number(port), host: hostname, onread });
  socket.on('error', () => undefined);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
  for (let i = 0; i < SLOW_READS; i++) {
    await sleep(SLOW_MS);
    socket.resume();
  }
  socket.destroy();
}
