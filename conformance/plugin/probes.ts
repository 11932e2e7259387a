/** Puts a watch around a plugin: the engine calls it as ever, and what it does with what it is handed is written down. */
import { CANONICAL_COLUMNS } from '../../core/canonical.ts';
import { ISSUE_CODE_FORM } from '../../core/manifest.ts';
import { Money } from '../../core/money/money.ts';
import type {
  FeedReport,
  Layout,
  MergeStrategy,
  Offer,
  Parser,
  PreparedFeed,
  PricingRule,
  Row,
  RowReport,
  Validator,
} from '../../core/plugin.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import type { AnyPlugin } from '../../core/registry.ts';
import { snapshot, view } from './views.ts';

/** What a plugin can do wrong where only a watch sees it. */
export type Offence = 'answers' | 'mutation' | 'views' | 'issues' | 'codes';

export class Watch {
  readonly offences: Array<{ kind: Offence; text: string }> = [];
  /** Calls of a pricing rule, and offers that a strategy was asked about with its answer, as they were. */
  readonly priced: Array<{ offer: Offer; price: Money | null; answer: Money | null }> = [];
  readonly groups: Array<{ offers: Offer[]; answer: readonly Offer[] }> = [];
  /** Kept, so that what the code holds on to stays in memory as it does in a run. */
  readonly instances: unknown[] = [];
  /** Codes that the manifest declares. */
  codes: readonly string[] = [];
  /** What the code was last made with, beside its options. */
  context: object | null = null;
  /** Makes another instance of the code, with the options and the context of the last one. */
  fresh: () => unknown = () => undefined;
  /** The layout that a parser settled on, of the last feed. */
  layout: Layout | null = null;
  /** Bytes that a parser took in ahead of what it gave out, at the most. */
  lookaheadBytes = 0;
  /** Whether calls are kept; a long feed would fill the memory. */
  readonly keepsCalls: boolean;
  readonly #untouched: Array<() => boolean> = [];

  constructor(keepsCalls = true) {
    this.keepsCalls = keepsCalls;
  }

  /** From now to the end, `values` must stay as they are. */
  lend(...values: unknown[]): void {
    const before = snapshot(values);
    this.#untouched.push(() => snapshot(values) === before);
  }

  /** To be called when the run is over. */
  settle(): void {
    if (!this.#untouched.every((same) => same())) this.blame('mutation', 'it changes its options, or the config');
  }

  blame(kind: Offence, text: string): void {
    if (this.offences.length < 20 && !this.offences.some((one) => one.kind === kind && one.text === text)) {
      this.offences.push({ kind, text });
    }
  }
}

/** The plugin with a watch around its code; `load` has been awaited already, so that loading is not watched. */
export async function watched(plugin: AnyPlugin, watch: Watch): Promise<AnyPlugin> {
  watch.codes = Object.keys(plugin.manifest.codes ?? {});
  const factory = (await plugin.load()) as (options: unknown, context: object) => unknown;
  const create = (options: unknown, context: object) => {
    watch.lend(options, context);
    watch.context = context;
    watch.fresh = () => factory(options, context);
    const instance = watch.fresh();
    watch.instances.push(instance);
    return wrapped(plugin, instance, watch);
  };
  return { manifest: plugin.manifest, load: async () => create } as unknown as AnyPlugin;
}

function wrapped(plugin: AnyPlugin, instance: unknown, watch: Watch): unknown {
  if (typeof instance !== 'object' || instance === null) {
    watch.blame('answers', `the factory gives ${typeName(instance)}, not an object`);
    return instance;
  }
  switch (plugin.manifest.kind) {
    case 'parser':
      return watchedParser(instance as Parser, watch);
    case 'validator':
      return watchedValidator(instance as Validator, watch);
    case 'pricing':
      return watchedRule(instance as PricingRule, watch);
    default:
      return watchedStrategy(instance as MergeStrategy, watch);
  }
}

function watchedParser(parser: Parser, watch: Watch): Parser {
  return {
    prepare: async (source) => {
      let taken = 0;
      const counted: ByteSource = replacing(source, {
        async *open() {
          for await (const chunk of source.open()) {
            taken += chunk.length;
            const before = chunk.slice();
            yield chunk;
            if (before.some((byte, i) => chunk[i] !== byte)) {
              watch.blame('mutation', 'it writes into the bytes of the feed');
            }
          }
        },
      });
      const feed = await parser.prepare(counted);
      watch.layout = feed?.layout ?? null;
      for (const problem of feedProblems(feed)) watch.blame('answers', problem);
      return replacing(feed, {
        open: () => watchedBytes(feed, watch, () => taken),
        warnings: () => (feed.warnings?.() ?? []).map((code) => declared(code, watch)),
      });
    },
  };
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

async function* watchedBytes(feed: PreparedFeed, watch: Watch, taken: () => number): AsyncIterable<Uint8Array> {
  const before = taken();
  let given = 0;
  for await (const chunk of feed.open()) {
    if (!(chunk instanceof Uint8Array)) {
      watch.blame('answers', `open() gives ${typeName(chunk)}, not bytes`);
      return;
    }
    watch.lookaheadBytes = Math.max(watch.lookaheadBytes, taken() - before - given);
    given += chunk.length;
    yield chunk;
  }
}

function feedProblems(feed: PreparedFeed): string[] {
  const problems: string[] = [];
  for (const name of ['encoding', 'delimiter', 'reason'] as const) {
    if (typeof feed?.[name] !== 'string' || feed[name] === '') problems.push(`prepare() gives no ${name}`);
  }
  if (typeof feed?.open !== 'function') problems.push('prepare() gives no open()');
  return problems;
}

/** The code, which must be one of the manifest's. */
function declared(code: string, watch: Watch): string {
  if (typeof code !== 'string' || !ISSUE_CODE_FORM.test(code)) {
    watch.blame(
      'issues',
      `an issue has the code ${JSON.stringify(code)}, which does not match ${ISSUE_CODE_FORM.source}`,
    );
  } else if (!watch.codes.includes(code))
    watch.blame('codes', `it raises "${code}", which its manifest does not declare`);
  return code;
}

function watchedValidator(validator: Validator, watch: Watch): Validator {
  if (validator.check === undefined && validator.finish === undefined) {
    watch.blame('answers', 'it has neither check nor finish');
  }
  const answered = (name: string, answer: unknown) => {
    if (answer !== undefined)
      watch.blame('answers', `${name} gives ${typeName(answer)}; it must give nothing, at once`);
  };
  return {
    ...(validator.check === undefined
      ? {}
      : {
          check: (row: Row, report: RowReport) => {
            const seen = view(row, `row ${row.rowNumber}`, watch);
            const own = view<RowReport>(
              {
                error: (code, column, reason) => {
                  declared(code, watch);
                  if (column !== null && !(CANONICAL_COLUMNS as readonly unknown[]).includes(column)) {
                    watch.blame('issues', `an issue has the column ${JSON.stringify(column)}, which is not canonical`);
                  }
                  if (typeof reason !== 'string' || reason === '') watch.blame('issues', 'an issue has no reason');
                  report.error(code, column, reason);
                },
                warning: (code) => {
                  declared(code, watch);
                  report.warning(code);
                },
              },
              'a report',
              watch,
            );
            answered('check', validator.check!(seen.value, own.value));
            seen.end();
            own.end();
          },
        }),
    ...(validator.finish === undefined
      ? {}
      : {
          finish: (report: FeedReport) => {
            const own = view<FeedReport>(
              {
                vendorId: report.vendorId,
                validRows: report.validRows,
                invalidRows: report.invalidRows,
                error: (code, reason) => {
                  declared(code, watch);
                  if (typeof reason !== 'string' || reason === '') watch.blame('issues', 'an issue has no reason');
                  report.error(code, reason);
                },
                warning: (code) => {
                  declared(code, watch);
                  report.warning(code);
                },
              },
              'a report',
              watch,
            );
            answered('finish', validator.finish!(own.value));
            own.end();
          },
        }),
  };
}

function watchedRule(rule: PricingRule, watch: Watch): PricingRule {
  return {
    price: ({ offer, price }) => {
      const seen = view(offer, `the offer for ${offer.sku}`, watch);
      const step = view({ offer: seen.value, price }, 'a step', watch);
      const answer: unknown = rule.price(step.value);
      step.end();
      seen.end();
      if (answer !== null && !(answer instanceof Money)) {
        watch.blame('answers', `price gives ${typeName(answer)}, not Money or null`);
      } else if (watch.keepsCalls) watch.priced.push({ offer: copyOf(offer), price, answer });
      return answer as Money | null;
    },
  };
}

function watchedStrategy(strategy: MergeStrategy, watch: Watch): MergeStrategy {
  const { leadTimeFallbackDays: days } = strategy;
  if (days !== null && !(Number.isSafeInteger(days) && days >= 0)) {
    watch.blame('answers', `leadTimeFallbackDays is ${typeName(days)}, not null or whole days`);
  }
  if (strategy.compare === undefined && strategy.choose === undefined) {
    watch.blame('answers', 'it has neither compare nor choose');
  }
  return {
    leadTimeFallbackDays: days,
    ...(strategy.compare === undefined
      ? {}
      : {
          compare: (a: Offer, b: Offer) => {
            const [first, second] = [
              view(a, `the offer for ${a.sku}`, watch),
              view(b, `the offer for ${b.sku}`, watch),
            ];
            const answer = strategy.compare!(first.value, second.value);
            first.end();
            second.end();
            if (watch.keepsCalls) watch.groups.push({ offers: [copyOf(a), copyOf(b)], answer: [] });
            if (typeof answer !== 'number' || Number.isNaN(answer)) {
              watch.blame('answers', `compare gives ${typeName(answer)}, not a number`);
            }
            return answer;
          },
        }),
    ...(strategy.choose === undefined
      ? {}
      : { choose: (offers: readonly Offer[]) => watchedChoice(strategy, offers, watch) }),
  };
}

function watchedChoice(strategy: MergeStrategy, offers: readonly Offer[], watch: Watch): readonly Offer[] {
  const views = offers.map((offer) => view(offer, `the offer for ${offer.sku}`, watch));
  const handed = views.map((one) => one.value);
  const chosen: unknown = strategy.choose!(handed);
  if (handed.length !== views.length || views.some((one, i) => handed[i] !== one.value)) {
    watch.blame('mutation', 'it changes the list of offers that it is handed');
  }
  const own = new Map(views.map((one, i) => [one.value, offers[i]!]));
  const list = Array.isArray(chosen) ? chosen : null;
  if (list === null || list.some((one) => !own.has(one)) || new Set(list).size < list.length) {
    watch.blame('answers', 'choose must give a list of the offers that it was handed, each once at the most');
  }
  for (const one of views) one.end();
  const answer = (list ?? []).flatMap((one) => own.get(one) ?? []);
  if (watch.keepsCalls) watch.groups.push({ offers: offers.map(copyOf), answer: answer.map(copyOf) });
  return answer;
}

function typeName(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return value === null ? 'null' : typeof value === 'number' ? String(value) : typeof value;
}

const OFFER_FIELDS = [
  ...['sku', 'vendorId', 'rowNumber', 'quantity', 'leadTimeDays', 'cost', 'mapPrice', 'price', 'costMicros'],
  ...['mapPriceMicros', 'priceMicros', 'msrp', 'condition', 'vendorSku', 'brand', 'title', 'updatedAt'],
] as ReadonlyArray<keyof Offer>;

/** The offer as it stands now: the engine's own is only good during the call. */
export function copyOf(offer: Offer): Offer {
  return Object.fromEntries(OFFER_FIELDS.map((name) => [name, readable(offer, name)])) as unknown as Offer;
}

/** A column that the manifest does not name may not be there. */
function readable(offer: Offer, name: keyof Offer): unknown {
  try {
    return offer[name];
  } catch {
    return null;
  }
}
