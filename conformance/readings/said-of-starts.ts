/** Where small tables start, with all that may be above their first row, in a line for each twenty of them. */
import { createHash } from 'node:crypto';
import { firstTableEnd } from '../../plugins/parsers/kit/table/detect/blocks.ts';
import { score } from '../../plugins/parsers/kit/table/detect/dialect-score.ts';
import { findTableStart } from '../../plugins/parsers/kit/table/detect/table-start.ts';
import { Random } from '../oracle/generate/random.ts';

const TABLES_PER_LINE = 20;
export const START_COUNT = 300;

const NAMES = 'sku|title|qty|cost|brand|state|2019|2020|note|Item no|a,b|col 9|#|size (cm)'.split('|');
const WORDS = 'Price list|ACME|Valid from|October|all prices net|x|12|2026-10-31|no. 5|Stock: of May|, of|(kg)'.split(
  '|',
);
const KINDS: readonly ((random: Random, row: number) => string)[] = [
  (_, row) => `AB-${100 + row}`,
  (random) => String(random.int(0, 250)),
  (random) => `${random.int(1, 90)}.50`,
  (_, row) => `2026-10-${10 + (row % 19)}`,
  (random) => random.pick(['Lamp', 'oak Rug', 'Kettle', '']),
  (random) => random.pick(['n/a', '5', '7', '-', '12']),
  (random) => String(random.int(2300, 9999)),
  () => 'new',
  () => '',
];

/** Columns of one kind each, and ways to write lines of them. */
class StartedDraft {
  readonly random: Random;
  readonly delimiter: string;
  readonly width: number;
  readonly #kinds: typeof KINDS;
  readonly #names: readonly string[];

  constructor(random: Random, delimiter: string) {
    this.random = random;
    this.delimiter = delimiter;
    this.width = random.pick([1, 2, 2, 3, 3, 4, 4, 5, 6, 7]);
    this.#kinds = Array.from({ length: this.width }, () => random.pick(KINDS));
    this.#names = random.shuffle(NAMES).slice(0, this.width);
  }

  row(row: number): string {
    return this.#line(this.#kinds.map((cell) => cell(this.random, row)));
  }

  header(): string {
    const { random, width } = this;
    const names = [...this.#names];
    const at = random.int(0, width - 1);
    const way = random.int(0, 11);
    if (way === 0) names[at] = '';
    if (way === 1) names[at] = names[0]!;
    if (way === 2) names[at] = random.pick(WORDS);
    if (way === 3) names.pop();
    if (way === 4) names.push('more');
    if (way === 5) return names.join(random.pick([';', '\t', ' ', '|', ', ']));
    if (way === 6) return this.#line(names.map((_, i) => (i === 0 ? '' : '(kg)')));
    if (way === 7) names[at] = ' ';
    return this.#line(names);
  }

  /** A few words, in cells as many as the table's, or fewer. */
  title(): string {
    const { random, width } = this;
    const cells: string[] = Array.from({ length: random.chance(0.7) ? width : random.int(1, width + 1) }, () =>
      random.chance(0.1) ? ' ' : '',
    );
    const filled = random.pick([0, 1, 1, 1, 2, Math.floor(width / 2), Math.ceil(width / 2), Math.ceil(width / 3)]);
    const from = random.chance(0.6) ? 0 : random.int(0, Math.max(0, cells.length - 1));
    for (let i = from; i < Math.min(from + filled, cells.length); i++) cells[i] = random.pick(WORDS);
    return this.#line(cells);
  }

  #line(cells: readonly string[]): string {
    const { delimiter } = this;
    return cells.map((cell) => (cell.includes(delimiter) ? `"${cell}"` : cell)).join(delimiter);
  }
}

function startedTable(random: Random): { text: string; delimiter: string } {
  const draft = new StartedDraft(random, random.pick([',', ',', ';', '\t', ' ']));
  const header = draft.header();
  const above = Array.from({ length: random.pick([0, 0, 0, 1, 1, 2, 2, 3, 4, 9, 10, 11]) }, () => draft.title());
  if (random.chance(0.03)) above.push(...Array(random.pick([28, 39, 40, 41])).fill(draft.title()));
  const heads = [header, header, random.chance(0.3) ? header : draft.header()].slice(
    0,
    random.pick([0, 1, 1, 1, 1, 2, 3]),
  );
  if (heads.length === 2 && random.chance(0.7)) heads[1] = draft.header();
  const rows = Array.from({ length: random.pick([0, 1, 2, 2, 3, 4, 5, 6, 12, 20]) }, (_, row) => draft.row(row));
  const odd = random.pick([null, null, null, null, header, draft.title(), draft.header(), '']);
  if (odd !== null) rows.splice(random.int(0, rows.length), 0, odd);
  const gap = random.chance(0.15) ? [''] : [];
  const lines = [...above, ...gap, ...heads, ...(random.chance(0.05) ? [''] : []), ...rows];
  return { text: `${lines.join('\n')}${random.chance(0.9) ? '\n' : ''}`, delimiter: draft.delimiter };
}

function saidOf(random: Random): { text: string; said: unknown[] } {
  const { text, delimiter } = startedTable(random);
  const best = score(text, { delimiter, quote: '"', escape: null });
  const hints = random.chance(0.9) ? {} : random.pick([{ skipLines: 1 }, { headerLines: 2 }]);
  const { skip, headerLines, reasons } = findTableStart(text, best, hints);
  const ends = [[delimiter], [';', ',']].map((firsts) => firstTableEnd(text, firsts, '"'));
  return { text, said: [skip, headerLines, best.width, ends, reasons, best.score.toFixed(3)] };
}

/** Twenty tables: the first one, and a digest of what is said of all. */
export function ofStarts(number: number): string {
  const random = new Random(number * 32_452_843 + 1);
  const all = Array.from({ length: TABLES_PER_LINE }, () => saidOf(random));
  const [
    {
      text,
      said: [skip, headerLines, width],
    } = { text: '', said: [] },
  ] = all;
  const hash = createHash('sha256').update(JSON.stringify(all.map(({ said }) => said)));
  const first = `${skip} above, ${headerLines} header, ${width} wide`;
  return `${number} ${JSON.stringify(text.slice(0, 120))}: ${first} · ${hash.digest('hex').slice(0, 8)}`;
}
