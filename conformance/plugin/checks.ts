/** The named checks that every plugin must pass. */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { ROW_CODES } from '../../core/issue.ts';
import { pluginProblems } from '../../core/manifest.ts';
import type { PluginKind } from '../../core/plugin.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { BUILTINS_LOADED_ONCE } from '../../plugins/in-memory/builtins.ts';
import { measure } from './budgets.ts';
import { type ConformanceBudgets, type ExpectedRejection, type PluginFixture, suiteProblems } from './fixture.ts';
import { underGuard } from './guard.ts';
import { type FeedVariant, feedFilesOf, type Observation, reasonOf, resultOf } from './observe.ts';
import { jsonProblems, looseProblems } from './options.ts';
import { mergeOrderProblems, pricingOrderProblems } from './orders.ts';
import { variantsOf } from './variants.ts';
import type { Offence } from './watch.ts';

/** What a check examines. */
export interface CheckSubject {
  plugin: AnyPlugin;
  fixtures: readonly PluginFixture[];
  budgets: ConformanceBudgets;
  /** Milliseconds since an arbitrary moment. */
  clock: () => number;
  /** A run of a fixture. */
  observe(fixture: PluginFixture, variant?: FeedVariant): Promise<Observation>;
  /** A plain run of a fixture, shared by all checks. */
  reference(fixture: PluginFixture): Promise<Observation>;
}

export interface Check {
  id: CheckId;
  title: string;
  /** Checks that must pass first. */
  after: readonly CheckId[];
  kinds?: readonly PluginKind[];
  /** What is wrong; empty when nothing is. */
  problems(subject: CheckSubject): Promise<string[]> | string[];
}

export type CheckId = keyof typeof TITLES;

const TITLES = {
  suite: 'the fixtures can fail',
  manifest: 'the manifest is in order',
  example: 'the example of the options loads',
  options_json: 'options are JSON and nothing else',
  options_closed: 'options refuse what they do not know',
  answers: 'what it answers has the form that the contract asks for',
  expected: 'every fixture gives the rows and the rejections that it says',
  counts: 'every row is valid, rejected or skipped',
  row_order: 'rows keep the order of the feed',
  same_output: 'the same bytes give the same output',
  state: 'a price or a ranking depends on its own offers alone',
  mutation: 'it changes nothing that it is handed',
  views: 'it uses rows, offers and reports during their call only',
  issues: 'every issue has a code, a row and a column',
  codes: 'every code is declared in the manifest',
  pure: 'no clock, randomness, network, file, timer or environment',
  variants: 'a feed sent in another way gives the same',
  budgets: 'time and memory stay within the budgets',
} as const;

const FIRST: readonly CheckId[] = ['suite', 'manifest'];

export const CHECKS: readonly Check[] = [
  check('suite', [], ({ plugin, fixtures }) => suiteProblems(fixtures, plugin?.manifest?.kind)),
  check('manifest', [], ({ plugin }) => manifestProblems(plugin)),
  check('example', FIRST, exampleProblems),
  check('options_json', FIRST, ({ plugin, fixtures }) =>
    jsonProblems(plugin.manifest.options, goodOptions(plugin, fixtures)),
  ),
  check('options_closed', FIRST, ({ plugin, fixtures }) => {
    return looseProblems(plugin.manifest.options, goodOptions(plugin, fixtures));
  }),
  check('answers', FIRST, (subject) => offences(subject, 'answers')),
  check('expected', [...FIRST, 'answers'], (subject) => each(subject, expectedProblems)),
  check('counts', [...FIRST, 'answers', 'expected'], (subject) =>
    each(subject, (fixture, seen) => countProblems(fixture, seen, subject.plugin.manifest.kind)),
  ),
  {
    ...check('row_order', [...FIRST, 'answers', 'expected'], (subject) => each(subject, rowOrderProblems)),
    kinds: ['parser', 'validator'],
  },
  check('same_output', FIRST, sameOutputProblems),
  {
    ...check('state', [...FIRST, 'answers', 'same_output'], (subject) => each(subject, stateProblems)),
    kinds: ['pricing', 'merge'],
  },
  check('mutation', FIRST, (subject) => offences(subject, 'mutation')),
  check('views', FIRST, (subject) => offences(subject, 'views')),
  check('issues', FIRST, (subject) => offences(subject, 'issues')),
  check('codes', FIRST, async (subject) => [
    ...(await offences(subject, 'codes')),
    ...(await each(subject, codeProblems)),
  ]),
  check('pure', FIRST, pureProblems),
  check('variants', [...FIRST, 'answers', 'same_output'], variantProblems),
  check('budgets', [...FIRST, 'answers'], budgetProblems),
];

function check(id: CheckId, after: readonly CheckId[], problems: Check['problems']): Check {
  return { id, title: TITLES[id], after, problems };
}

function manifestProblems(plugin: AnyPlugin): string[] {
  const problems = pluginProblems(plugin);
  if (problems.length > 0) return problems;
  new Registry([plugin]);
  const { kind, id } = plugin.manifest;
  const taken = BUILTINS_LOADED_ONCE.find(({ manifest }) => manifest.kind === kind && manifest.id === id);
  return taken === undefined || taken.manifest === plugin.manifest
    ? []
    : [`${kind}/${id}: a plugin of Relay has this id; use another one`];
}

/** Options that are known to be good: the example, and what fixtures use. */
function goodOptions({ manifest }: AnyPlugin, fixtures: readonly PluginFixture[]): unknown[] {
  return [manifest.example, ...fixtures.map(({ options = {} }) => options)];
}

/** Takes the manifest's example through a config and JSON to running code. */
async function exampleProblems({ plugin, fixtures, reference }: CheckSubject): Promise<string[]> {
  const { manifest } = plugin;
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(manifest.example)), manifest.example)) return ['it is not JSON'];
  const parsed = (manifest.options as z.ZodType).safeParse(manifest.example);
  if (!parsed.success) return [`it does not load: ${parsed.error.issues[0]?.message}`];
  const { context } = (await reference(fixtures[0]!)).watch;
  const factory = (await plugin.load()) as (options: unknown, context: object | null) => unknown;
  try {
    manifest.check?.(parsed.data, {}, 'options');
    factory(parsed.data, context);
    return [];
  } catch (error) {
    return [`no code can be made with it: ${(error as Error).message}`];
  }
}

async function offences(subject: CheckSubject, kind: Offence): Promise<string[]> {
  return each(subject, (_fixture, { watch }) =>
    watch.offences.filter((one) => one.kind === kind).map((one) => one.text),
  );
}

async function each(
  { fixtures, reference }: CheckSubject,
  look: (fixture: PluginFixture, seen: Observation) => string[] | Promise<string[]>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const fixture of fixtures) {
    const found = await look(fixture, await reference(fixture));
    problems.push(...found.map((problem) => `"${fixture.name}": ${problem}`));
  }
  return problems;
}

function expectedProblems({ expect, feeds }: PluginFixture, seen: Observation): string[] {
  const { outcome } = seen.run;
  const wanted = expect.feedErrors ?? [];
  if (outcome.status === 'FAILED' && wanted.length === 0)
    return [`the run failed: ${outcome.error_code}: ${reasonOf(outcome)}`];
  const problems: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (!isDeepStrictEqual(ours, theirs))
      problems.push(`${what}: expected ${JSON.stringify(ours)}, came ${JSON.stringify(theirs)}`);
  };
  compare('errors of the feed', wanted, seen.feedErrors);
  const vendor = Object.keys(feeds)[0]!;
  const rejected = (expect.rejected ?? []).map((one) => ({ vendor, ...one }));
  compare(
    'rejected',
    rejected.map((one) => rejectionText(one, one.line !== undefined)),
    seen.rejected.map((one, i) => rejectionText(one, rejected[i]?.line !== undefined)),
  );
  if (expect.file !== undefined) compare('the file', expect.file, seen.file);
  compare('skipped rows', expect.skipped ?? 0, seen.skipped);
  for (const code of expect.warnings ?? [])
    if (!seen.warnings.includes(code)) problems.push(`no warning "${code}" came`);
  compare('number of rows', expect.rows.length, seen.rows.length);
  const [ours, theirs] = [expect.rows.toSorted(bySku), seen.rows.toSorted(bySku)];
  for (const [i, row] of ours.entries()) {
    const came = theirs[i] ?? {};
    compare(`row "${row.sku}"`, row, Object.fromEntries(Object.keys(row).map((column) => [column, came[column]])));
  }
  return problems;
}

function rejectionText({ vendor, row, line, column, code }: ExpectedRejection, withLine: boolean): string {
  return `${vendor} row ${row}${withLine ? ` line ${line}` : ''} ${column ?? '(row)'} ${code}`;
}

/** Code point order, as the engine sorts. */
function bySku(a: { sku?: string }, b: { sku?: string }): number {
  return Buffer.compare(Buffer.from(a.sku ?? ''), Buffer.from(b.sku ?? ''));
}

function countProblems({ rows, expect }: PluginFixture, seen: Observation, kind: PluginKind): string[] {
  const rejected = new Set(seen.rejected.map(({ vendor, row }) => `${vendor} ${row}`)).size;
  const sum = seen.order.length + rejected + seen.skipped;
  // a parser that fails the feed as a whole may not have counted every row by then
  const isCutShort = kind === 'parser' && (expect.feedErrors ?? []).length > 0;
  if (sum === rows || (isCutShort && sum < rows)) return [];
  return [
    `${rows} rows came in, and ${seen.order.length} valid, ${rejected} rejected and ${seen.skipped} skipped ones went out`,
  ];
}

function rowOrderProblems({ expect }: PluginFixture, seen: Observation): string[] {
  const wanted = expect.rows.map(({ sku }) => sku);
  // another check reports missing rows
  if (!isDeepStrictEqual(wanted.toSorted(), seen.order.toSorted()) || isDeepStrictEqual(wanted, seen.order)) return [];
  return [`the rows came as ${seen.order.join(', ')}, not as ${wanted.join(', ')}`];
}

/** Runs each fixture again: an earlier run must change nothing. So state belongs into the instance, which is new for each run. */
async function sameOutputProblems({ fixtures, observe, reference }: CheckSubject): Promise<string[]> {
  const problems: string[] = [];
  for (const fixture of fixtures) {
    const first = resultOf(await reference(fixture));
    if (resultOf(await observe(fixture)) !== first)
      problems.push(`"${fixture.name}": another run gives something else`);
  }
  return problems;
}

function stateProblems(_fixture: PluginFixture, { watch }: Observation): string[] {
  return watch.priced.length > 0 ? pricingOrderProblems(watch) : mergeOrderProblems(watch);
}

function codeProblems(_fixture: PluginFixture, { rejected, watch }: Observation): string[] {
  const declared = new Set([...Object.keys(ROW_CODES), ...watch.codes]);
  const odd = rejected.filter(({ code }) => !declared.has(code)).map(({ code }) => code);
  return [...new Set(odd)].map((code) => `rows are rejected with "${code}", which the manifest does not declare`);
}

async function pureProblems({ fixtures, observe, reference }: CheckSubject): Promise<string[]> {
  const problems: string[] = [];
  for (const fixture of fixtures) {
    // load everything lazy before measuring
    await reference(fixture);
    const reached = await underGuard(() => observe(fixture));
    problems.push(...reached.map((name) => `"${fixture.name}": it reaches for ${name}`));
  }
  return problems;
}

async function variantProblems({ fixtures, observe, reference }: CheckSubject): Promise<string[]> {
  const problems: string[] = [];
  for (const fixture of fixtures) {
    const seen = await reference(fixture);
    const plain = resultOf(seen);
    const originals = Object.entries(feedFilesOf(fixture));
    for (const { title, kind: _kind, ...variant } of variantsOf(fixture, seen)) {
      const other = await observe(fixture, variant);
      if (resultOf(other) === plain) continue;
      const why =
        other.run.outcome.error_message ?? `${other.rows.length} rows in place of ${seen.rows.length}, or other cells`;
      problems.push(`"${fixture.name}" ${title}: ${why} (${originals.map(([id]) => id).join(', ')})`);
    }
  }
  return problems;
}

async function budgetProblems({
  plugin,
  fixtures,
  observe,
  reference,
  budgets,
  clock,
}: CheckSubject): Promise<string[]> {
  const longest = fixtures.toSorted((a, b) => b.rows - a.rows)[0]!;
  const seen = await measure(
    { plugin, fixture: longest, observe, reference: await reference(longest), budgets },
    clock,
  );
  const problems: string[] = [];
  const rows = `${budgets.rows} rows made from "${longest.name}"`;
  // the time of a run that failed means nothing
  if (seen.failure !== null) return [`the run of ${rows} failed: ${seen.failure}`];
  if (seen.seconds > budgets.seconds)
    problems.push(`${rows} took ${seen.seconds.toFixed(1)} s; the budget is ${budgets.seconds} s`);
  if (seen.retainedBytes > budgets.retainedBytes) {
    problems.push(`${seen.retainedBytes} bytes are held after ${rows}; the budget is ${budgets.retainedBytes}`);
  }
  if (seen.lookaheadBytes > seen.lookaheadMax) {
    problems.push(
      `${seen.lookaheadBytes} bytes were read ahead of what was given out; the budget is ${Math.floor(seen.lookaheadMax)}: give each row as soon as it is read`,
    );
  }
  return problems;
}
