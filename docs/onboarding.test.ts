/** Runs `ONBOARDING.md` as a reader would: its bash blocks in order, in one shell, in a folder that looks like a clone. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Block, blocksOf, ROOT } from './pages.ts';

const BLOCKS = blocksOf(fs.readFileSync(path.join(ROOT, 'docs', 'ONBOARDING.md'), 'utf8'));
const LIMIT_MS = 90_000;
/** Printed between blocks, to tell their output apart. */
const MARK = '-- end of a block of the page --';

const test = suite('docs: onboarding');

test('bash and curl are there: without them nothing would be shown', () => {
  for (const tool of ['bash', 'curl']) {
    assert.is(spawnSync(tool, ['--version'], { encoding: 'utf8' }).status, 0, `${tool} is needed`);
  }
});

test('every block is run, but for the installation', () => {
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
  const steps = BLOCKS.flatMap((block, i) => {
    if (block.info !== 'bash') return [];
    const next = BLOCKS[i + 1];
    return [{ block, shown: next?.info === 'text' ? next.lines : [] }];
  });
  await inClone(async (folder) => {
    const { code, stdout, stderr } = await runBlocks(
      steps.map((step) => step.block),
      folder,
    );
    const log = path.join(folder, 'relay.log');
    const said = `${stderr}\n${fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : ''}`;
    const outputs = stdout.split(`${MARK}\n`);
    for (const [i, { block, shown }] of steps.entries()) {
      const text = shown.map((line) => `${line}\n`).join('');
      assert.is(outputs[i], text, `ONBOARDING.md, block at line ${block.first + 1}: ${said}`);
    }
    assert.is(code, 0, said);
    assert.is(stderr, '');
    for (const name of ['admin-key.txt', 'tenant-key.json', '.relay']) {
      assert.is(fs.statSync(path.join(folder, name)).mode & 0o077, 0, `${name} can be read by others`);
    }
  });
});

/** A folder with the repository's entries, but no data folder; gone afterwards. */
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

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function runBlocks(blocks: readonly Block[], cwd: string): Promise<Result> {
  const script = blocks.map((block) => `${block.lines.join('\n')}\necho '${MARK}'\n`).join('');
  const env = { PATH: process.env.PATH, HOME: cwd, PORT: String(await freePort()) };
  // a group of its own, so that a service that a failed script leaves behind can be ended too
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => endGroup(child.pid!), LIMIT_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  child.stderr.on('data', (part) => {
    stderr += part;
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    endGroup(child.pid!);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test.run();
