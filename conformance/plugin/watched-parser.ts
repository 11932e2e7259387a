/** Watches a parser: the bytes it receives, how far it reads ahead, and the feed it prepares. */
import { feedRowPlace, feedRowProblem } from '../../core/feed-row.ts';
import { WARNING_WORDS } from '../../core/notices/words.ts';
import { isIterable } from '../../core/pipeline/guarded-parser.ts';
import { rowAnswerProblem } from '../../core/pipeline/normalize/rows/hook.ts';
import type { FeedRow, FeedWarning, Layout, Parser, PreparedFeed } from '../../core/plugin.ts';
import { isStrayPromise } from '../../core/plugin-call.ts';
import { preparedFeedKeyProblem } from '../../core/plugin-hooks.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import { declared, typeName, type Watch, WRITES_BYTES } from './watch.ts';

export function watchedParser(parser: Parser, watch: Watch): Parser {
  return {
    prepare: async (source) => {
      let taken = 0;
      const counted: ByteSource = replacing(source, {
        async *open() {
          for await (const chunk of source.open()) {
            taken += chunk.length;
            const before = chunk.slice();
            const isSame = () => before.every((byte, i) => chunk[i] === byte);
            // it may keep the chunk, but must not write into it
            if (watch.keepsCalls) watch.lendBytes(isSame);
            yield chunk;
            if (!isSame()) watch.blame('mutation', WRITES_BYTES);
          }
          await watch.atFeedEnd();
        },
      });
      const feed = await parser.prepare(counted);
      watch.layout = feed?.layout ?? null;
      for (const problem of feedProblems(feed)) watch.blame('answers', problem);
      const layout = watchedLayout(feed?.layout, watch);
      return replacing(feed, {
        ...(layout === undefined ? {} : { layout }),
        open: () => watchedItems(feed, watch, () => taken),
        warnings: () =>
          listOfWarnings(feed, watch).map((warning) => {
            const code = typeof warning === 'string' ? warning : warning.code;
            // a parser may raise Relay's own warnings without declaring them
            if (!Object.hasOwn(WARNING_WORDS, code)) declared(code, watch);
            return warning;
          }),
      });
    },
  };
}

function listOfWarnings(feed: PreparedFeed, watch: Watch): readonly FeedWarning[] {
  const warnings = feed.warnings?.() ?? [];
  if (!Array.isArray(warnings)) watch.blame('answers', `warnings gives ${typeName(warnings)}, not a list of codes`);
  return warnings;
}

function watchedLayout(layout: Layout | undefined, watch: Watch): Layout | undefined {
  if (layout === undefined) return undefined;
  // a long feed repeats the rows of a fixture, so its footer is wrong
  const { footer: _footer, ...rest } = layout;
  const kept = watch.keepsCalls || layout.footer === undefined ? layout : rest;
  return kept.row === undefined ? kept : watchedRow(kept, kept.row, watch);
}

function watchedRow(layout: Layout, row: NonNullable<Layout['row']>, watch: Watch): Layout {
  let own: string[] = [];
  return replacing(layout, {
    row: (cells, header) => {
      // hands over a list that can be written, to see if it is
      if (own.length !== header.length || own.some((name, i) => header[i] !== name)) own = [...header];
      const names = header.join('\n');
      try {
        const answer = row(cells, own);
        if (own.join('\n') !== names)
          watch.blame('mutation', 'row() changes the header, which is the same list for all rows');
        const problem = rowAnswerProblem(answer);
        if (problem !== null) watch.blame('answers', `row(): ${problem}`);
        else if (answer !== null && !Array.isArray(answer)) declared(answer.code, watch);
        return answer;
      } catch (error) {
        watch.blame('answers', `row() throws: ${error instanceof Error ? error.message : error}`);
        throw error;
      }
    },
  });
}

/** An object of any class with some of its methods replaced. */
function replacing<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get: (_target, name) => {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name);
      const found = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

async function* watchedItems(
  feed: PreparedFeed,
  watch: Watch,
  taken: () => number,
): AsyncGenerator<Uint8Array | FeedRow> {
  const before = taken();
  let given = 0;
  let rows = 0;
  let atLastRow = before;
  const items: unknown = feed.open();
  if (isStrayPromise(items) || !isIterable(items)) {
    watch.blame(
      'answers',
      `open() gives ${typeName(items)}; it must give an async iterable of bytes or rows, such as an async generator`,
    );
    return;
  }
  for await (const item of items as AsyncIterable<Uint8Array | FeedRow>) {
    if (item instanceof Uint8Array) {
      watch.lookaheadBytes = Math.max(watch.lookaheadBytes, taken() - before - given);
      given += item.length;
      yield item;
      continue;
    }
    rows++;
    const problem = feedRowProblem(item, feed.fields ?? null);
    if (problem !== null) {
      watch.blame('answers', `open(): ${feedRowPlace(item, rows, feed.fields !== undefined)}${problem}`);
      return;
    }
    if (item.refuse !== undefined) declared(item.refuse.code, watch);
    // rows may be far smaller than their source, so what counts is how much is read between two of them
    watch.lookaheadBytes = Math.max(watch.lookaheadBytes, taken() - atLastRow);
    atLastRow = taken();
    yield item;
  }
}

function feedProblems(feed: PreparedFeed): string[] {
  const problems: string[] = [];
  for (const name of ['encoding', 'delimiter', 'reason'] as const) {
    if (typeof feed?.[name] !== 'string' || feed[name] === '') problems.push(`prepare() gives no ${name}`);
  }
  const odd = typeof feed === 'object' && feed !== null ? preparedFeedKeyProblem(feed) : null;
  if (odd !== null) problems.push(`prepare(): ${odd}`);
  if (typeof feed?.open !== 'function') problems.push('prepare() gives no open()');
  return problems;
}
