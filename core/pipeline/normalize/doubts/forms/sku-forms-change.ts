/**
 * Finds the row from which on the SKUs of a feed have another form, as where two exports were joined or a part went through a spreadsheet:
 * leading zeros are gone, hyphens are gone or are spaces, capitals are small. A sorted feed may have two kinds of SKUs one after the other; there
 * the numbers must go on where they were.
 *
 * Looks at the rows that `ColumnShapes` takes, a few hundred of a file.
 */
import type { RowExamples } from '../row-examples.ts';

export const SKUS_CHANGE_FORM = 'skus_change_form';

const SKUS_MAX = 2048;
const CHARS_MAX = 60;
/** So many SKUs before the change, and after it. */
const PART_MIN = 12;
/** The share of the SKUs after the change that begin with letters that were there before. */
const KNOWN_SHARE = 0.5;
/** The step over the change, in middle steps of the numbers before. */
const STEPS_MAX = 10;

interface SkuPlace {
  file: string | null;
  line: number;
  cell: string;
}

export class SkuFormsChange {
  readonly #seen: SkuPlace[] = [];

  look(sku: SkuPlace): void {
    if (this.#seen.length < SKUS_MAX && sku.cell.length <= CHARS_MAX) this.#seen.push(sku);
  }

  /** As `code:vendor:text`. */
  warnings(vendorId: string, rows: RowExamples): string[] {
    const skus = this.#seen.map(({ cell }) => cell);
    const at = zerosEnd(skus) ?? zerosStart(skus) ?? signsChange(skus);
    if (at === null) return [];
    const [before, after] = this.#seen.slice(at - 1, at + 1) as [SkuPlace, SkuPlace];
    for (const { file, line, cell } of [before, after])
      rows.addAt(SKUS_CHANGE_FORM, { ...(file === null ? {} : { file }), line, column: 'sku', cell });
    const place = after.file === null ? '' : `${after.file} `;
    return [`${SKUS_CHANGE_FORM}:${vendorId}:${place}line ${after.line}: "${before.cell}" and then "${after.cell}"`];
  }
}

const DIGITS = /^\d+$/;

/** Where SKUs of one length, half of them with zeros before them, become shorter ones without; null if they do not. */
function zerosEnd(skus: readonly string[]): number | null {
  const length = skus[0]?.length ?? 0;
  const at = skus.findLastIndex((sku) => sku.startsWith('0')) + 1;
  const [before, after] = [skus.slice(0, at), skus.slice(at)];
  if (!areParts(before, after) || !skus.every((sku) => DIGITS.test(sku) && sku.length <= length)) return null;
  const padded = before.filter((sku) => sku.startsWith('0')).length;
  const shorter = after.filter((sku) => sku.length < length).length;
  const isPadded = before.every((sku) => sku.length === length) && 2 * padded >= at;
  // numbers of another kind are shorter than those before without their zeros
  const least = Math.min(...before.map((sku) => sku.replace(/^0+/, '').length));
  if (after.some((sku) => sku.length < least - 1)) return null;
  return isPadded && 2 * shorter >= after.length && goesOn(before, after) ? at : null;
}

/** The same the other way round. */
function zerosStart(skus: readonly string[]): number | null {
  const at = zerosEnd([...skus].reverse());
  return at === null ? null : skus.length - at;
}

/** Where separators or the case of letters change, and all else stays; null if they do not. */
function signsChange(skus: readonly string[]): number | null {
  const [first, last] = [signsOf(skus[0] ?? ''), signsOf(skus.at(-1) ?? '')];
  const at = skus.findIndex((sku) => signsOf(sku) !== first);
  const [before, after] = [skus.slice(0, at), skus.slice(at)];
  if (!areParts(before, after) || !after.every((sku) => signsOf(sku) === last)) return null;
  const shapes = new Set(before.map(shapeOf));
  if (!after.every((sku) => shapes.has(shapeOf(sku)))) return null;
  const letters = new Set(before.map(lettersOf));
  const known = after.filter((sku) => letters.has(lettersOf(sku))).length;
  return known >= KNOWN_SHARE * after.length && goesOn(before, after) ? at : null;
}

function areParts(before: readonly string[], after: readonly string[]): boolean {
  return before.length >= PART_MIN && after.length >= PART_MIN;
}

/** Of nearly all SKUs, whose expressions need none of the tables of Unicode, which take V8 some time to make. */
const ASCII = /^[\0-\x7f]*$/;

/** The separators of a SKU, each once, and the case of its letters. SKUs without letters have no case. */
function signsOf(sku: string): string {
  if (ASCII.test(sku)) return signsIn(sku.replace(/[A-Za-z0-9]/g, ''), /[a-z]/.test(sku), /[A-Z]/.test(sku));
  return signsIn(sku.replace(/[\p{L}\p{N}]/gu, ''), /\p{Ll}/u.test(sku), /\p{Lu}/u.test(sku));
}

function signsIn(signs: string, hasSmall: boolean, hasCapitals: boolean): string {
  return `${[...new Set(signs)].sort().join('')}${hasSmall ? 'a' : ''}${hasCapitals ? 'A' : ''}`;
}

/** Runs of letters and digits: `A9` for `AB-1000` and `ab1000`. */
function shapeOf(sku: string): string {
  return sku
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/\p{L}+/gu, 'A')
    .replace(/\p{N}+/gu, '9');
}

function lettersOf(sku: string): string {
  return sku
    .replace(/\p{N}.*/su, '')
    .replace(/[^\p{L}]/gu, '')
    .toUpperCase();
}

/** False if all SKUs are sorted and the numbers do not go on after the change where they were. */
function goesOn(before: readonly string[], after: readonly string[]): boolean {
  const all = [...before, ...after];
  const isUp = all.every((sku, i) => (all[i - 1] ?? sku) <= sku);
  const isDown = all.every((sku, i) => (all[i - 1] ?? sku) >= sku);
  if (!isUp && !isDown) return true;
  const [numbers, next] = [before.map(numberOf), numberOf(after[0] ?? '')];
  const steps = numbers.slice(1).map((number, i) => Math.abs(number - (numbers[i] ?? 0)));
  const middle = steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  return Math.abs(next - (numbers.at(-1) ?? 0)) <= STEPS_MAX * Math.max(1, middle);
}

function numberOf(sku: string): number {
  return Number(sku.replace(/\D/g, '').slice(0, 15));
}
