/** What an author provides beside a plugin: feeds, and the expected results. */
import type { CanonicalColumn } from '../../core/canonical.ts';
import type { PluginKind } from '../../core/plugin.ts';
import { formProblems } from './fixture-form.ts';

/** The bytes of a file, or its text in UTF-8. The name matters only if the parser looks at it. */
export type FixtureFile = string | Uint8Array | { name: string; bytes: string | Uint8Array };

export interface ExpectedRejection {
  /** As in `errors.json`: the header is row 1. */
  row: number;
  /** The physical line; not compared unless given. */
  line?: number;
  column: CanonicalColumn | string | null;
  code: string;
  /** Needed where there is more than one feed. */
  vendor?: string;
}

export interface PluginFixture {
  /** What it shows. Must be unique among the fixtures. */
  name: string;
  /**
   * What vendors sent, by vendor id. For a parser in the format that it reads, otherwise CSV with the canonical columns
   * as its header.
   */
  feeds: Readonly<Record<string, FixtureFile>>;
  /** Files beside the feeds that a parser joins, by the `local_path` or `s3_key` that its options give. */
  sideFiles?: Readonly<Record<string, string | Uint8Array>>;
  /** The plugin's options as in a config; `{}` by default. */
  options?: unknown;
  /** Settings of `vendors[]` for every vendor, such as `{ parser: { delimiter: ';' } }`. */
  vendor?: object;
  /** Settings of the tenant, such as `{ pricing: { min_price: 5 } }`. */
  tenant?: object;
  /** Output format: what the file is; `full` by default. */
  content?: 'full' | 'delta';
  /** Output format: the feed that is published, for a delta: CSV with the canonical columns. */
  published?: string;
  /**
   * Data rows in all feeds, counted by hand: valid, rejected and skipped ones. With a parser's `feedErrors` at most so many;
   * 0 if the feed fails before its first row.
   */
  rows: number;
  expect: FixtureExpectation;
  /** Ways to send the same feed that cannot be tried here, each with the reason. */
  skip?: Partial<Record<VariantName, string>>;
}

export type VariantName = 'byte_order_mark' | 'line_ends' | 'gzip' | 'chunks';

export interface FixtureExpectation {
  /**
   * Parser and validator: the valid rows in the order of the feed. Pricing rule and merge strategy: the rows of the
   * merged feed; of an output format too. Columns as those files have them; those that are not named are not compared.
   */
  rows: ReadonlyArray<Partial<Record<CanonicalColumn, string>>>;
  /** Output format: the whole file, as text. */
  file?: string;
  /** Rows that are left out with a reason, in the order of the feed. */
  rejected?: readonly ExpectedRejection[];
  /** Rows that the parser passes over; they are counted. */
  skipped?: number;
  /** Codes of the plugin's own warnings. */
  warnings?: readonly string[];
  /** Codes against a feed as a whole: a validator's, or a parser's such as `invalid_input`. */
  feedErrors?: readonly string[];
}

/** Limits that a plugin must keep on a feed of `rows` rows made from its fixtures. */
export interface ConformanceBudgets {
  rows: number;
  /** CPU time for all rows together. */
  seconds: number;
  /** Bytes still held after the feed was read. Infinity skips this measurement and its garbage collections. */
  retainedBytes: number;
  /** Bytes that a parser may read before it yields the first. */
  lookaheadBytes: number;
}

export const DEFAULT_BUDGETS: ConformanceBudgets = {
  rows: 10_000,
  seconds: 10,
  retainedBytes: 64 * 1024 * 1024,
  lookaheadBytes: 1024 * 1024,
};

/** Reasons why the fixtures could not fail; empty if they can. */
export function suiteProblems(fixtures: readonly PluginFixture[], kind: PluginKind): string[] {
  if (!Array.isArray(fixtures) || fixtures.length === 0) return ['there are no fixtures: nothing would be tested'];
  const malformed = fixtures.flatMap((fixture, i) =>
    formProblems(fixture).map((problem) => `"${nameOf(fixture, i)}": ${problem}`),
  );
  // the checks below rely on well-formed fixtures
  if (malformed.length > 0) return malformed;
  const problems: string[] = [];
  const names = new Map<string, number>();
  const inputs = new Map<string, string>();
  for (const [i, fixture] of fixtures.entries()) {
    const name = nameOf(fixture, i);
    if (!fixture.name) problems.push(`${name} has no name`);
    if (names.has(name)) problems.push(`two fixtures are called "${name}"`);
    names.set(name, i);
    problems.push(...fixtureProblems(fixture).map((problem) => `"${name}": ${problem}`));
    const input = inputOf(fixture);
    if (inputs.has(input)) problems.push(`"${name}" has the inputs of "${inputs.get(input)}"`);
    else inputs.set(input, name);
  }
  return [...problems, ...kindProblems(fixtures, kind)];
}

/** The fixtures that no problem names; null if a problem is about none of them, or about the suite as a whole. */
export function fixturesWithout(
  problems: readonly string[],
  fixtures: readonly PluginFixture[],
): readonly PluginFixture[] | null {
  const isNamed = (problem: string, i: number) => problem.startsWith(`"${nameOf(fixtures[i], i)}"`);
  const indexes = [...fixtures.keys()];
  if (!problems.every((problem) => indexes.some((i) => isNamed(problem, i)))) return null;
  return fixtures.filter((_, i) => !problems.some((problem) => isNamed(problem, i)));
}

function nameOf(fixture: PluginFixture | undefined, i: number): string {
  return fixture?.name || `fixture ${i + 1}`;
}

/** What at least one fixture must show, so that a plugin that does nothing cannot pass. */
function kindProblems(fixtures: readonly PluginFixture[], kind: PluginKind): string[] {
  const some = (shows: (expect: FixtureExpectation) => boolean) =>
    fixtures.some(({ expect }) => expect && shows(expect));
  const problems: string[] = [];
  if (!some(({ rows }) => rows?.length > 0)) problems.push('no fixture expects a row');
  if (kind === 'validator' && !some((expect) => objections(expect) > 0)) {
    problems.push('no fixture expects the validator to object: one that lets everything pass would do');
  }
  if (kind === 'pricing' && !some(({ rows }) => rows?.some((row) => row.price !== undefined))) {
    problems.push('no fixture expects a price');
  }
  if (kind === 'output' && !some(({ file }) => file !== undefined)) {
    problems.push('no fixture expects a file: a format that writes anything would do');
  }
  if (kind === 'merge' && !fixtures.some(({ feeds, expect }) => expect && expect.rows?.length < rowCount(feeds))) {
    problems.push('no fixture has several offers for one SKU: there is nothing to choose');
  }
  return problems;
}

function objections({ rejected = [], warnings = [], feedErrors = [] }: FixtureExpectation): number {
  return rejected.length + warnings.length + feedErrors.length;
}

/** Lines after the headers. */
function rowCount(feeds: PluginFixture['feeds']): number {
  const lines = Object.values(feeds ?? {}).map((file) => fileBytes(file).filter((byte) => byte === 10).length - 1);
  return lines.reduce((sum, count) => sum + count, 0);
}

function fixtureProblems({ feeds, rows, expect }: PluginFixture): string[] {
  const problems: string[] = [];
  if (Object.keys(feeds ?? {}).length === 0) problems.push('it has no feeds');
  const { rows: wanted = [], rejected = [], feedErrors = [] } = expect ?? {};
  // a feed that fails as a whole may fail before its first row
  const fewest = feedErrors.length > 0 ? 0 : 1;
  if (!Number.isSafeInteger(rows) || rows < fewest) problems.push('it has no rows: it could not fail');
  if (wanted.length + rejected.length + feedErrors.length === 0) {
    problems.push('it expects neither rows nor rejections: it could not fail');
  }
  const bare = wanted.find((row) => row.sku === undefined || Object.keys(row).length < 2);
  if (bare !== undefined) problems.push('an expected row needs its sku and at least one more column');
  return problems;
}

/** All that a run of the fixture depends on. */
function inputOf({ feeds, sideFiles, options, vendor, tenant, content, published }: PluginFixture): string {
  const files = Object.entries(feeds ?? {}).map(([id, file]) => [id, fileName(file), [...fileBytes(file)]]);
  const sides = Object.entries(sideFiles ?? {}).map(([path, file]) => [path, [...fileBytes(file)]]);
  return JSON.stringify([files, sides, options ?? {}, vendor ?? {}, tenant ?? {}, content ?? '', published ?? '']);
}

export function fileBytes(file: FixtureFile): Uint8Array {
  if (typeof file === 'string') return new TextEncoder().encode(file);
  if (file instanceof Uint8Array) return file;
  return fileBytes(file.bytes);
}

export function fileName(file: FixtureFile): string {
  return typeof file === 'string' || file instanceof Uint8Array ? 'feed.csv' : file.name;
}
