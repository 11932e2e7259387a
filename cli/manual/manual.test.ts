/** The manual: help, did-you-mean, and that each command accepts exactly the options it lists. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../io.ts';
import { relay } from '../testing/sandbox.ts';
import type { CommandEntry } from './command.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { firstWords } from './help.ts';

const ALL: readonly CommandEntry[] = COMMANDS;
const OPTIONS = new Set(ALL.flatMap(({ options }) => Object.keys(options)));

/** With this setting no command starts anything. */
const ENV = { LIMIT_VENDORS: 'none' };

test('relay help COMMAND and relay COMMAND --help say the same, on standard output', async () => {
  for (const name of [...ALL.map((command) => command.name), ...GROUPS.map((group) => group.name)]) {
    const words = name.split(' ');
    const help = await relay(['help', ...words]);
    assert.equal([help.code, help.stderr], [EXIT.ok, ''], name);
    for (const argv of [
      [...words, '--help'],
      [...words, '-h'],
      [...words, '--nope', '--help'],
    ])
      assert.equal(await relay(argv), help, argv.join(' '));
  }
});

test('help has the usage, each option with its default, the exit codes and examples', async () => {
  for (const { name, usage, options, exits, examples } of ALL) {
    const { stdout } = await relay(['help', ...name.split(' ')]);
    const flat = stdout.replace(/\s+/g, ' ');
    assert.ok(stdout.startsWith(`relay ${name} ${usage}\n`), name);
    for (const [option, { value, text, default: fallback }] of Object.entries(options)) {
      const label = `--${option}${value === undefined ? '' : ` ${value}`}`;
      assert.ok(flat.includes(` ${label} ${text}${fallback === undefined ? '' : ` (default: ${fallback})`}`), label);
      // an option with a value has a default, or says what makes it optional
      if (value !== undefined && fallback === undefined) assert.match(text, /required|repeat it/, `${name} ${label}`);
    }
    for (const [code, text] of Object.entries(exits)) assert.ok(flat.includes(` ${code} ${text}`), `${name} ${code}`);
    assert.ok(examples.length > 0 && examples.every((line) => stdout.includes(`\n  ${line}\n`)), name);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100 || examples.includes(line.trim()), line);
  }
});

test('relay help and relay --help list every command', async () => {
  const help = await relay(['help']);
  assert.is(help.code, EXIT.ok);
  for (const { word } of firstWords()) assert.match(help.stdout, new RegExp(`^  relay ${word} `, 'm'));
  for (const argv of [['--help'], ['-h']]) assert.equal(await relay(argv), help);
  assert.equal(await relay([]), { ...help, code: EXIT.usage });
  for (const { name } of GROUPS) {
    const { stdout } = await relay(['help', name]);
    const own = ALL.filter((command) => command.name.startsWith(`${name} `));
    for (const command of own) assert.match(stdout, new RegExp(`^  relay ${command.name} `, 'm'));
  }
});

test('each command accepts exactly the options of its manual', async () => {
  for (const { name, options } of ALL) {
    for (const option of [...OPTIONS, 'nope']) {
      const value = options[option]?.value === undefined ? [] : ['x'];
      const argv = [...name.split(' '), `--${option}`, ...value, 'a', 'b', 'c'];
      const { code, stderr } = await relay(argv, ENV);
      const refused = stderr.includes(`unknown option --${option}`);
      assert.is(refused, !Object.hasOwn(options, option), `relay ${argv.join(' ')}: ${stderr}`);
      if (refused) assert.is(code, EXIT.usage);
    }
  }
});

test('an unknown command, action or option gets a did-you-mean and the help to read', async () => {
  const cases: [string, RegExp, string][] = [
    ['rnu', /"rnu" is not a command \(did you mean "run"\?\)/, 'relay help'],
    ['help rnu', /"rnu" is not a command \(did you mean "run"\?\)/, 'relay help'],
    ['Check x', /"Check" is not a command \(did you mean "check"\?\)/, 'relay help'],
    ['constructor', /"constructor" is not a command/, 'relay help'],
    ['--hlep', /"--hlep" is not a command \(did you mean "--help"\?\)/, 'relay help'],
    ['plugin nwe', /"nwe" is not an action \(did you mean "new"\?\)/, 'relay plugin --help'],
    ['help dlq lst', /"lst" is not an action \(did you mean "list"\?\)/, 'relay help'],
    ['dlq', /relay dlq takes one of list, show, replay, discard/, 'relay dlq --help'],
    ['help run now', /unexpected argument "now"/, 'relay help'],
    ['run --confg x', /unknown option --confg \(did you mean "--config"\?\)/, 'relay run --help'],
    ['plugin new --dri x', /unknown option --dri \(did you mean "--dir"\?\)/, 'relay plugin new --help'],
    ['dlq list --limt 3', /unknown option --limt \(did you mean "--limit"\?\)/, 'relay dlq list --help'],
    ['check --jsn x', /unknown option --jsn \(did you mean "--json"\?\)/, 'relay check --help'],
    ['clean -o x', /unknown option -o/, 'relay clean --help'],
    ['run --conf x', /unknown option --conf \(did you mean "--config"\?\)/, 'relay run --help'],
    ['run --output x', /unknown option --output \(did you mean "--out"\?\)/, 'relay run --help'],
    ['check --config x', /unknown option --config\nWrite: relay check CONFIG /, 'relay check --help'],
    ['run x.yaml', /unexpected argument "x.yaml"\nWrite: relay run --config FILE /, 'relay run --help'],
    ['run --config', /--config needs a value: --config FILE/, 'relay run --help'],
    ['run --config --out o', /--config needs a value; .*--config=-/, 'relay run --help'],
    ['run --config a --config b', /--config is given twice/, 'relay run --help'],
    ['version', /"version" is not a command \(did you mean "--version"\?\)/, 'relay help'],
    ['--config x check', /name a command before --config/, 'relay help'],
    ['serve --hlep', /unknown option --hlep \(did you mean "--help"\?\)/, 'relay serve --help'],
    ['completion bsh', /"bsh" is not a shell .*\(did you mean "bash"\?\)/, 'relay completion --help'],
  ];
  for (const [line, expected, help] of cases) {
    const { code, stdout, stderr } = await relay(line.split(' '));
    assert.equal([code, stdout], [EXIT.usage, ''], line);
    assert.match(stderr, expected);
    assert.match(stderr, `See "${help}".`, line);
  }
});

test('after -- every word is a file, whatever it looks like', async () => {
  const { code, stdout, stderr } = await relay(['clean', '--', '--json', '--help']);
  assert.equal([code, stdout], [EXIT.failed, '']);
  assert.match(stderr, /FILE_NOT_FOUND: --json: .*\n.*FILE_NOT_FOUND: --help: /);
});

test.run();
