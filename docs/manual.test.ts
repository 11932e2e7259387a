/** Holds `CLI.md` to the manual of commands, and runs the examples in the help. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../cli/manual/commands.ts';
import { built } from '../cli/testing/compiled.ts';
import { relay } from '../cli/testing/sandbox.ts';
import { freePort } from '../conformance/support/free-port.ts';
import { inFolder } from './console-blocks.ts';
import { blocksOf, ROOT } from './pages.ts';

const PAGE = fs.readFileSync(path.join(ROOT, 'docs', 'CLI.md'), 'utf8');
const BLOCKS = blocksOf(PAGE);

const test = suite('docs: manual');

test('the page shows the help of each command, and names only options that the command has', () => {
  // `examples.test.ts` compares what the page shows with the real output
  const shown = BLOCKS.filter(({ info }) => info === 'console').flatMap(({ lines }) => lines);
  for (const { name } of COMMANDS) assert.ok(shown.includes(`$ relay ${name} --help`), `relay ${name} --help`);
  const known = new Set(COMMANDS.flatMap(({ options }) => Object.keys(options)));
  // --jsn and --option=VALUE are examples in the text
  for (const option of ['help', 'version', 'jsn', 'option']) known.add(option);
  for (const [, option] of PAGE.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)) assert.ok(known.has(option!), `--${option}`);
});

test('the page has the exit codes of the help', () => {
  const codes = [...PAGE.matchAll(/^\| (\d) \|/gm)].map(([, code]) => code);
  const used = new Set(COMMANDS.flatMap(({ exits }) => Object.keys(exits)));
  assert.equal([...used].sort(), codes.sort());
});

test('every example in the help works, on the files of the page', async () => {
  await inFolder(async (folder) => {
    for (const { info, lines } of BLOCKS) {
      const name = /(?:^| )file=(\S+)$/.exec(info)?.[1];
      if (name === undefined) continue;
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
    }
    fs.cpSync(path.join(ROOT, 'fixtures/sample'), path.join(folder, 'fixtures'), { recursive: true });
    const env = { RELAY_DATA_DIR: 'data' };
    await served(['serve', '--port', String(await freePort())], env);
    for (const { name, examples } of COMMANDS) {
      for (const example of examples) {
        const words = example.split(' ').slice(1);
        assert.ok(example.startsWith(`relay ${name}`), example);
        if (['serve', 'api', 'worker'].includes(name)) {
          await served(words, { ...env, PORT: String(await freePort()) });
        } else if (name === 'push' || name === 'pull') {
          // no service answers at the address of an example
          const address = words.map((word) => (word.startsWith('https:') ? 'http://127.0.0.1:1' : word));
          const { stderr } = await relay(address, { ...env, RELAY_API_KEY: 'k' });
          assert.match(stderr, 'SERVICE_UNREACHABLE', example);
        } else if (words.includes('"$ID"')) {
          // an example of an id cannot name a real message: only the queue knows those
          const { stderr } = await relay(
            words.map((word) => (word === '"$ID"' ? 'm1' : word)),
            env,
          );
          assert.match(stderr, 'there is no dead letter m1', example);
        } else {
          const { code, stdout, stderr } = await relay(words, env);
          assert.is(code, 0, `${example}: ${stdout}${stderr}`);
        }
      }
    }
  });
});

/** Starts the service and stops it once it runs. */
async function served(words: readonly string[], env: Record<string, string>): Promise<void> {
  const port = words.indexOf('--port');
  const argv = words.map((word, i) => (port >= 0 && i === port + 1 && env.PORT !== undefined ? env.PORT : word));
  const child = spawn(process.execPath, [built('cli/main.ts'), ...argv, '--json'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'close');
  assert.is(code, 0, words.join(' '));
}

test.run();
