/** Warnings of a run in words: a notice for each code and vendor, with examples. */
import { grouped } from '../text/counted.ts';
import { printable, printableCell } from '../text/printable.ts';
import { WARNING_WORDS, type WarningWords } from './words.ts';

/** Where something was seen. Texts are short, with control characters spelled out. */
export interface NoticeExample {
  /** Only where the notice itself names no vendor. */
  vendor_id?: string;
  file?: string;
  /** The physical line, from 1. */
  line?: number;
  /** The number of the record, from 1 with the header; where the line is not known. */
  row_number?: number;
  column?: string;
  cell?: string;
  /** What is beside it: a code, a price. */
  note?: string;
}

export interface Notice {
  /** The warnings' code. */
  code: string;
  /** Absent if the warning is of the run as a whole. */
  vendor_id?: string;
  /** The number of rows, cells or SKUs that it is about; where that is not counted, the number of warnings. */
  count: number;
  /** What was seen, in words, with the examples. */
  what: string;
  /** At most two. */
  examples: NoticeExample[];
  /** What it may mean. */
  means: string;
  /** What to do. */
  do: string;
}

export const EXAMPLES_MAX = 2;
/** The most examples in a warning itself. */
export const WARNING_EXAMPLES_MAX = 3;
/** The most characters of a cell in an example, and of a text in a warning. */
const CELL_CHARS = 60;
const NOTE_CHARS = 160;
const DETAIL_CHARS = 400;
/** Up to this many warnings of one code and vendor, a notice words each; beyond it, one of them. */
const WORDED_MAX = 2;

/** What a warning counts, with the examples that it names. */
export interface CountedExamples {
  count: number;
  examples: string[];
}

/** An example as a notice shows it, with what it is an example of. */
export interface ShownExample {
  code: string;
  vendorId: string | null;
  example: NoticeExample;
}

/** Collects examples while a run works: the first two of each code and vendor. */
export class NoticeExamples {
  readonly #examples = new Map<string, ShownExample[]>();

  /** Adds one, if there is room. */
  add(code: string, vendorId: string | null, example: NoticeExample): void {
    if (this.#of(code, vendorId).length < EXAMPLES_MAX)
      this.addShown({ code, vendorId, example: shownExample(example) });
  }

  /** Adds one that another collection gave. */
  addShown(shown: ShownExample): void {
    const { code, vendorId } = shown;
    const examples = this.#of(code, vendorId);
    if (examples.length < EXAMPLES_MAX) this.#examples.set(noticeKey(code, vendorId), [...examples, shown]);
  }

  /** Drops a code's examples from a vendor whose file is not used in the end. */
  dropOf(code: string, fromVendor: string): void {
    const kept = this.#of(code, null).filter(({ example }) => example.vendor_id !== fromVendor);
    this.#examples.set(noticeKey(code, null), kept);
  }

  of(code: string, vendorId: string | null): readonly NoticeExample[] {
    return this.#of(code, vendorId).map(({ example }) => example);
  }

  all(): ShownExample[] {
    return [...this.#examples.values()].flat();
  }

  #of(code: string, vendorId: string | null): readonly ShownExample[] {
    return this.#examples.get(noticeKey(code, vendorId)) ?? [];
  }
}

/** An example with short, printable texts, and its keys in a fixed order. */
function shownExample({ vendor_id, file, line, row_number, column, cell, note }: NoticeExample): NoticeExample {
  const shown = (text: string | undefined) => (text === undefined ? undefined : printableCell(text, CELL_CHARS));
  const all = {
    vendor_id,
    file: shown(file),
    line,
    row_number,
    column: shown(column),
    cell: shown(cell),
    note: note === undefined ? undefined : printableCell(note, NOTE_CHARS),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export interface NoticeSources {
  examples?: NoticeExamples;
  /** The number of invalid rows of the run; absent outside of a run. */
  invalidRows?: number;
  /** Where all warnings are, in words. */
  all?: string;
  /** What the codes of plugins mean, from their manifests. */
  meanings?: ReadonlyMap<string, string>;
}

/** One notice for each code and vendor, in the order of the warnings. */
export function noticesOf(warnings: readonly string[], sources: NoticeSources = {}): Notice[] {
  const groups = new Map<string, ReadWarning[]>();
  for (const text of warnings) {
    const warning = readWarning(text, sources);
    const key = noticeKey(warning.code, warning.vendorId);
    groups.set(key, [...(groups.get(key) ?? []), warning]);
  }
  return [...groups.values()].map((group) => noticeOf(group, sources));
}

/**
 * The warnings that another run did not have, or about more rows than there. Examples do not matter: another price of the
 * same SKU is no new warning.
 */
export function newWarnings(before: readonly string[], after: readonly string[]): string[] {
  const known = new Map(before.map(comparable));
  return after.filter((text) => {
    const [key, number] = comparable(text);
    return (known.get(key) ?? -1) < number;
  });
}

/** A warning without its number and examples, and its number. */
function comparable(text: string): [key: string, number: number] {
  const { code, parts } = readWarning(text, {});
  const { number = '0', examples: _examples, ...rest } = parts;
  return [JSON.stringify([code, rest]), Number(number)];
}

interface ReadWarning {
  code: string;
  words: WarningWords;
  /** The parts of its detail by the names in the form. */
  parts: Record<string, string>;
  vendorId: string | null;
}

function readWarning(text: string, { invalidRows = 0, meanings }: NoticeSources): ReadWarning {
  const code = text.split(':', 1)[0] ?? text;
  const detail = text.slice(code.length + 1);
  const words = Object.hasOwn(WARNING_WORDS, code)
    ? WARNING_WORDS[code as keyof typeof WARNING_WORDS]
    : pluginWords(detail, meanings?.get(code));
  const parts = words.form === '' ? { number: String(invalidRows) } : detailParts(detail, words.form.split(':'));
  return { code, words, parts, vendorId: parts.vendor ?? null };
}

/** For a code of a plugin: `code:vendor:number` for rows, `code:vendor` for a feed. */
function pluginWords(detail: string, meaning: string | undefined): WarningWords {
  const ofRows = /^[^:]*:\d+(:|$)/.test(detail);
  const means = meaning === undefined ? 'It is the code of a plugin.' : `${capital(meaning)}.`;
  return {
    form: ofRows ? 'vendor:number:examples' : 'vendor:examples',
    seen: ofRows ? 'A plugin reports {number|row|rows}' : 'A plugin reports the feed',
    means,
    do: 'Look at the documentation of the plugin.',
  };
}

/** The last name takes the rest of the text, with its colons. */
function detailParts(detail: string, names: readonly string[]): Record<string, string> {
  const cells = detail.split(':');
  const last = names.length - 1;
  const values = [...cells.slice(0, last), cells.slice(last).join(':')];
  return Object.fromEntries(names.flatMap((name, i) => (values[i] ? [[name, values[i]]] : [])));
}

function noticeOf(group: readonly ReadWarning[], sources: NoticeSources): Notice {
  const [first] = group as [ReadWarning, ...ReadWarning[]];
  const { code, words, vendorId } = first;
  const examples = sources.examples?.of(code, vendorId) ?? [];
  const numbers = group.map(({ parts }) => Number(parts.number ?? 1));
  const seen = group.slice(0, WORDED_MAX).map(({ words, parts }) => filledIn(words.seen, parts));
  if (group.length > WORDED_MAX) {
    const { all = sources.all ?? '`warnings`' } = words;
    seen.push(`and ${group.length - WORDED_MAX} more: ${all} has all ${group.length}`);
  }
  const shown =
    examples.length > 0
      ? examples.map(exampleText)
      : group.flatMap(({ parts }) => (parts.examples ? [printableCell(parts.examples, DETAIL_CHARS)] : []));
  return {
    code,
    ...(vendorId === null ? {} : { vendor_id: vendorId }),
    count: numbers.reduce((sum, number) => sum + number, 0),
    what: `${capital(seen.join('; '))}${shown.length === 0 ? '.' : `: ${shown.slice(0, EXAMPLES_MAX).join('; ')}`}`,
    examples: [...examples],
    means: words.means,
    do: words.do,
  };
}

function filledIn(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, many?: string) => {
    const value = parts[name] ?? '?';
    if (one === undefined) return printableCell(value, DETAIL_CHARS);
    return `${grouped(Number(value))} ${value === '1' ? one : many}`;
  });
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

/** `line 4 of feed.csv, sku "5.01E+12" (beside it)`. */
function exampleText({ vendor_id, file, line, row_number, column, cell, note }: NoticeExample): string {
  const row = line === undefined ? (row_number === undefined ? [] : [`row ${row_number}`]) : [`line ${line}`];
  const place = [vendor_id, ...row, file === undefined ? undefined : row.length > 0 ? `of ${file}` : file];
  const shown = [column, cell === undefined ? undefined : `"${cell}"`];
  const said = [place, shown].map((parts) => parts.filter((part) => part !== undefined).join(' '));
  const text = said.filter((part) => part !== '').join(', ');
  return printable(note === undefined ? text : `${text} (${note})`);
}

function noticeKey(code: string, vendorId: string | null): string {
  return `${code}:${vendorId ?? ''}`;
}
