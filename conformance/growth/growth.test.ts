/** The short form of `npm run growth`: shapes at a small size, in this process. `npm run test:long` takes the remaining shapes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { someOf } from '../../core/testing/share.ts';
import { growthOf, isTooMuch } from './measure.ts';
import type { Shape } from './shape.ts';
import { SHAPES } from './shapes.ts';

/** CPU milliseconds that the smaller size counts as costing at least. */
const FLOOR_MS = 20;
/** Shapes are tried at this fraction of their size: quadratic work shows there too, and the rest is cheap. */
const PART = 16;

/**
 * True for shapes that belong in the short form. Left out are most shapes of `relay suggest`, which costs 100 ms at any size;
 * corners, which repeat other shapes at the size of large feeds; and commands that do what endpoints with shapes do.
 */
function isShort(name: string): boolean {
  if (/^(corner|init|diff|holds|history):/.test(name)) return false;
  return !name.startsWith('suggest:') || /: (inner spaces|signs that are no number)$/.test(name);
}

const test = suite('growth');

test('there are at least forty shapes, each with its own name', () => {
  assert.ok(SHAPES.length >= 40);
  assert.is(new Set(SHAPES.map(({ name }) => name)).size, SHAPES.length);
});

test('four times the size takes at most six times as long, and fails only with typed errors', async () => {
  const bad: string[] = [];
  for (const shape of someOf(SHAPES.filter(({ name }) => isShort(name)))) {
    const { small, large, code } = await growthOf(shape, Math.ceil(shape.n / PART));
    if (isTooMuch(small, large, FLOOR_MS)) bad.push(`${shape.name}: ${small.toFixed(1)} and ${large.toFixed(1)} ms`);
    if (code === 'internal_error' || code === 'long_answer') bad.push(`${shape.name}: ${code}`);
  }
  assert.equal(bad, []);
});

test('quadratic work is detected', async () => {
  const quadratic: Shape = {
    name: 'quadratic',
    n: 6_000,
    make: (n) => () => {
      let pairs = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) pairs += (i ^ j) & 1;
      return String(pairs);
    },
  };
  const { small, large } = await growthOf(quadratic, quadratic.n, 1);
  assert.ok(isTooMuch(small, large, FLOOR_MS), `${small} and ${large} ms`);
});

test.run();
