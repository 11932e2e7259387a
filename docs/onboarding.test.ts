/** Runs `ONBOARDING.md` as a reader would: its bash blocks in order, in one shell, in a folder that looks like a clone. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../conformance/support/free-port.ts';
import { runSteps, stepsOf } from './bash-blocks.ts';
import { blocksOf, ROOT } from './pages.ts';

const BLOCKS = blocksOf(fs.readFileSync(path.join(ROOT, 'docs', 'ONBOARDING.md'), 'utf8'));

const test = suite('docs: onboarding');

test('bash and curl are installed: without them this file tests nothing', () => {
  for (const tool of ['bash', 'curl']) {
    assert.is(spawnSync(tool, ['--version'], { encoding: 'utf8' }).status, 0, `${tool} is needed`);
  }
});

test('every block is run except the installation', () => {
  const infos = BLOCKS.map((block) => block.info);
  assert.equal([...new Set(infos)].sort(), ['bash', 'sh', 'text']);
  assert.equal(
    BLOCKS.filter((block) => block.info === 'sh').map((block) => block.lines),
    [['npm ci']],
  );
  for (const [i, info] of infos.entries()) if (info === 'text') assert.is(infos[i - 1], 'bash');
});

test('the page uses no tool beyond shell, curl, sed and node', () => {
  const script = BLOCKS.filter((block) => block.info === 'bash').flatMap((block) => block.lines);
  assert.not(script.some((line) => /\b(jq|python3?|wget)\b/.test(line)));
});

test('the commands print what the page shows', async () => {
  const steps = stepsOf(BLOCKS);
  await inClone(async (folder) => {
    const { code, outputs, stderr } = await runSteps(steps, folder, {
      PATH: process.env.PATH!,
      PORT: String(await freePort()),
    });
    const log = path.join(folder, '.relay/relay.log');
    const said = `${stderr}\n${fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : ''}`;
    for (const [i, { block, shown }] of steps.entries()) {
      const text = (shown ?? []).map((line) => `${line}\n`).join('');
      assert.is(outputs[i], text, `ONBOARDING.md, block at line ${block.first + 1}: ${said}`);
    }
    assert.is(code, 0, said);
    assert.is(stderr, '');
    for (const name of ['.relay', '.relay/admin-key.txt', '.relay/tenant-key.json']) {
      assert.is(fs.statSync(path.join(folder, name)).mode & 0o077, 0, `${name} can be read by others`);
    }
    assertNoKeys(folder);
  });
});

/** Asserts that the files git would add in the clone contain no key and no signed address. */
function assertNoKeys(folder: string): void {
  const ignored = fs.readFileSync(path.join(ROOT, '.gitignore'), 'utf8').split('\n');
  assert.ok(ignored.includes('.relay/'));
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const secret = /rk_admin_|\brelay_[0-9a-z]{20}|\/objects\/[^"]+\?/;
  const holding = files.filter((file) => secret.test(fs.readFileSync(file, 'utf8')));
  // the files that the page makes for itself do hold keys, and are ignored by git
  assert.ok(holding.length >= 3, holding.join());
  for (const file of holding) assert.is(path.relative(folder, file).split(path.sep)[0], '.relay', file);
}

/** Calls `use` with a folder that has the repository's entries but no data folder, and removes it afterwards. */
async function inClone(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-onboarding-')));
  try {
    for (const name of fs.readdirSync(ROOT)) {
      if (!name.startsWith('.')) fs.symlinkSync(path.join(ROOT, name), path.join(folder, name));
    }
    await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

test.run();
