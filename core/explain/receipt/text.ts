/** Writes a receipt as sentences, which can be read aloud to a vendor. */
import { shownSku } from '../../bytes/signs/sku-signs.ts';
import { percentText } from '../../money/percent-text.ts';
import { counted } from '../../text/counted.ts';
import type {
  ExplainedInput,
  ExplainedOffer,
  ExplainedPrice,
  ExplainedPublishing,
  ReadCell,
  Receipt,
  RecordPlace,
} from './receipt.ts';
import { type SentBy, sentBy, vanishedTexts } from './vanished.ts';

type HoldInReceipt = NonNullable<ExplainedPublishing['hold']>;

export interface ReceiptLine {
  text: string;
  isTitle: boolean;
}

/** Offers that are shown with their cells; the JSON form has all offers. */
const OFFERS_SHOWN = 20;
/** A cell is cut to this many characters. */
const CELL_CHARS = 120;

export function receiptLines(receipt: Receipt): ReceiptLine[] {
  return [
    title(receipt.summary),
    line(
      `Run ${receipt.run_id} of ${receipt.generated_at}, tenant ${receipt.tenant_id}, config version ${receipt.config_version}.`,
    ),
    ...findings(receipt),
    ...absence(receipt),
    ...offers(receipt),
    ...refused(receipt),
    ...(receipt.price === null ? [] : price(receipt, receipt.price)),
    ...publishing(receipt),
    ...sources(receipt),
  ];
}

function title(text: string): ReceiptLine {
  return { text, isTitle: true };
}

function line(text: string): ReceiptLine {
  return { text, isTitle: false };
}

function part(name: string, texts: readonly string[]): ReceiptLine[] {
  return texts.length === 0 ? [] : [line(''), title(name), ...texts.map((text) => line(`  ${text}`))];
}

function findings({ findings: found }: Receipt): ReceiptLine[] {
  return part(
    'The files of this run do not fit together',
    found.map(({ code, message }) => `${code}: ${message}`),
  );
}

function absence({ absence: why, near_skus }: Receipt): ReceiptLine[] {
  const near = near_skus.map((one) => shownSku(one)).join(', ');
  if (why === null) return near === '' ? [] : part('SKUs that look the same, and are others', [near]);
  const rows = why.rows.map((row) => `${placeText(row)}: ${row.cells.map(cellInQuotes).join(', ')}`);
  const alike = near === '' ? [] : [`SKUs of this run that look like it: ${near}.`];
  return part('Why it did not go out', [`${sentence(why.detail)}`, ...rows, ...alike]);
}

function offers({ offers: all, inputs }: Receipt): ReceiptLine[] {
  if (all.length === 0) return [];
  const shownOffers = all.slice(0, OFFERS_SHOWN).flatMap(offerTexts);
  const more =
    all.length > OFFERS_SHOWN ? [`${counted(all.length - OFFERS_SHOWN, 'more offer')}: see the JSON form.`] : [];
  const unused = [...new Set(inputs.filter(({ used }) => used === false).map(({ vendor_id }) => vendor_id))];
  const absent = unused.length === 0 ? [] : [`Not read, so without an offer: ${unused.join(', ')}.`];
  return part(`Who offers it: ${counted(all.length, 'row')}`, [...shownOffers, ...more, ...absent]);
}

function offerTexts(offer: ExplainedOffer): string[] {
  return [
    `${offerText(offer)} ${placeText(offer)}.`,
    ...quantityTexts(offer),
    ...offer.cells.flatMap(readCellText),
    ...landedTexts(offer),
  ];
}

function quantityTexts({ result, quantity: { feed, offered, steps } }: ExplainedOffer): string[] {
  // another row of the vendor counts in its place
  if (feed === offered || result === 'duplicate') return [];
  const why = steps.map(({ rule, after }) => `${rule} makes it ${after}`).join(', ');
  return [`  quantity ${feed} in the feed, ${offered} offered${why === '' ? '' : `: ${why}`}`];
}

function landedTexts({ landed_cost: landed }: ExplainedOffer): string[] {
  if (landed === null) return [];
  const { cost, handling_pct, handling_fixed, landed_cost } = landed;
  return [
    `  landed cost ${landed_cost}: the cost ${cost} with the terms of the vendor, ${percentText(handling_pct)} and ${handling_fixed} a piece`,
  ];
}

function offerText(offer: ExplainedOffer): string {
  const { vendor_id, result, lost_by } = offer;
  const number = offer.rank === null ? '' : `${offer.rank}. `;
  switch (result) {
    case 'won':
      return `${number}${vendor_id} won.`;
    case 'no_price':
      return `${number}${vendor_id} has neither a cost nor a price, so it cannot win.`;
    case 'duplicate':
      return `${number}${vendor_id}: another row of this vendor stands for it (${lost_by?.criterion ?? 'duplicate_sku'}).`;
    case 'left_out':
      return `${number}${vendor_id} was left out by the merge strategy.`;
    case 'unknown':
      return `${number}${vendor_id} offers it.`;
    default:
      return `${number}${vendor_id} lost${lostBy(offer)}.`;
  }
}

/** What decides where the merge strategy finds no difference. */
const ORDERS: Readonly<Record<string, string>> = {
  vendor_id: 'the order of the vendors’ ids',
  'row order': 'the order of the rows',
};

function lostBy({ lost_by }: ExplainedOffer): string {
  if (lost_by === null) return '';
  const { criterion, own, winner } = lost_by;
  const order = ORDERS[criterion];
  if (order !== undefined) return `: it is as good as the winner, and ${order} decides (${criterion})`;
  return own === null && winner === null
    ? ` by ${criterion}`
    : `: ${own ?? 'nothing'} against ${winner ?? 'nothing'} of the winner (${criterion})`;
}

function placeText({ vendor_id, file, row_number, line: at }: RecordPlace): string {
  const where = file === null ? `of vendor ${vendor_id}` : `of ${file}`;
  return `Line ${at} ${where}${row_number > 0 ? ` (row ${row_number})` : ''}`;
}

function readCellText({ column, from, raw, value, how }: ReadCell): string[] {
  if (value === null && raw.every((cell) => cell === '')) return [];
  const cells = raw.map((cell, i) => `${from[i]} ${cellInQuotes(cell)}`).join(', ');
  const isSame = from.length === 1 && from[0] === column && raw[0] === value;
  const source = cells === '' || isSame ? '' : ` from ${cells}`;
  const notes = how.length === 0 ? '' : ` (${how.join('; ')})`;
  return [`  ${column} ${value === null ? 'empty' : cellInQuotes(value)}${source}${notes}`];
}

function cellInQuotes(cell: string): string {
  return `"${cell.length > CELL_CHARS ? `${cell.slice(0, CELL_CHARS)}…` : cell}"`;
}

function refused({ refused_rows }: Receipt): ReceiptLine[] {
  const texts = refused_rows.flatMap((row) => [
    `${row.vendor_id}: ${placeText(row)} was refused.`,
    ...row.problems.map(({ error_code, column, value, reason }) => {
      const where = column === null ? '' : ` ${column}${value === null ? '' : ` ${cellInQuotes(value)}`}`;
      return `  ${error_code}:${where} ${reason}`;
    }),
  ]);
  return part('Rows that were refused', texts);
}

function price(
  { currency, offers: all }: Receipt,
  { vendor_id, settings, steps, exact, written, doubts }: ExplainedPrice,
): ReceiptLine[] {
  const { base_margin_pct, shipping_handling_flat, min_price, rounding, map_policy } = settings;
  const priced = all.find((one) => one.vendor_id === vendor_id && one.result !== 'lost');
  const cost = priced?.cells.find(({ column }) => column === 'cost')?.value ?? null;
  const landed = priced?.landed_cost == null ? '' : `, landed ${priced.landed_cost.landed_cost}`;
  const basis = cost === null ? 'without a cost' : `with the cost ${cost}${landed}`;
  const rounds = steps.some(({ rule }) => rule === 'round')
    ? [`rounding ${rounding.mode} to ${rounding.increment}`]
    : [];
  const used = [
    `margin ${percentText(base_margin_pct)}`,
    `shipping and handling ${shipping_handling_flat}`,
    `least price ${min_price}`,
    ...rounds,
    `MAP ${map_policy.enforce ? 'enforced' : 'not enforced'}`,
  ];
  const texts = [
    `For the offer of ${vendor_id} ${basis}: ${used.join(', ')}.`,
    ...steps.map(({ rule, is_floor, before, after, options, lifted_by }) => {
      const name = is_floor ? `${rule}, the floor after every chain,` : rule;
      const lift = lifted_by === null ? '' : `; ${lifted_by.rule} lifts it, with a floor of ${lifted_by.floor}`;
      const withOptions = isEmpty(options) ? '' : ` ${JSON.stringify(options)}`;
      return `${name}${withOptions} ${stepText(before, after)}${lift}.`;
    }),
    written === null
      ? 'So it has no price.'
      : `So the price is ${written} ${currency}${exact === written ? '' : ` (exactly ${exact})`}.`,
    ...doubts.map(({ code, message }) => `Odd: ${message} (${code}).`),
  ];
  return part('How the price was made', texts);
}

function stepText(before: string | null, after: string | null): string {
  if (before === after) return after === null ? 'leaves it without a price' : `leaves it at ${after}`;
  if (after === null) return `takes the price ${before} away`;
  return before === null ? `makes it ${after}` : `makes it ${after}, from ${before}`;
}

function isEmpty(options: unknown): boolean {
  return typeof options !== 'object' || options === null || Object.keys(options).length === 0;
}

function publishing(receipt: Receipt): ReceiptLine[] {
  const { publishing: step, sku, inputs, absence } = receipt;
  if (step === null) return [];
  const sent = sentBy(receipt);
  const { compared, baseline, forced, change, previous_price, previous_quantity, decision, hold, vanished } = step;
  const texts =
    baseline === null
      ? ['Nothing was published before.']
      : [
          `${compared ? 'Compared' : 'The run ended before it was compared'} with the feed of run ${baseline.run_id ?? '(a file)'}${baseline.published_at === null ? '' : `, published ${baseline.published_at}`}.`,
        ];
  if (forced !== null) texts.push(`Holds and guardrails were set aside: ${forced}.`);
  if (change !== null && previous_price !== null)
    texts.push(`There it was ${previous_price}, quantity ${previous_quantity ?? 'none'}; now it is ${change}.`);
  if (decision !== null) {
    const of = decision.run_id === null ? '' : ` on what run ${decision.run_id} held`;
    const why = decision.reason === null ? ', without a reason' : `: ${decision.reason}`;
    texts.push(`A person decided${of}: ${decision.decision} ${decision.price}${why}.`);
  }
  if (hold !== null) texts.push(...heldTexts(hold, sent));
  if (vanished !== null) texts.push(...vanishedTexts(sku, step, { vanished, inputs, sent }).map((text) => `${text}.`));
  else if (absence !== null && baseline !== null && compared)
    texts.push(
      'The feed that was published before did not have it either: relay history shows whether it ever was there.',
    );
  return part('What publishing did', texts);
}

function heldTexts({ reason, runs, candidate_price, below_cost }: HoldInReceipt, sent: SentBy): string[] {
  if (sent === 'person')
    return [
      `The rules hold its price (${reason}), but a feed that a person publishes has ${candidate_price}, its own price.`,
    ];
  const held = `Held (${reason}) in ${counted(runs, 'run')} in a row; the price that waits is ${candidate_price}.`;
  // null where a run failed: its candidate has its own price
  if (below_cost == null) return [held];
  return [
    held,
    `It goes out below its cost of ${below_cost}: publish.holds.held_below_cost says what becomes of its stock.`,
  ];
}

function sources({ inputs, plugins }: Receipt): ReceiptLine[] {
  const files = inputs.flatMap((input) => [
    input.file === null ? `${input.vendor_id}: ${input.status}` : inputText(input),
    ...input.side_files.map((one) => `${input.vendor_id}, ${one.name}: ${one.file}, sha256 ${one.sha256}`),
  ]);
  const used = plugins.map(({ kind, id, version }) => `${kind}/${id} ${version}`);
  return [...part('What the run read', files), ...part('Plugins', used.length === 0 ? [] : [used.join(', ')])];
}

function inputText({ vendor_id, file, sha256, last_modified, carried_over, patched, used }: ExplainedInput): string {
  const notes = [
    ...(carried_over ? [', carried over'] : []),
    ...(patched ? [', with corrected rows'] : []),
    ...(used === false ? [', left out'] : []),
  ];
  return `${vendor_id}: ${file} of ${last_modified}${notes.join('')}, sha256 ${sha256}`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
