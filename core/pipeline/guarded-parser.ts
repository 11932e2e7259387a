/**
 * Wraps a parser for the engine. If its code throws or returns something of the wrong form, the error is a
 * `plugin_failed` that names parser, hook and file. Errors of the feed (`RelayError`) and of its source pass through
 * unchanged.
 */
import { pluginFailed, RelayError } from '../errors.ts';
import { feedRowPlace, feedRowProblem, rowPlace } from '../feed-row.ts';
import { layoutProblem } from '../layout-problem.ts';
import { WARNING_WORDS } from '../notices/words.ts';
import type { FeedRow, FeedWarning, Layout, Manifest, Parser, PreparedFeed, RowRefusal } from '../plugin.ts';
import {
  answerName,
  callHook,
  expectListed,
  hookFailure,
  type IssueCodes,
  isStrayPromise,
  unlistedCode,
} from '../plugin-call.ts';
import { preparedFeedKeyProblem } from '../plugin-hooks.ts';
import type { ByteSource } from '../ports/engine.ts';
import { FEED_CODES, isFeedError } from '../run-codes.ts';
import type { HookWaits } from './hook-waits.ts';

export interface GuardSetting {
  manifest: Pick<Manifest, 'id' | 'codes'>;
  vendorId: string;
  waits: HookWaits;
}

export function guardedParser(parser: Parser, setting: GuardSetting): Parser {
  return { prepare: (source) => new ParserCalls(parser, setting, source).prepare() };
}

class ParserCalls {
  readonly #parser: Parser;
  readonly #id: string;
  readonly #codes: IssueCodes;
  readonly #source: ByteSource;
  readonly #vendorId: string;
  readonly #waits: HookWaits;
  /** Errors that the source threw: a broken environment is not the parser's fault. */
  readonly #sourceErrors = new Set<unknown>();

  constructor(parser: Parser, { manifest: { id, codes = {} }, vendorId, waits }: GuardSetting, source: ByteSource) {
    this.#parser = parser;
    this.#vendorId = vendorId;
    this.#waits = waits;
    this.#id = id;
    this.#codes = codes;
    this.#source = source;
  }

  async prepare(): Promise<PreparedFeed> {
    let feed: PreparedFeed;
    try {
      const call = () => this.#parser.prepare(this.#watchedSource());
      feed = await this.#waits.of(this.#what('prepare()'), this.#vendorId, this.#number('prepare()'), call);
    } catch (error) {
      throw this.#failure('prepare()', error);
    }
    const problem = feedProblem(feed);
    if (problem !== null) throw pluginFailed(this.#what('prepare()'), problem);
    const { encoding, delimiter, reason, layout, secondOpinion, text } = feed;
    return {
      encoding,
      delimiter,
      reason,
      layout: this.#guardedLayout(layout),
      ...(secondOpinion === undefined ? {} : { secondOpinion }),
      ...(text === undefined ? {} : { text }),
      warnings: () => this.#warnings(feed),
      ...(feed.fields === undefined ? {} : { fields: feed.fields }),
      open: () => this.#open(feed),
    };
  }

  #guardedLayout(layout: Layout): Layout {
    const { repair, row } = layout;
    return {
      ...layout,
      ...(repair === undefined ? {} : { repair: this.#guardedRepair(repair) }),
      ...(row === undefined ? {} : { row: this.#withKnownCodes(row) }),
    };
  }

  /** A row may only be refused with a code that the manifest lists. */
  #withKnownCodes(row: NonNullable<Layout['row']>): typeof row {
    const call = this.#noted('row()', row);
    return (cells, header) => {
      const answer = call(cells, header);
      const problem = answer === null || Array.isArray(answer) ? null : this.#codeProblem(answer);
      if (problem !== null) throw new Error(problem);
      return answer;
    };
  }

  #codeProblem(refusal: Partial<RowRefusal> | undefined): string | null {
    const code = refusal?.code;
    return typeof code === 'string' ? unlistedCode(code, this.#codes, 'refuses with') : null;
  }

  #guardedRepair(repair: NonNullable<PreparedFeed['layout']['repair']>): typeof repair {
    const mend = this.#noted('layout.repair.mend()', (text: string) => repair.mend(text));
    const isRow = (cells: unknown) => cells === null || (Array.isArray(cells) && cells.every(isText));
    return {
      width: repair.width,
      mend: (text) =>
        callHook(
          this.#what('layout.repair.mend()'),
          () => mend(text),
          (cells) =>
            isRow(cells) ? null : `it returned ${answerName(cells)}; it must return a list of texts, or null`,
        ),
    };
  }

  #warnings(feed: PreparedFeed): readonly FeedWarning[] {
    return callHook(
      this.#what('warnings()'),
      () => this.#listedWarnings(this.#noted('warnings()', () => feed.warnings?.() ?? [])()),
      (codes) =>
        Array.isArray(codes) && codes.every(isWarning)
          ? null
          : `it returned ${answerName(codes)}; it must return a list of codes`,
    );
  }

  /** Relay's own warnings may come through a parser too, such as those about its encoding. */
  #listedWarnings(warnings: readonly FeedWarning[]): readonly FeedWarning[] {
    if (!Array.isArray(warnings)) return warnings;
    for (const warning of warnings) {
      const code: unknown = isText(warning) ? warning : warning?.code;
      if (isText(code) && !Object.hasOwn(WARNING_WORDS, code)) expectListed(code, this.#codes, 'warns with');
    }
    return warnings;
  }

  async *#open(feed: PreparedFeed): AsyncGenerator<Uint8Array | FeedRow> {
    const waits = this.#waits;
    const what = this.#what('open()');
    const number = this.#number('open()');
    let last: FeedRow | null = null;
    let rows = 0;
    try {
      const items: unknown = this.#noted('open()', () => feed.open())();
      if (isStrayPromise(items) || !isIterable(items)) {
        throw new Error(`it returned ${answerName(items)}; it must return an async iterable of bytes or rows`);
      }
      let isFirst = true;
      let givesBytes = false;
      waits.begin(what, this.#vendorId, number);
      for await (const item of items) {
        waits.end();
        const isBytes = item instanceof Uint8Array;
        if (isFirst) this.#checkFirst(feed, isBytes);
        if (isFirst) givesBytes = isBytes;
        else if (isBytes !== givesBytes)
          throw new Error(`it gave ${isBytes ? 'bytes after rows' : 'something else after bytes'}`);
        isFirst = false;
        if (isBytes) yield item;
        else {
          // a row that is wrong is named itself
          last = null;
          last = this.#checkedRow(item, feed, ++rows);
          yield last;
        }
        waits.begin(what, this.#vendorId, number);
      }
    } catch (error) {
      throw this.#failure(
        'open()',
        error,
        last === null ? '' : `, after ${rowPlace(last, rows, feed.fields !== undefined)}`,
      );
    } finally {
      waits.end();
    }
  }

  #checkFirst({ fields, layout }: PreparedFeed, isBytes: boolean): void {
    if (isBytes && fields !== undefined) throw new Error('it gave bytes; fields names the columns of rows');
    if (!isBytes && layout.skipLines > 0)
      throw new Error('it gave rows; lines to skip (skip_lines, preamble) are for bytes');
  }

  /** `count` is the number of rows so far, with this one. */
  #checkedRow(row: unknown, { fields }: PreparedFeed, count: number): FeedRow {
    const problem = feedRowProblem(row, fields ?? null) ?? this.#codeProblem((row as FeedRow).refuse);
    if (problem !== null) throw new Error(`${feedRowPlace(row, count, fields !== undefined)}${problem}`);
    return row as FeedRow;
  }

  #watchedSource(): ByteSource {
    const source = this.#source;
    const errors = this.#sourceErrors;
    const waits = this.#waits;
    return {
      name: source.name,
      get size() {
        return source.size;
      },
      async *open() {
        try {
          for await (const chunk of source.open()) {
            waits.goOn();
            yield chunk;
          }
        } catch (error) {
          errors.add(error);
          throw error;
        }
      },
    };
  }

  #number(hook: string): number {
    return this.#waits.numberOf(hook, { kind: 'parser', id: this.#id });
  }

  #noted<A extends unknown[], T>(hook: string, call: (...given: A) => T): (...given: A) => T {
    return this.#waits.noted(hook, { kind: 'parser', id: this.#id }, call);
  }

  #what(hook: string, place = ''): string {
    return hookFailure(hook, { kind: 'parser', id: this.#id }, `${this.#source.name}${place}`);
  }

  /** `place` is where the hook had got to. */
  #failure(hook: string, error: unknown, place = ''): unknown {
    if (this.#isOfSource(error) || isFeedError(error)) return error;
    if (!(error instanceof RelayError)) return pluginFailed(this.#what(hook, place), error);
    if (LIBRARY_CODES.has(error.code)) return error;
    const due = `a feed that is wrong is one of ${[...FEED_CODES].join(', ')}`;
    return pluginFailed(
      this.#what(hook),
      `it threw a RelayError with the code "${error.code}"; ${due}: ${error.message}`,
    );
  }

  /** True also if the parser wrapped the source's error in one of its own. */
  #isOfSource(error: unknown): boolean {
    let one = error;
    for (let depth = 0; depth < CAUSES_MAX && one !== undefined; depth++) {
      if (this.#sourceErrors.has(one)) return true;
      one = one instanceof Error ? one.cause : undefined;
    }
    return false;
  }
}

/** Further codes of errors that the library for parsers throws. */
const LIBRARY_CODES: ReadonlySet<string> = new Set(['plugin_failed', 'UNKNOWN_ENCODING']);

const CAUSES_MAX = 10;

function feedProblem(feed: unknown): string | null {
  if (typeof feed !== 'object' || feed === null) return `it gave ${answerName(feed)}, not a prepared feed`;
  const given = feed as Partial<PreparedFeed>;
  for (const name of ['encoding', 'delimiter', 'reason'] as const) {
    if (!isText(given[name]) || given[name] === '') return `it gave no ${name}`;
  }
  const odd = preparedFeedKeyProblem(feed);
  if (odd !== null) return odd;
  if (typeof given.open !== 'function') return 'it gave no open()';
  const fields = fieldsProblem(given);
  if (fields !== null) return fields;
  if (given.warnings !== undefined && typeof given.warnings !== 'function') return 'warnings must be a function';
  return layoutProblem(given.layout);
}

function fieldsProblem({ fields, layout }: Partial<PreparedFeed>): string | null {
  if (fields === undefined) return null;
  if (!Array.isArray(fields) || !fields.every(isText)) return 'fields must be a list of texts';
  if (new Set(fields).size < fields.length) return 'fields names a column twice';
  return layout?.header === true ? null : 'fields names the columns: layout.header must be true';
}

/** A code, or a code with what was seen. */
function isWarning(warning: unknown): boolean {
  if (isText(warning)) return true;
  if (typeof warning !== 'object' || warning === null) return false;
  const { code, detail, examples = [] } = warning as Record<string, unknown>;
  return (
    isText(code) && (detail === undefined || isText(detail)) && Array.isArray(examples) && examples.every(isExample)
  );
}

function isExample(example: unknown): boolean {
  if (typeof example !== 'object' || example === null) return false;
  const { line, cell, note } = example as Record<string, unknown>;
  return typeof line === 'number' && isText(cell) && (note === undefined || isText(note));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
