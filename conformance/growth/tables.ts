/** Files that `relay clean` and `relay suggest` read, in this process, and YAML configs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { clean } from '../../cli/commands/clean/index.ts';
import { suggestFor } from '../../cli/commands/suggest/report.ts';
import { readRawConfig } from '../../cli/config-file.ts';
import { readBaseSettings } from '../../cli/settings.ts';
import { RelayError } from '../../core/errors.ts';
import { FEED_TOP, rows, type Shape, spaces } from './shape.ts';

const IO = { stdout: () => undefined, stderr: () => undefined, isTTY: false, env: {} };
const OPTIONS = {
  vendorId: 'acme',
  encoding: 'auto',
  delimiter: null,
  skipLines: null,
  headerLines: null,
  member: null,
  sheet: null,
  currency: null,
  format: null,
  firstBytesMax: null,
};

type TableCommand = 'clean' | 'suggest' | 'yaml';

/** The error code of the command; `internal_error` for anything but a `RelayError`. */
export async function runCommand(command: TableCommand, bytes: string | Uint8Array): Promise<string | null> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-growth-'));
  const file = path.join(folder, command === 'yaml' ? 'tenant.yaml' : 'feed.csv');
  try {
    fs.writeFileSync(file, bytes);
    if (command === 'clean')
      return (await clean([file, '--out', path.join(folder, 'out')], IO)) === 0 ? null : 'failed';
    const settings = { ...readBaseSettings({}), configBytesMax: 1e9 };
    if (command === 'yaml') await readRawConfig(file, settings);
    else await suggestFor({ ...OPTIONS, file }, settings);
    return null;
  } catch (error) {
    if (error instanceof RelayError) return error.code;
    throw error;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function command(kind: TableCommand, name: string, n: number, text: (n: number) => string): Shape {
  return {
    name: `${kind}: ${name}`,
    n,
    make: (size) => {
      const made = text(size);
      return () => runCommand(kind, made);
    },
  };
}

const BOTH: ReadonlyArray<[string, number, (n: number) => string]> = [
  ['inner spaces', 40_000, (n) => `${FEED_TOP}A,1,1,${spaces(n)}\n`],
  ['inner spaces in a header', 40_000, (n) => `sku,${spaces(n)},cost\nA,1,2\n`],
  ['underscores in a header', 40_000, (n) => `sku,a${'_'.repeat(n)}b,cost\nA,1,2\n`],
  ['digits and an odd sign', 40_000, (n) => `${FEED_TOP}${rows(4, () => `A,1,1,${'1'.repeat(n / 4)}!\n`)}`],
  ['signs that are no number', 40_000, (n) => `${FEED_TOP}${rows(4, () => `A,1,1,${'$ '.repeat(n / 8)}1x\n`)}`],
  ['one long line', 40_000, (n) => 'a;b,c\t|'.repeat(n / 8)],
  ['quotes', 40_000, (n) => `${FEED_TOP}A,1,1,${'"a""'.repeat(n / 4)}\n`],
  ['rows of stray quotes', 40_000, (n) => FEED_TOP + rows(n / 12, (i) => `A${i},1,1,"x"y\n`)],
  ['rows of many widths', 40_000, (n) => FEED_TOP + rows(n / 20, (i) => `A${i},1${',1'.repeat(i % 9)}\n`)],
  ['rows with spaces and quotes', 40_000, (n) => FEED_TOP + rows(n / 1000, (i) => `A${i},1,1,x,${' '.repeat(980)}'\n`)],
  ['blank lines', 100_000, (n) => `${FEED_TOP}${'\n'.repeat(n)}A,1,1,x\n`],
  ['tables one below the other', 40_000, (n) => rows(n / 60, (i) => `${FEED_TOP}A${i},1,1,x\n\n`)],
  ['many columns', 20_000, (n) => `${rows(n / 10, (i) => `c${i},`)}z\n${'1,'.repeat(n / 10)}1\n`],
];

export const TABLES: readonly Shape[] = [
  ...BOTH.flatMap(([name, n, text]) => [command('clean', name, n, text), command('suggest', name, n, text)]),
  command('yaml', 'open lists', 20_000, (n) => '['.repeat(n)),
  command('yaml', 'lists in lists', 20_000, (n) => '- '.repeat(n / 2)),
  command('yaml', 'keys of keys', 20_000, (n) => '? '.repeat(n / 2)),
  command('yaml', 'many keys', 20_000, (n) => rows(n / 8, (i) => `k${i}: 1\n`)),
  command('yaml', 'many keys of one line', 20_000, (n) => `{${rows(n / 8, (i) => `k${i}: 1,`)}}`),
  command('yaml', 'many errors', 20_000, (n) => `[${','.repeat(n)}]`),
  command('yaml', 'many tags', 20_000, (n) => `a: ${'!a '.repeat(n / 3)}`),
  command('yaml', 'many documents', 20_000, (n) => '---\n'.repeat(n / 4)),
  command('yaml', 'aliases', 20_000, (n) => `a: &a 1\n${rows(n / 8, (i) => `k${i}: *a\n`)}`),
  command('yaml', 'an alias of aliases', 20_000, (n) =>
    rows(n / 40, (i) => `k${i}: &k${i} [${i === 0 ? 'x' : `*k${i - 1},*k${i - 1}`}]\n`),
  ),
  command('yaml', 'spaces', 20_000, (n) => `a: b${' '.repeat(n)}c\n`),
  command('yaml', 'a long text in quotes', 20_000, (n) => `a: "${'\\u0041'.repeat(n / 6)}"\n`),
  command('yaml', 'anchors', 20_000, (n) => rows(n / 10, (i) => `k${i}: &a${i} 1\n`)),
];
