/**
 * Counts rows with a charge that comes on top of their cost, in a column that nothing reads: an amount or a share under headers such as
 * `surcharge`, `core_deposit`, `eco fee`, `Pfand`. Discounts are not among them: a net cost is often beside its discount.
 */
import { toText } from '../../../../bytes/text.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const CHARGES_UNREAD = 'charges_unread';

const CELL_BYTES_MAX = 24;
const CHARGE =
  /(?:^| )(?:(?:sur|up|extra )?charges?|deposits?|fees?|levy|levies|freight|hazmat cost|core (?:value|price|cost)|excise(?: duty| tax)?|(?:import |customs |anti dumping )?dut(?:y|ies)|recycling|(?:recycling|environmental|env) contribution|(?:voc |umwelt)?abgabe|zuschlag|aufschlag|(?:teuerungs|fracht|metall|legierungs|mindermengen|rohstoff)zuschlag|pfand|fracht|frachtkosten|gebuhr|urheberrechtsabgabe|surcout|consigne|ecotaxe|eco participation|eco contribution|recargo|flete|canon|sovrapprezzo|supplemento|toeslag|statiegeld)(?: (?:amount|rate|pct|percent|cost|value|price|each|per (?:unit|piece|item)|eur|usd|gbp|betrag))?$/;
/** Such as `freight class`, `price incl surcharge`, `no charge`. */
const OTHER = /(?:^| )(?:incl|included|including|inkl|with|class|code|type|free|no|payment|listing|annual)(?: |$)/;
const AMOUNT = /^\+?(?:[$€£¥]|[A-Z]{3})? ?\+?\d[\d.,' ]*(?:%|[$€£¥]|[A-Z]{3})?$/;

interface ChargeColumn extends UnreadColumn {
  isNamed: boolean;
}

export type ChargeColumns = UnreadColumns<ChargeColumn>;

export class UnreadCharges implements UnreadColumnKind<ChargeColumn> {
  open(column: UnreadColumn): ChargeColumn {
    const words = headerWords(column.name).join(' ');
    return { ...column, isNamed: CHARGE.test(words) && !OTHER.test(words) };
  }

  look({ isNamed }: ChargeColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    return AMOUNT.test(cell) && /[1-9]/.test(cell) ? cell : null;
  }

  isMeant({ isNamed }: ChargeColumn): boolean {
    return isNamed;
  }
}
