/** The benchmark's arguments, and how it reports and compares results. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readArguments } from './arguments.ts';
import { type BenchResults, comparisonLines, median, resultLines } from './results.ts';

test('arguments are read, and senseless ones refused', () => {
  const none = { publish: false, compare: null, commit: null, json: null };
  assert.equal(readArguments([]), { size: 'single', rounds: 3, peers: ['duckdb'], ...none });
  assert.equal(
    readArguments([
      '4x10',
      '--rounds',
      '7',
      '--peers',
      'python,duckdb,python',
      '--compare',
      'a',
      '--commit',
      'b',
      '--json',
      'c',
    ]),
    {
      ...{ size: '4x10', rounds: 7, peers: ['python', 'duckdb'], publish: false },
      ...{ compare: 'a', commit: 'b', json: 'c' },
    },
  );
  assert.equal(readArguments(['tiny', '--peers', 'none']), { size: 'tiny', rounds: 3, peers: [], ...none });
  assert.equal(readArguments(['tiny', '--publish']), { size: 'tiny', rounds: 3, peers: [], ...none, publish: true });
  for (const [argv, words] of [
    [['huge'], /"huge" is no size/],
    [['0x5'], /no size/],
    [['tiny', 'small'], /one size at a time, not also small/],
    [['--rounds', '0'], /--rounds takes/],
    [['--rounds', 'x'], /--rounds takes/],
    [['--peers', 'duckdb,excel'], /"excel" is no peer/],
    [['--peers', 'toString'], /"toString" is no peer/],
    [['--fast'], /--fast/],
  ] as const) {
    const found = readArguments(argv);
    assert.ok('problem' in found, argv.join(' '));
    assert.match((found as { problem: string }).problem, words);
  }
});

test('the median is taken of odd and even counts', () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

const run = (wall: number, peak = 100) => ({ wall, cpu: wall * 2, peak });

function results(relay: number[], duckdb: number[], commit = 'aaa'): BenchResults {
  const tools = { relay: relay.map((wall) => run(wall)), duckdb: duckdb.map((wall) => run(wall, 400)) };
  return { size: 'small', commit, machine: 'Node 20', rounds: relay.length, tools, stages: { NORMALIZE: [1, 3, 2] } };
}

test('ratios are taken round by round', () => {
  assert.equal(resultLines(results([1, 2, 4], [4, 6, 4])), [
    'small, commit aaa, medians of 3, Node 20',
    'relay      2.00 s (1.00 to 4.00), CPU 4.00 s, 100 MB',
    'duckdb     4.00 s (4.00 to 6.00), CPU 8.00 s, 400 MB',
    'against duckdb: 3.00 times as fast, 0.25 times the memory',
    'stages, in seconds: NORMALIZE 2.00',
  ]);
});

test('the cost of publishing is reported by pairs of runs with and without it', () => {
  const { tools, ...rest } = results([1, 2, 4], []);
  const lines = resultLines({
    ...rest,
    tools: { relay: tools.relay!, publishing: [run(2), run(3, 107), run(5, 104)] },
  });
  assert.equal(lines.slice(2, -1), [
    'publishing 3.00 s (2.00 to 5.00), CPU 6.00 s, 104 MB',
    'publishing: 1.50 times the CPU (1.25 to 2.00), 1.50 times the time, 4 MB more',
  ]);
});

test('a tool that both runs measured tells a slower machine from a slower product', () => {
  assert.equal(comparisonLines(results([2], [8]), results([1], [4], 'bbb')), [
    'compared with commit bbb',
    'relay wall: 2.00 after 1.00, 2.00 times',
    'relay cpu: 4.00 after 2.00, 2.00 times',
    'relay peak: 100.00 after 100.00, 1.00 times',
    'relay wall relative to duckdb: 0.25 after 0.25, 1.00 times',
  ]);
  const other = { ...results([1], [4]), size: 'limit' };
  assert.equal(comparisonLines(results([2], [8]), other), ['not compared: the earlier run measured limit']);
  const { tools, ...rest } = results([1], [4]);
  assert.is(comparisonLines(results([2], [8]), { ...rest, tools: { relay: tools.relay! } }).length, 4);
});

test.run();
