/** Follows the tutorial of `PLUGINS.md` in a shell, on the built package, and holds its tables to the code. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildPackage } from '../cli/testing/built-package.ts';
import { CHECKS } from '../conformance/plugin/checks.ts';
import { isCanonicalColumn } from '../core/canonical.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { runSteps, stepsOf } from './bash-blocks.ts';
import { blocksOf, ROOT } from './pages.ts';

const PAGE = fs.readFileSync(path.join(ROOT, 'docs', 'PLUGINS.md'), 'utf8');

const test = suite('docs: plugins');

test('the tutorial leads to a module that passes its test and runs', async () => {
  const steps = stepsOf(blocksOf(PAGE));
  const built = buildPackage();
  try {
    const { code, outputs, stderr } = await runSteps(steps, built.folder, { PATH: process.env.PATH! });
    for (const [i, { block, shown }] of steps.entries()) {
      if (shown === null) continue;
      assert.is(outputs[i], shown.map((line) => `${line}\n`).join(''), `block at line ${block.first + 1}: ${stderr}`);
    }
    assert.is(code, 0, `${stderr}\n${outputs.at(-1)}`);
    assert.ok(steps.filter(({ shown }) => shown !== null).length >= 3);
  } finally {
    built.remove();
  }
});

test('the table of checks is that of the suite', () => {
  const part = PAGE.slice(PAGE.indexOf('## The suite'), PAGE.indexOf('### Fixtures'));
  const shown = [...part.matchAll(/^\| `([a-z_]+)` \| ([^.|]+)\./gm)].map(([, id, title]) => [
    id,
    title!.toLowerCase(),
  ]);
  assert.equal(
    shown,
    CHECKS.map(({ id, title }) => [id, title.toLowerCase()]),
  );
});

test('every shape is said in options that the parser csv takes', () => {
  const { options } = BUILTIN_PLUGINS.find(({ manifest }) => manifest.id === 'csv')!.manifest;
  const from = PAGE.indexOf('## Shapes of feeds');
  const part = PAGE.slice(from, PAGE.indexOf('### What no table can say'));
  let taken = 0;
  for (const row of part.split('\n').filter((line) => line.startsWith('| '))) {
    const spans = [...row.split(' | ')[1]!.matchAll(/`([^`]+: [^`]+)`/g)].map(([, code]) => code!);
    const said = new Function(`return { ${spans.filter((code) => !code.startsWith('from:')).join(', ')} }`)();
    const { columns = {}, ...rest } = Object.fromEntries(
      Object.entries(said).filter(([name]) => !isCanonicalColumn(name)),
    ) as { columns?: object };
    const own = Object.entries(said).filter(([name]) => isCanonicalColumn(name));
    // words are said of a column, whichever it is
    const { words, ...table } = rest as { words?: object };
    const all = { ...columns, ...Object.fromEntries(own), ...(words === undefined ? {} : { title: { words } }) };
    const parsed = options.safeParse({ ...table, columns: all });
    assert.ok(parsed.success, `${row}: ${parsed.error?.message}`);
    taken += spans.length;
  }
  assert.ok(taken >= 20, String(taken));
});

test.run();
