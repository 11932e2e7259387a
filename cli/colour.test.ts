/** When output is coloured. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bold, CLEARED_LINE, hasColour, lines, red, rendered } from './colour.ts';
import { ioFor } from './io.ts';

const test = suite('cli: colour');

test('a terminal gets colours, a pipe does not; NO_COLOR, FORCE_COLOR and TERM are respected', () => {
  const rows: ReadonlyArray<readonly [Record<string, string>, terminal: boolean, pipe: boolean]> = [
    [{}, true, false],
    [{ TERM: 'xterm-256color' }, true, false],
    [{ TERM: 'dumb' }, false, false],
    [{ NO_COLOR: '1' }, false, false],
    [{ NO_COLOR: '0' }, false, false],
    [{ NO_COLOR: '' }, true, false],
    [{ FORCE_COLOR: '1' }, true, true],
    [{ FORCE_COLOR: 'true', TERM: 'dumb' }, true, true],
    [{ FORCE_COLOR: '0' }, false, false],
    [{ FORCE_COLOR: 'false' }, false, false],
    [{ FORCE_COLOR: '' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
  ];
  for (const [env, terminal, pipe] of rows) {
    assert.is(hasColour(env, true), terminal, JSON.stringify(env));
    assert.is(hasColour(env, false), pipe, JSON.stringify(env));
  }
});

test('control characters in a text are escaped before it is coloured', () => {
  const text = lines([['a ', red('\x1b[32mb'), ' c\x07'], bold('')]);
  assert.is(rendered(text, true), 'a \x1b[31m\\u001b[32mb\x1b[39m c\\u0007\n\n');
  assert.is(rendered(text, false), 'a \\u001b[32mb c\\u0007\n\n');
  assert.is(rendered(CLEARED_LINE, false), '\r\x1b[K');
});

test('each output stream is coloured on its own; data is unchanged unless a terminal shows it', () => {
  const told = (stdoutIsTTY: boolean, isTTY: boolean): Array<Uint8Array | string> => {
    const out: Array<Uint8Array | string> = [];
    const push = (data: Uint8Array | string): void => void out.push(data);
    const io = ioFor({ stdout: push, stderr: push, isTTY, stdoutIsTTY, env: {} });
    io.stdout(red('o'));
    io.stderr(red('e'));
    io.stdout(new Uint8Array([0x1b, 0x0a, 0xc2]));
    io.stdout(new Uint8Array([0x9b]));
    return out;
  };
  const data = [new Uint8Array([0x1b, 0x0a, 0xc2]), new Uint8Array([0x9b])];
  assert.equal(told(false, false), ['o', 'e', ...data]);
  assert.equal(told(false, true), ['o', '\x1b[31me\x1b[39m', ...data]);
  assert.equal(told(true, false), ['\x1b[31mo\x1b[39m', 'e', '\\u001b\n', '\\u009b']);
});

test.run();
