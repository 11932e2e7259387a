/**
 * Nothing in a feed, name, config or stored message can control a terminal. Every command gets hostile ones, and its output must
 * have no control character but the line feed, no writing-direction control and no lone surrogate.
 */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { CONFIG, NOW } from '../../cli/testing/one-vendor.ts';
import { type CommandResult, inFolder, relay, writeFileIn } from '../../cli/testing/sandbox.ts';
import { openContractStores } from '../contracts/embedded.ts';

/** Escape sequences, C1 controls, a bell, a return, a tab, writing direction, line separators. */
const EVIL = 'e\x1b[31m\x1b]0;t\x07\r\t\u009b2J\u0085\u202e\u2066\u200f\u061c\u2028\x7fv';
/** The same for a cell, where a line end would end the row. */
const EVIL_CELL = EVIL.replace('\r', '');
const NEVER = /(?!\n)[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
/** Relay's own escape sequences: colours, and clearing the progress line. */
const OWN = /\x1b\[\d+m|\r\x1b\[K/g;

const test = suite('hostile text');

function isTame(name: string, { stdout, stderr }: CommandResult, { ofTerminal = false, shows = true } = {}): void {
  for (const [stream, text] of Object.entries({ stdout, stderr })) {
    const rest = ofTerminal ? text.replace(OWN, '') : text;
    const found = NEVER.exec(rest);
    const around = found === null ? '' : JSON.stringify(rest.slice(Math.max(0, found.index - 40), found.index + 20));
    assert.is(found, null, `${name}: ${stream} has a control character: ${around}`);
  }
  if (shows) assert.match(`${stdout}${stderr}`, /\\u001b/, `${name} shows what is hostile`);
}

/** Asserts that a command's output is harmless in a pipe, on a terminal and as JSON. */
async function tame(name: string, argv: readonly string[], options: { json?: boolean; shows?: boolean } = {}) {
  const { json = true, shows = true } = options;
  const piped = await relay(argv);
  isTame(name, piped, { shows });
  const shown = await relay(argv, { TERM: 'xterm' }, 'both');
  isTame(`${name} on a terminal`, shown, { ofTerminal: true, shows });
  assert.is(shown.stdout.replace(OWN, '').replace(/in [\d.]+ s/, ''), piped.stdout.replace(/in [\d.]+ s/, ''), name);
  if (!json) return piped;
  const asJson = await relay([...argv, '--json']);
  isTame(`${name} --json`, asJson, { shows });
  return piped;
}

const FEED = [
  `sku,quantity_available,cost,title,Brand ${EVIL_CELL}`,
  `A\u200bB,1,5,t,b`,
  `S${EVIL_CELL},2,5,t,b`,
  `C,${EVIL_CELL},5,t,b`,
  `D,1,-${EVIL_CELL},"t ${EVIL_CELL}",b`,
  `E,1,0,CafÃ© ${EVIL_CELL},b`,
  'F,1',
  '',
].join('\n');
const POLICY = { error_policy: { max_invalid_rows: 9, max_invalid_row_pct: 1 } };

function withHostileFiles(folder: string): { config: string; file: string } {
  const config = writeFileIn(folder, `tenant ${EVIL}.json`, JSON.stringify({ ...CONFIG, ...POLICY }));
  const file = writeFileIn(folder, `in/acme/feed ${EVIL}.csv`, FEED);
  writeFileIn(folder, `in/acme/next ${EVIL}.csv.part`, FEED);
  return { config, file };
}

const RUN = (folder: string, config: string) => {
  const out = path.join(folder, `out ${EVIL}`);
  return ['run', '--config', config, '--input', path.join(folder, 'in'), '--out', out, '--run-id', 'r1', '--now', NOW];
};

test('run spells out cells, headers, file names and paths', () =>
  inFolder(async (folder) => {
    const { config } = withHostileFiles(folder);
    const ran = await tame('run', RUN(folder, config));
    assert.match(ran.stdout, 'SUCCEEDED');
    assert.match(ran.stdout, 'invalid_sku');
  }));

test('run spells out a missing header, a missing required vendor and skipped files', () =>
  inFolder(async (folder) => {
    const { config, file } = withHostileFiles(folder);
    fs.writeFileSync(file, `skew ${EVIL_CELL},qty\nA,1\n`);
    const ran = await tame('run with a strange header', RUN(folder, config));
    assert.match(ran.stdout, 'missing_required_columns');
    fs.rmSync(file);
    const missing = await tame('run without a file', RUN(folder, config));
    assert.match(missing.stdout, 'REQUIRED_VENDOR_MISSING');
  }));

test('run and check spell out hostile keys and values of a config, and a missing config', () =>
  inFolder(async (folder) => {
    withHostileFiles(folder);
    const bad = { ...CONFIG, [EVIL]: 1, timezone: EVIL, vendors: [{ vendor_id: EVIL, parser: { format: EVIL } }] };
    const config = writeFileIn(folder, `bad ${EVIL}.json`, JSON.stringify(bad));
    await tame('run with a bad config', RUN(folder, config));
    await tame('check of a bad config', ['check', config]);
    await tame('check of a broken one', ['check', writeFileIn(folder, 'broken.yaml', `a: [${EVIL}\n"${EVIL}`)], {
      shows: false,
    });
    await tame('check of a missing one', ['check', path.join(folder, `none ${EVIL}.json`)]);
    const { config: good } = withHostileFiles(folder);
    await tame('check of a good one', ['check', good], { json: false });
  }));

test('suggest spells out file, header and cells, and its entry still means them', () =>
  inFolder(async (folder) => {
    const { file } = withHostileFiles(folder);
    await tame('suggest', ['suggest', file]);
    const hostile = `stock \u202e\u009b`;
    const other = writeFileIn(folder, 'other.csv', `sku,${hostile},cost\nA-1,4,2.50\nB-2,5,3.50\nC-3,0,7.25\n`);
    const { stdout } = await relay(['suggest', other]);
    const entry = stdout.slice(stdout.indexOf('Config, for the list')).replace(/^.*\n/, 'vendors:\n');
    const [{ parser }] = parse(entry).vendors;
    assert.is(parser.column_map.quantity_available, hostile);
    await tame('suggest of what is not there', ['suggest', path.join(folder, `none ${EVIL}`)]);
  }));

test('clean spells out notes; data is exact in a pipe and spelled out on a terminal', () =>
  inFolder(async (folder) => {
    const { file } = withHostileFiles(folder);
    const lines = [`sku,"na me ${EVIL_CELL}",qty`, `A,"x ${EVIL_CELL}",1`, `B,y",2,3,4`, `C,z,3`, ''];
    fs.writeFileSync(file, lines.join('\n'));
    const piped = await relay(['clean', file]);
    isTame('clean', { ...piped, stdout: '' });
    assert.match(piped.stdout, EVIL_CELL, 'data is exact in a pipe');
    isTame('clean on a terminal', await relay(['clean', file], { TERM: 'xterm' }, 'both'), { ofTerminal: true });
    const out = path.join(folder, `out ${EVIL}`);
    await tame('clean --out', ['clean', file, '--out', out]);
    const missing = path.join(folder, `none ${EVIL}`);
    await tame('clean of what is not there', ['clean', missing], { json: false });
  }));

test('conformance spells out names of cases and differences', () =>
  inFolder(async (folder) => {
    const dir = `cases/case ${EVIL}`;
    writeFileIn(folder, `${dir}/tenant.json`, JSON.stringify({ ...CONFIG, ...POLICY }));
    const expect = { status: 'SUCCEEDED', error_code: null };
    writeFileIn(folder, `${dir}/case.json`, JSON.stringify({ description: 'Hostile.', now: NOW, expect }));
    writeFileIn(folder, `${dir}/inbound/acme/feed.csv`, FEED);
    writeFileIn(folder, `${dir}/expected/merged_inventory.csv`, `sku\n${EVIL_CELL}\n`);
    writeFileIn(folder, `${dir}/expected/extra ${EVIL}.csv`, 'x\n');
    await tame('conformance', ['conformance', path.join(folder, 'cases')]);
  }));

test('dlq spells out a message that is not a job, and a job with hostile fields', () =>
  inFolder(async (folder) => {
    const stores = await openContractStores(folder, { wall: () => Date.now() });
    await stores.queue.sendBody(`not a job ${EVIL}`);
    await stores.queue.send({ run_id: `r${EVIL}`, tenant_id: EVIL, vendors: [EVIL], config_version: 1 });
    for (let deliveries = 0; deliveries < 4; deliveries++) {
      const jobs = await stores.queue.receive({ max: 10, visibilitySeconds: 60, waitSeconds: 0 });
      for (const { receipt } of jobs) await stores.queue.release(receipt, 0);
    }
    const letters = await stores.queue.deadLetters.list(10);
    stores.close();
    assert.is(letters.length, 2);
    const env = { RELAY_DATA_DIR: folder };
    for (const argv of [
      ['list'],
      ...letters.flatMap(({ messageId }) => [
        ['show', messageId],
        ['replay', messageId],
      ]),
    ]) {
      for (const more of [[], ['--json']]) {
        const shows = argv[0] !== 'replay';
        isTame(`dlq ${argv[0]}`, await relay(['dlq', ...argv, ...more], env), { shows });
        isTame('on a terminal', await relay(['dlq', ...argv, ...more], env, 'both'), { ofTerminal: true, shows });
      }
    }
  }));

test('wrong use is repeated spelled out', async () => {
  for (const argv of [[EVIL], ['run', `--${EVIL}`], ['check', 'a', EVIL], ['dlq', EVIL], ['plugin', 'new', EVIL, EVIL]])
    await tame(`relay ${argv.join(' ')}`, argv, { shows: false });
});

test.run();
