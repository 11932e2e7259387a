/** The short form of `npm run growth`: shapes at a small size, in this process; `npm run test:long` takes those that it leaves. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { someOf } from '../support/share.ts';
import { growthOf, isTooMuch } from './measure.ts';
import type { Shape } from './shape.ts';
import { SHAPES } from './shapes.ts';

/** Milliseconds of CPU that the smaller size may cost at least. */
const FLOOR_MS = 20;
/** Of a shape's size: what is quadratic shows at a sixteenth too, and the rest costs little. */
const PART = 16;

/**
 * `relay suggest` tries the table in many ways, which costs some 100 ms whatever the size: two of its shapes are enough here. Corners are
 * other shapes at the size of large feeds, and these commands do what endpoints do that have shapes too.
 */
function isShort(name: string): boolean {
  if (/^(corner|init|diff|holds|history):/.test(name)) return false;
  return !name.startsWith('suggest:') || /: (inner spaces|signs that are no number)$/.test(name);
}

const test = suite('growth');

test('there are at least forty shapes, each with a name of its own', () => {
  assert.ok(SHAPES.length >= 40);
  assert.is(new Set(SHAPES.map(({ name }) => name)).size, SHAPES.length);
});

test('work on four times the size takes no more than six times as long, and fails with typed errors only', async () => {
  const bad: string[] = [];
  for (const shape of someOf(SHAPES.filter(({ name }) => isShort(name)))) {
    const { small, large, code } = await growthOf(shape, Math.ceil(shape.n / PART));
    if (isTooMuch(small, large, FLOOR_MS)) bad.push(`${shape.name}: ${small.toFixed(1)} and ${large.toFixed(1)} ms`);
    if (code === 'internal_error' || code === 'long_answer') bad.push(`${shape.name}: ${code}`);
  }
  assert.equal(bad, []);
});

test('quadratic work is found', async () => {
  const quadratic: Shape = {
    name: 'quadratic',
    n: 6_000,
    make: (n) => () => {
      let pairs = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) pairs += (i ^ j) & 1;
      return String(pairs);
    },
  };
  const { small, large } = await growthOf(quadratic, quadratic.n);
  assert.ok(isTooMuch(small, large, FLOOR_MS), `${small} and ${large} ms`);
});

test.run();
