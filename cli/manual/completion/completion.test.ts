/** The completion scripts, run by their shells. The name of a test says if its shell is not installed and it is skipped. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENCODING_NAMES } from '../../../plugins/parsers/kit/encoding/index.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';
import { COMMANDS, GROUPS } from '../commands.ts';
import { firstWords } from '../help.ts';
import { SHELLS } from '../values.ts';

type Shell = (typeof SHELLS)[number];

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** What each shell runs to complete the last word. */
const DRIVERS: Record<Shell, (script: string, words: readonly string[]) => string[]> = {
  bash: (script, words) => [
    '--norc',
    '-c',
    // bash splits words at "="
    `source ${quoted(script)}; COMP_WORDS=(${words.flatMap(splitAtEquals).map(quoted).join(' ')})
     COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _relay; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  // doubles of zsh's completion functions that print their arguments
  zsh: (script, words) => [
    '-f',
    '-c',
    `compdef() { : }; _describe() { print -rl -- \${\${(P)2}%%:*} }; compadd() { shift; print -rl -- "$@" }
     _files() { if [[ "$1" == -/ ]]; then print -rl -- *(N/:s/%/\\//); else print -rl -- *(N); fi }; compset() { : }
     source ${quoted(script)}; words=(${words.map(quoted).join(' ')}); CURRENT=\${#words}; _relay`,
  ],
  fish: (script, words) => ['--no-config', '-c', `source ${quoted(script)}; complete -C ${quoted(words.join(' '))}`],
};

function splitAtEquals(word: string): string[] {
  return word.split(/(=)/).filter((part, i) => part !== '' || i === 0 || i === word.split(/(=)/).length - 1);
}

const has = (shell: Shell) => spawnSync(shell, ['--version']).status === 0;

for (const shell of SHELLS) {
  const isThere = has(shell);
  const run = isThere ? test : test.skip;
  run(`${shell}${isThere ? '' : ' is not installed: skipped'}`, () =>
    inFolder(async (folder) => {
      const { code, stdout } = await relay(['completion', shell]);
      assert.is(code, 0);
      const script = writeFileIn(folder, 'script/relay', stdout);
      writeFileIn(folder, 'here/feed one.csv', '');
      writeFileIn(folder, 'here/tenant.yaml', '');
      fs.mkdirSync(path.join(folder, 'here/inbound'));
      const complete = (...words: string[]): string[] => {
        const argv = DRIVERS[shell](script, ['relay', ...words]);
        const cwd = path.join(folder, 'here');
        const result = spawnSync(shell, argv, { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });
        assert.equal([result.status, result.stderr], [0, ''], `${shell}: ${words.join(' ')}`);
        const found = result.stdout.split('\n').map((line) => line.replace(/\t.*$/, '').replace(/\/$/, ''));
        const last = words.at(-1)!;
        const prefix =
          last.includes('=') && !last.startsWith('--vendor') && shell !== 'bash' ? last.replace(/=.*/, '=') : '';
        // zsh itself drops candidates that do not begin with the word
        return found
          .filter((word) => word !== '')
          .map((word) => word.replace(prefix, ''))
          .sort();
      };
      const starting = (prefix: string, words: string[]) => words.filter((word) => word.startsWith(prefix));

      const first = firstWords().map(({ word }) => word);
      assert.equal(
        starting('', complete('')).filter((word) => !word.startsWith('-')),
        [...first].sort(),
      );
      assert.equal(starting('cl', complete('cl')), ['clean']);
      for (const { name } of GROUPS) {
        const own = COMMANDS.filter((command) => command.name.startsWith(`${name} `));
        const actions = own.map((command) => command.name.slice(name.length + 1)).sort();
        assert.equal(
          complete(name, '').filter((word) => !word.startsWith('-')),
          actions,
        );
        assert.equal(complete('help', name, ''), actions);
      }
      assert.equal(starting('ru', complete('help', 'ru')), ['run']);
      for (const { name, options } of COMMANDS) {
        const words = complete(...name.split(' '), '--');
        assert.equal(words, [...Object.keys(options).map((option) => `--${option}`), '--help'].sort(), name);
      }
      // values of options
      assert.equal(
        starting('utf', complete('clean', 'a', '--encoding', 'utf')),
        starting('utf', [...ENCODING_NAMES].sort()),
      );
      assert.equal(starting('sem', complete('suggest', '--delimiter', 'sem')), ['semicolon']);
      assert.equal(starting('sem', complete('clean', '--delimiter=sem')), ['semicolon']);
      assert.equal(starting('EU', complete('suggest', 'f.csv', '--currency', 'EU')), ['EUR']);
      assert.equal(starting('EU', complete('init', 'inbound', '--currency', 'EU')), ['EUR']);
      assert.equal(starting('s', complete('diff', 'A', 'B', '--only', 's')), ['sold_out', 'stock']);
      assert.equal(starting('co', complete('diff', 'A', 'B', '--cause', 'co')), ['code', 'config']);
      assert.ok(complete('suggest', '--format', '').includes('td-synnex'));
      assert.equal(
        starting('', complete('plugin', 'new', '')).filter((word) => !word.startsWith('-')),
        ['merge', 'output', 'parser', 'pricing', 'validator'],
      );
      assert.equal(starting('z', complete('completion', 'z')), ['zsh']);
      // free values have no candidates
      assert.equal(complete('dlq', 'list', '--limit', ''), []);
      // files and folders
      assert.equal(complete('check', ''), ['feed one.csv', 'inbound', 'tenant.yaml']);
      assert.equal(complete('clean', 'x', '--skip-lines', '2', ''), ['feed one.csv', 'inbound', 'tenant.yaml']);
      assert.equal(starting('te', complete('run', '--config', 'te')), ['tenant.yaml']);
      assert.equal(complete('run', '--input', ''), ['inbound']);
      assert.ok(complete('run', '--vendor', 'acme=te').some((word) => word.endsWith('tenant.yaml')));
    }),
  );
}

test.run();
