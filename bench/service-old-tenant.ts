/**
 * Attacks by a tenant that has been there for long: thousands of runs with many warnings, of uploaded files and of publications, hundreds of
 * feed links and keys, held prices.
 */
import fs from 'node:fs';
import path from 'node:path';
import Libsql from 'libsql';
import { type Attack, type Attacker, sending, TENANT } from './service-attacks.ts';
import { ask, type BenchFolder, callApi } from './service-client.ts';

const RUNS = 5000;
const WARNINGS = 50;
const FILES = 5000;
const FEED_LINKS = 40;
/** Keys, and as many feed links, that it has revoked. */
const REVOKED = 900;
const PUBLICATIONS = 3000;
/** SKUs of a request that decides on prices: as many as its body may have. */
const SKUS = 7000;
const STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;

/**
 * Gives the attacker its past: copies of one of its runs in the service's database, whose artifacts are that run's, and files in its
 * vendor's folder. Through the API it would take half an hour.
 */
export async function addPast(attacker: Attacker, { dataDir }: BenchFolder): Promise<void> {
  const warnings = Array.from({ length: WARNINGS }, (_, i) => `packs_unread:vendor-${i}:5:${'Pack size, '.repeat(40)}`);
  const database = new Libsql(path.join(dataDir, 'relay.db'), { timeout: 10_000 });
  const columns = ['config_version', 'vendors', 'force', 'stage', 'attempt', 'started_at', 'finished_at'].join(', ');
  const copied = `SELECT 'run_' || lower(hex(randomblob(13))), tenant_id, ?, requested_at - i, 0, sent_at, artifacts, ?, 0, ${columns} FROM runs, number WHERE run_id = ?`;
  const insert = database.prepare(
    `WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ?)
     INSERT INTO runs (run_id, tenant_id, status, requested_at, cancel_requested, sent_at, artifacts, warnings, worker_id, ${columns}) ${copied}`,
  );
  insert.run(RUNS, 'SUCCEEDED', JSON.stringify(warnings), attacker.runIds[0]);
  const revoke = database.prepare(
    `WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ?)
     INSERT INTO api_keys SELECT ? || lower(hex(randomblob(13))), ?, lower(hex(randomblob(32))), ?, i, i, ? FROM number`,
  );
  revoke.run(REVOKED, 'key_', TENANT, 'a key that was revoked', 'api');
  revoke.run(REVOKED, 'link_', TENANT, 'a link that was revoked', 'feed');
  database.close();
  addPublications(path.join(dataDir, 'objects/tenants', TENANT));
  const folder = path.join(dataDir, 'objects/tenants', TENANT, 'inbound/acme');
  // not feeds, so that runs go on to read the same one
  for (let i = 0; i < FILES; i++) fs.writeFileSync(path.join(folder, `.old-${i}`), 'x');
  for (let i = 0; i < FEED_LINKS; i++)
    await callApi(attacker, 'POST', `/v1/tenants/${TENANT}/feed-links`, { name: `l${i}` });
}

/** Records as many publications of the feed that is published, after those that there are. */
function addPublications(folder: string): void {
  const current = JSON.parse(fs.readFileSync(path.join(folder, 'current.json'), 'utf8'));
  for (let sequence = current.sequence; sequence <= PUBLICATIONS; sequence++) {
    const text = JSON.stringify({ ...current, sequence });
    fs.writeFileSync(path.join(folder, `publications/${sequence}.json`), text);
    if (sequence === PUBLICATIONS) fs.writeFileSync(path.join(folder, 'current.json'), text);
  }
}

/** The attacks by name. */
export function attacksOfOldTenant(attacker: Attacker): Array<[string, Attack]> {
  const [a, b] = attacker.runIds;
  const send = sending(attacker);
  const tenant = `/v1/tenants/${TENANT}`;
  const skus = Array.from({ length: SKUS }, (_, i) => `S-${i}`);
  const decision = (wanted: string[] | 'all') =>
    JSON.stringify({ run_id: b, skus: wanted, decision: 'accept', reason: 'x'.repeat(100) });
  const unknown = decision(skus);
  const short = decision(Array.from({ length: 12_000 }, (_, i) => i.toString(36)));
  const wrong = JSON.stringify({ run_id: b, skus: Array(20_000).fill(1), decision: 'accept', reason: 'x' });
  return [
    ['old: lists of runs', () => send('GET', '/v1/runs?limit=200')],
    ['old: lists of runs by status', (n) => send('GET', `/v1/runs?limit=200&status=${STATUSES[n % 4]}`)],
    ['old: histories of SKUs', (n) => send('GET', `${tenant}/skus/S-${n}/history?limit=200`)],
    ['old: lists of files', () => send('GET', `${tenant}/vendors/acme/files?limit=200`)],
    [
      'old: runs beside thousands of files',
      async () => {
        const { text, status } = await send('POST', '/v1/runs', JSON.stringify({ tenant_id: TENANT }));
        if (status === 202) await send('POST', `/v1/runs/${JSON.parse(text).run_id}/cancel`, '');
      },
    ],
    ['old: decisions of 7,000 SKUs', () => send('POST', `${tenant}/decisions`, unknown)],
    ['old: decisions of 12,000 SKUs', () => send('POST', `${tenant}/decisions`, short)],
    ['old: decisions of 20,000 numbers', () => send('POST', `${tenant}/decisions`, wrong)],
    ['old: decisions on all', () => send('POST', `${tenant}/decisions`, decision('all'))],
    ['old: lists of holds and decisions', (n) => send('GET', `${tenant}/${n % 2 ? 'holds' : 'decisions'}?limit=200`)],
    [
      'old: rollbacks to the first run',
      () => send('POST', `${tenant}/rollback`, JSON.stringify({ run_id: a, reason: 'x' })),
    ],
    ['old: lists of publications', () => send('GET', `${tenant}/publications?limit=200`)],
    ['old: lists of links and keys', (n) => send('GET', `${tenant}/${n % 2 ? 'feed-links' : 'keys'}`)],
    [
      'old: links and keys that come and go',
      async (n) => {
        const where = `${tenant}/${n % 2 ? 'feed-links' : 'keys'}`;
        const { text } = await send('POST', where, '{"name":"x"}');
        const made = JSON.parse(text);
        const id = made.key_id ?? made.link_id;
        if (id !== undefined) await send('DELETE', `${where}/${id}`);
      },
    ],
    ['old: errors with filters', (n) => send('GET', `/v1/runs/${a}/errors?limit=200&vendor_id=v${n}`)],
    ['old: errors with many filters', () => send('GET', `/v1/runs/${a}/errors?limit=200&error_code=invalid_decimal`)],
    ['old: polling', () => send('GET', `/v1/runs/${a}`)],
    ['old: the tenant', () => send('GET', tenant)],
    ['old: differences with causes', () => send('GET', `/v1/runs/${a}/diff/${b}?attribute=true&limit=200`)],
    [
      'old: keys that do not exist',
      (n) => ask('GET', `${attacker.service.url}/v1/runs/${a}`, `relay_${n}_${'k'.repeat(40)}`),
    ],
    ['old: links that do not exist', (n) => ask('GET', `${attacker.service.url}/v1/feeds/${n}${'k'.repeat(40)}`, null)],
  ];
}
