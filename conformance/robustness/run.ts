/**
 * `npm run robustness`: how well `relay clean` reads polluted files, by axis, with the dialect given and with
 * everything detected.
 *
 * Usage: npm run robustness [-- --source NAME] [--every N] [--misses N] [--axis WORDS]. `--every` takes each N-th place
 * of the pollutions of one row. Exits with 1 if a score is below its threshold.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadAloud } from './load.ts';
import { type Axis, type Polluted, pollute, WEIGHTS } from './pollutions.ts';
import { type RobustnessScore, scoreOf } from './score.ts';
import { SOURCE_TABLES } from './sources.ts';

type Mode = 'given' | 'auto';
const MODES: Mode[] = ['given', 'auto'];
/** The least mean over all sources, plain and weighted, out of 10 points. */
const THRESHOLD = { plain: 9.95, weighted: 9.98 };

const { values } = parseArgs({
  options: {
    source: { type: 'string' },
    axis: { type: 'string' },
    every: { type: 'string', default: '1' },
    misses: { type: 'string', default: '0' },
  },
});

interface Tally {
  files: number;
  exact: number;
  sum: number;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'relay-robustness-'));
  const file = path.join(folder, 'polluted.csv');
  const overall = new Map<string, Tally>();
  const bySource: string[] = [];
  const silent: string[] = [];
  let misses = Number(values.misses);
  for (const source of SOURCE_TABLES.filter(({ name }) => values.source === undefined || name === values.source)) {
    const own = new Map<string, Tally>();
    for (const polluted of pollute(source, Number(values.every))) {
      if (values.axis !== undefined && !polluted.axis.includes(values.axis)) continue;
      await writeFile(file, polluted.text);
      for (const mode of MODES) {
        const { cells: loaded, said } = await loadAloud(file, mode === 'given' ? polluted.flags : []);
        const score = scoreOf(polluted.expected, loaded);
        for (const tallies of [own, overall]) add(tallies, `${mode} ${polluted.axis}`, score);
        if (!score.exact && said === '') silent.push(`${source.name} ${mode} ${polluted.name}`);
        if (!score.exact && misses-- > 0) showMiss(`${source.name} ${mode}`, polluted, loaded, score);
      }
    }
    bySource.push(`${source.name.padEnd(30)}${MODES.map((mode) => summary(own, mode)).join('  ')}`);
  }
  await rm(folder, { recursive: true });
  report(overall, bySource);
  reportSilent(silent);
}

function add(tallies: Map<string, Tally>, key: string, score: RobustnessScore): void {
  const tally = tallies.get(key) ?? { files: 0, exact: 0, sum: 0 };
  tally.files++;
  tally.sum += score.sum;
  if (score.exact) tally.exact++;
  tallies.set(key, tally);
}

/** Plain: the mean over files. Weighted: the mean over axes, each by how often it is met. */
function means(
  tallies: Map<string, Tally>,
  mode: Mode,
): { files: number; plain: number; weighted: number; exact: number } {
  const total = { files: 0, exact: 0, sum: 0 };
  let weights = 0;
  let weighted = 0;
  for (const axis of Object.keys(WEIGHTS) as Axis[]) {
    const tally = tallies.get(`${mode} ${axis}`);
    if (tally === undefined) continue;
    total.files += tally.files;
    total.exact += tally.exact;
    total.sum += tally.sum;
    weights += WEIGHTS[axis];
    weighted += (WEIGHTS[axis] * tally.sum) / tally.files;
  }
  return {
    files: total.files,
    plain: total.sum / total.files,
    weighted: weighted / weights,
    exact: total.exact / total.files,
  };
}

function summary(tallies: Map<string, Tally>, mode: Mode): string {
  const { plain, weighted, exact } = means(tallies, mode);
  return `${plain.toFixed(3)} ${weighted.toFixed(3)} ${(exact * 100).toFixed(1).padStart(5)} %`;
}

function report(overall: Map<string, Tally>, bySource: readonly string[]): void {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const heads = `${'plain weighted  exact'.padEnd(22)} ${'plain weighted  exact'}`;
  print(`${''.padEnd(30)}${'dialect given'.padEnd(23)}all of it found out`);
  print(`${'source'.padEnd(30)}${heads}`);
  for (const line of bySource) print(line);
  print(`\n${'axis'.padEnd(30)}${'given'.padEnd(8)}${'exact'.padEnd(9)}${'auto'.padEnd(8)}${'exact'.padEnd(9)}files`);
  for (const axis of Object.keys(WEIGHTS) as Axis[]) {
    const tallies = MODES.map((mode) => overall.get(`${mode} ${axis}`));
    if (tallies[0] === undefined) continue;
    const cells = tallies.map(
      (tally) => `${(tally!.sum / tally!.files).toFixed(3).padEnd(8)}${percent(tally!).padEnd(9)}`,
    );
    print(`${axis.padEnd(30)}${cells.join('')}${tallies[0].files}`);
  }
  print(`\n${'all'.padEnd(30)}${MODES.map((mode) => summary(overall, mode)).join('  ')}`);
  for (const mode of MODES) {
    const { plain, weighted } = means(overall, mode);
    if (plain >= THRESHOLD.plain && weighted >= THRESHOLD.weighted) continue;
    print(`below the threshold, ${mode}: plain ${THRESHOLD.plain}, weighted ${THRESHOLD.weighted}`);
    process.exitCode = 1;
  }
}

/** Files that were misread without a line on standard error. There should be none. */
function reportSilent(silent: readonly string[]): void {
  process.stdout.write(`wrong without a message: ${silent.length}\n`);
  for (const name of silent.slice(0, 40)) process.stdout.write(`  ${name}\n`);
}

function percent({ exact, files }: Tally): string {
  return `${((100 * exact) / files).toFixed(1)} %`;
}

function showMiss(what: string, { name, expected }: Polluted, loaded: string[][] | null, score: RobustnessScore): void {
  const at = expected.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(loaded?.[i]));
  process.stdout.write(`${what} ${name} ${score.sum.toFixed(3)}: ${loaded?.length} rows of ${expected.length}\n`);
  process.stdout.write(`  expected ${JSON.stringify(expected[at])}\n  loaded   ${JSON.stringify(loaded?.[at])}\n`);
}

await main();
