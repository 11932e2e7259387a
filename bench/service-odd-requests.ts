/** Attacks by requests that are odd or many: addresses and headers that are costly to read, hundreds of connections, changes at once. */
import http from 'node:http';
import { type Attack, type Attacker, sending, TENANT } from './service-attacks.ts';
import { ask } from './service-client.ts';

/** Requests of each of four clients at once, each on a connection of its own. */
const AT_ONCE = 75;
/** An address and its headers may have 16 KB together. */
const BYTES = 15_000;
const ESCAPES = '%ffa'.repeat(BYTES / 4);
const PARAMETERS = Array.from({ length: BYTES / 5 }, (_, i) => `${i.toString(36)}=`)
  .join('&')
  .slice(0, BYTES);
const COMMAS = ','.repeat(BYTES);
const RANGES = `bytes=${Array.from({ length: 2000 }, (_, i) => `${i}-${i}`).join(',')}`.slice(0, BYTES);

const many = new http.Agent({ keepAlive: true, maxSockets: 1000 });

/** The attacks by name. */
export function attacksByOddRequests(attacker: Attacker): Array<[string, Attack]> {
  const { service, link, key } = attacker;
  const [a, b] = attacker.runIds;
  const send = sending(attacker);
  const tenant = `/v1/tenants/${TENANT}`;
  const atOnce = (one: (i: number) => Promise<unknown>) =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, i) => one(i)));
  // not the agent of the measuring client, whose requests would wait for these
  const sendOne = (method: string, where: string, own: string | null, body?: string) =>
    ask(method, service.url + where, { key: own, agent: many }, body);
  const onMany = (where: string, own: string | null) => atOnce(() => sendOne('GET', where, own));
  const ofFeed = (headers: Record<string, string>) => ask('GET', link, { key: null, headers });
  return [
    // these need no key
    ['addresses with escapes that are no UTF-8', () => ask('GET', `${service.url}/v1/${ESCAPES}`, null)],
    ['hundreds of connections that ask for nothing', () => onMany('/v1/nothing', null)],
    ['hundreds of connections that ask for health', () => onMany('/v1/health', null)],
    // and these have one
    ['hundreds of connections that poll a run', () => onMany(`/v1/runs/${a}`, key)],
    ['queries of thousands of parameters', () => send('GET', `/v1/runs?${PARAMETERS}`)],
    ['cursors with escapes that are no UTF-8', () => send('GET', `/v1/runs?cursor=${ESCAPES}`)],
    ['thousands of tags and encodings', () => ofFeed({ 'If-None-Match': COMMAS, Range: 'bytes=0-0' })],
    ['thousands of encodings', () => ofFeed({ 'Accept-Encoding': `${COMMAS}x`, Range: 'bytes=0-0' })],
    ['thousands of ranges', () => ofFeed({ Range: RANGES })],
    [
      'rollbacks at once',
      () =>
        atOnce((i) =>
          sendOne('POST', `${tenant}/rollback`, key, JSON.stringify({ run_id: i % 2 ? a : b, reason: 'x' })),
        ),
    ],
    [
      'runs that are cancelled at once',
      async () => {
        const { text } = await send('POST', '/v1/runs', JSON.stringify({ tenant_id: TENANT }));
        const { run_id, active_run_id } = JSON.parse(text);
        const id = run_id ?? active_run_id;
        if (id !== undefined) await atOnce(() => sendOne('POST', `/v1/runs/${id}/cancel`, key, ''));
      },
    ],
  ];
}
