/** Commands on the folders of earlier runs: comparing, explaining, deciding and correcting. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { relay, writeFileIn } from '../../cli/testing/sandbox.ts';
import { type Any, config, rows, type Shape } from './shape.ts';

const TOP = 'sku,quantity_available,cost\n';
const COLUMNS = { output: { columns: ['sku', 'quantity_available', 'cost', 'price', 'vendor_id'] } };
const LOCAL = { inbound: { type: 'local' } };
/** Raises limits of the config, which these shapes do not test. */
const ENV = { LIMIT_CONFIG_BYTES: '100000000' };

const FOLDERS: string[] = [];

function removeAll(): void {
  for (const folder of FOLDERS) fs.rmSync(folder, { recursive: true, force: true });
}

/** A folder of one tenant, removed when the process ends. */
class Shop {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-growth-'));
  readonly out = path.join(this.folder, 'out');

  constructor() {
    if (FOLDERS.length === 0) process.once('exit', removeAll);
    FOLDERS.push(this.folder);
  }

  write(name: string, text: string): string {
    return writeFileIn(this.folder, name, text);
  }

  root(id: string): string {
    return path.join(this.out, id, 'tenants/shop');
  }

  /** `relay run` with its arguments; the error code, if it has one. */
  async run(id: string, feed: string, changes: Any = {}, more: readonly string[] = []): Promise<string | null> {
    const file = this.write(`${id}.json`, JSON.stringify(config(LOCAL, { ...COLUMNS, publish: {}, ...changes })));
    const from = this.write(`${id}.csv`, feed);
    const now = `2026-11-0${Number(id.slice(1, 2))}T06:00:00Z`;
    const args = ['--config', file, '--vendor', `acme=${from}`, '--out', this.out, '--run-id', id, '--now', now];
    fs.rmSync(path.join(this.out, id), { recursive: true, force: true });
    return commandCode(['run', ...args, ...more]);
  }
}

/** The error code of a command's document; null if there is none. */
async function commandCode(argv: readonly string[]): Promise<string | null> {
  const { code, stdout } = await relay([...argv, '--json'], ENV);
  const document = JSON.parse(stdout) as { error?: string; error_code?: string | null };
  return document.error ?? document.error_code ?? (code === 0 || code === 3 ? null : `exit ${code}`);
}

type PrepareCommand = (shop: Shop, n: number) => Promise<string[]> | string[];

/** A command on the files that `prepare` makes, with the arguments that it returns. */
function command(name: string, n: number, prepare: PrepareCommand): Shape {
  return {
    name,
    n,
    make: async (size) => {
      const argv = await prepare(new Shop(), size);
      return () => commandCode(argv);
    },
  };
}

type PrepareRun = (shop: Shop, n: number) => Promise<[feed: string, changes?: Any, more?: string[]]>;

/** A run on the files that `prepare` makes. */
function run(name: string, n: number, prepare: PrepareRun): Shape {
  return {
    name: `run: ${name}`,
    n,
    make: async (size) => {
      const shop = new Shop();
      const given = await prepare(shop, size);
      return () => shop.run('r2', ...given);
    },
  };
}

const count = (n: number) => Math.ceil(n / 12);
const feedOf = (n: number, cost: number) => TOP + rows(count(n), (i) => `A${i},1,${cost}\n`);
const badOf = (n: number) => TOP + rows(count(n), (i) => `A${i},x,${i % 7}\n`);

/** Two runs; all prices differ between them. */
async function twoRuns(shop: Shop, n: number): Promise<void> {
  await shop.run('r1', feedOf(n, 1));
  await shop.run('r2', feedOf(n, 2), {}, ['--baseline', shop.root('r1')]);
}

/** A run that holds all its prices. */
async function heldRun(shop: Shop, n: number): Promise<void> {
  await shop.run('r1', feedOf(n, 10));
  await shop.run('r2', feedOf(n, 90), HOLDS, ['--baseline', shop.root('r1')]);
}

const HOLDS = { publish: { holds: { price_rise_pct: '0.5' } } };
const EXPORTS = ['csv', 'jsonl'].map((use) => ({ use }));

export const PAST_RUNS: readonly Shape[] = [
  command('diff: every row changed', 200_000, async (shop, n) => {
    await twoRuns(shop, n);
    return ['diff', shop.root('r1'), shop.root('r2'), '--out', path.join(shop.folder, 'diff')];
  }),
  command('diff: rows of some kinds', 200_000, async (shop, n) => {
    await twoRuns(shop, n);
    const only = 'price,stock,sold_out,restocked,winner,added,removed';
    return ['diff', shop.root('r1'), shop.root('r2'), '--only', only, '--limit', String(Math.min(n, 1000))];
  }),
  command('diff: rows by their change', 200_000, async (shop, n) => {
    await twoRuns(shop, n);
    return ['diff', shop.root('r1'), shop.root('r2'), '--only', 'price', '--min-change', '99%'];
  }),
  command('diff: nothing in common', 200_000, (shop, n) => {
    const [a, b] = ['A', 'B'].map((sign) =>
      shop.write(`${sign}.csv`, `sku,price\n${rows(count(n), (i) => `${sign}${1e6 + i},1\n`)}`),
    );
    return ['diff', a ?? '', b ?? ''];
  }),
  command('diff: one sku again and again', 200_000, (shop, n) => {
    const file = shop.write('a.csv', `sku,price\n${'A,1\n'.repeat(count(n))}`);
    return ['diff', file, file];
  }),
  command('diff: attributed', 100_000, async (shop, n) => {
    await twoRuns(shop, n);
    return ['diff', shop.root('r1'), shop.root('r2'), '--attribute'];
  }),
  command('explain: the last sku', 200_000, async (shop, n) => {
    await shop.run('r1', feedOf(n, 1));
    return ['explain', 'r1', `A${count(n) - 1}`, '--out', shop.out];
  }),
  command('explain: a sku of many rows', 100_000, async (shop, n) => {
    await shop.run('r1', TOP + rows(count(n), (i) => `A,1,${i}\n`));
    return ['explain', 'r1', 'A', '--out', shop.out];
  }),
  command('explain: a sku that is refused in many rows', 100_000, async (shop, n) => {
    await shop.run('r1', TOP + rows(count(n), () => 'A,x,1\n'));
    return ['explain', 'r1', 'A', '--out', shop.out];
  }),
  command('explain: no sku of the run', 200_000, async (shop, n) => {
    await shop.run('r1', feedOf(n, 1));
    return ['explain', 'r1', `${'A'.repeat(900)}`, '--out', shop.out];
  }),
  command('history: large runs', 200_000, async (shop, n) => {
    await twoRuns(shop, n);
    return ['history', `A${count(n) - 1}`, '--out', shop.out];
  }),
  command('history: many runs', 10_000, async (shop, n) => {
    await shop.run('r1', feedOf(100, 1));
    for (let i = 2; i < n / 100; i++)
      fs.cpSync(path.join(shop.out, 'r1'), path.join(shop.out, `r1${i}`), { recursive: true });
    return ['history', 'A1', '--out', shop.out, '--limit', '10000'];
  }),
  command('simulate: every price changes', 100_000, async (shop, n) => {
    await shop.run('r1', feedOf(n, 1));
    const pricing = { ...config().pricing, base_margin_pct: 0.9 };
    const file = shop.write('new.json', JSON.stringify(config(LOCAL, { ...COLUMNS, publish: {}, pricing })));
    return ['simulate', '--config', file, '--against', shop.out];
  }),
  command('holds: list', 200_000, async (shop, n) => {
    await heldRun(shop, n);
    return ['holds', 'list', shop.root('r2')];
  }),
  command('holds: accept all', 200_000, async (shop, n) => {
    await heldRun(shop, n);
    return ['holds', 'accept', shop.root('r2'), '--all', '--decisions', path.join(shop.folder, 'decisions.csv')];
  }),
  command('holds: accept many by name', 100_000, async (shop, n) => {
    await heldRun(shop, n);
    const skus = Array.from({ length: count(n) }, (_, i) => ['--sku', `A${i}`]).flat();
    return ['holds', 'reject', shop.root('r2'), ...skus, '--decisions', path.join(shop.folder, 'decisions.csv')];
  }),
  run('held prices', 200_000, async (shop, n) => {
    await shop.run('r1', feedOf(n, 10));
    return [feedOf(n, 90), HOLDS, ['--baseline', shop.root('r1')]];
  }),
  run('decisions', 200_000, async (shop, n) => {
    await heldRun(shop, n);
    const file = path.join(shop.folder, 'decisions.csv');
    await commandCode(['holds', 'accept', shop.root('r2'), '--all', '--decisions', file]);
    return [feedOf(n, 90), HOLDS, ['--baseline', shop.root('r1'), '--decisions', file]];
  }),
  run('decisions on one sku', 200_000, async (shop, n) => {
    await shop.run('r1', feedOf(100, 10));
    const top = 'sku,decision,price,run_id,expires_at,reason\n';
    const file = shop.write('decisions.csv', top + rows(n / 20, () => 'A1,accept,90.00,r1,,x\n'));
    return [feedOf(100, 90), HOLDS, ['--baseline', shop.root('r1'), '--decisions', file]];
  }),
  run('a baseline without a row in common', 200_000, async (shop, n) => {
    const baseline = `sku,price\n${rows(count(n), (i) => `B${1e6 + i},1\n`)}`;
    return [feedOf(n, 1), {}, ['--baseline', shop.write('baseline.csv', baseline)]];
  }),
  run('refused rows', 100_000, async (_, n) => [badOf(n)]),
  run('a patch of every refused row', 100_000, async (shop, n) => {
    const feed = badOf(n);
    await shop.run('r1', feed);
    const report = fs.readFileSync(path.join(shop.root('r1'), 'reports/rejects/acme.csv'), 'utf8');
    const patch = shop.write('patch.csv', report.replaceAll(',x,', ',5,'));
    return [feed, {}, ['--patch', `acme=${patch}`, '--patch-run', shop.root('r1')]];
  }),
  run('exports', 200_000, async (_, n) => [feedOf(n, 1), { output: { ...COLUMNS.output, exports: EXPORTS } }]),
  run('expectations that no row meets', 200_000, async (_, n) => {
    const expect = Array.from({ length: 20 }, (_, i) => ({ name: `e${i}`, column: 'price', max: i / 100 }));
    return [feedOf(n, 1), { expect }];
  }),
  run('expectations of many words', 200_000, async (_, n) => {
    const words = Array.from({ length: 1000 }, (_, i) => `B${i}`);
    const where = [{ column: 'sku', in: words }];
    return [
      feedOf(n, 1),
      {
        expect: [
          { name: 'e', where, rows: { max: 0 } },
          { name: 'f', column: 'sku', in: words },
        ],
      },
    ];
  }),
  command('init: a large feed', 40_000, (shop, n) => {
    shop.write('in/acme/feed.csv', feedOf(n, 1));
    return ['init', path.join(shop.folder, 'in'), '--config', path.join(shop.folder, 'missing/tenant.yaml')];
  }),
  command('init: many columns', 20_000, (shop, n) => {
    const names = rows(n / 20, (i) => `,a column ${i}`);
    shop.write('in/acme/feed.csv', `sku,quantity,price${names}\nA,1,2${',x'.repeat(n / 20)}\n`);
    return ['init', path.join(shop.folder, 'in'), '--config', path.join(shop.folder, 'missing/tenant.yaml')];
  }),
  command('init: many files', 20_000, (shop, n) => {
    for (let i = 0; i < n / 500; i++) shop.write(`in/v${i}/feed.csv`, 'sku,quantity,price\nA,1,2\n');
    return ['init', path.join(shop.folder, 'in'), '--config', path.join(shop.folder, 'missing/tenant.yaml')];
  }),
  command('check: many problems', 100_000, (shop, n) => {
    const words = Object.fromEntries(Array.from({ length: n / 20 }, (_, i) => [`tenant_i${i}`, 1]));
    return ['check', shop.write('bad.json', JSON.stringify({ ...config(LOCAL), ...words }))];
  }),
];
