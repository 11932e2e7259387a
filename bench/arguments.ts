/** The arguments of `npm run bench`. */
import { parseArgs } from 'node:util';

/** The tools that Relay is compared with. `exact`: the merged file must have the same bytes as Relay's. */
export const PEERS = {
  duckdb: { command: 'node', file: 'duckdb.mjs', more: ['2'], exact: true, package: '@duckdb/node-api' },
  papaparse: { command: 'node', file: 'papaparse.mjs', more: [], exact: true, package: null },
  python: { command: 'python3', file: 'python.py', more: [], exact: true, package: null },
  // not exact: its money is floating-point
  polars: { command: 'node', file: 'polars.mjs', more: [], exact: false, package: 'nodejs-polars' },
} as const;

export type Peer = keyof typeof PEERS;

export interface BenchArguments {
  /** A size that `peers/gen.mjs` makes, `dialects` or `starts`. */
  size: string;
  rounds: number;
  peers: Peer[];
  /** True to measure Relay with and without all publishing features, against the feed of the day before. */
  publish: boolean;
  /** The results of an earlier run to compare with; null for none. */
  compare: string | null;
  /** A revision to build and measure in place of this tree; null for this tree. */
  commit: string | null;
  /** Where the results go; null for `out/SIZE.json` beside this file. */
  json: string | null;
}

export const USAGE =
  'usage: npm run bench [-- tiny|small|single|limit|NxMB|dialects|starts] [--peers duckdb,papaparse,python,polars|none] [--publish] [--rounds N] [--compare FILE] [--json FILE] [--commit REV]';

/** The arguments, or the reason why they make no sense. */
export function readArguments(argv: readonly string[]): BenchArguments | { problem: string } {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { publish: { type: 'boolean' }, rounds: text, peers: text, compare: text, json: text, commit: text },
    });
    const [size = 'single', ...others] = positionals;
    if (others.length > 0) return { problem: `one size at a time, not also ${others.join(' ')}` };
    if (!/^(single|small|limit|tiny|dialects|starts|[1-9]\d*x[1-9]\d*)$/.test(size))
      return { problem: `"${size}" is no size` };
    const { rounds = '3', publish = false, compare = null, json = null, commit = null } = values;
    if (!/^[1-9]\d{0,2}$/.test(rounds)) return { problem: '--rounds takes a whole number from 1 to 999' };
    // with --publish, other tools are measured only if named
    const { peers = publish ? 'none' : 'duckdb' } = values;
    const named = peers === 'none' ? [] : peers.split(',');
    const unknown = named.find((name) => !Object.hasOwn(PEERS, name));
    if (unknown !== undefined) return { problem: `"${unknown}" is no peer` };
    return { size, rounds: Number(rounds), peers: [...new Set(named)] as Peer[], publish, compare, json, commit };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
