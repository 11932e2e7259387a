/**
 * Counts rows in stock of goods that the vendor sells only several at once, as a column that nothing reads says: `10` under the header `MOQ`,
 * `6` under `order_multiple`. A shop would sell single pieces, or more than there is, that cannot be ordered.
 */
import { toText } from '../../../../bytes/text.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const ORDER_MINIMUMS_UNREAD = 'order_minimums_unread';

const MINIMUM =
  /^(?:moq|mbm|mindestbestellmengen?|mindest(?:menge|abnahme|abnahmemenge|bestellmenge|verkaufsmenge)|(?:min|minimum|minimal|minimale|minimo|minima) (?:order(?:ing)? |sales? |sell |selling |purchase |buy |cart |bestell ?)?(?:qty|qte|quantity|quantities|menge|units?|pieces|pcs|pack)|(?:min|minimum) (?:order|purchase)|order (?:min|minimum)|minimum qty allowed in shopping cart|min sale qty|(?:quantite|qte|commande) min(?:imum|imale)?|(?:cantidad|pedido|quantita|ordine) minim[oa]|minimale (?:bestelhoeveelheid|afname)|最小注文数量?|最低注文数量?|最小ロット)(?: (?:pcs|stk|pieces|units?))?$/;
const MULTIPLE =
  /^(?:(?:order(?:ing)?|sales?|sell(?:ing)?|purchas(?:e|ing)|buy|qty|quantity|pack|packaging) (?:order |qty |quantity )?(?:in )?(?:multiples?|increments?|steps?)(?: (?:of|qty|quantity))?|multiples?(?: of| qty| quantity| order qty)?|in multiples of|sold in (?:multiples|packs|sets)(?: of)?|increments?(?: of)?|bestell(?:schritte?|vielfaches|staffel)|(?:abnahme|mengen|verkaufs)schritte?|vielfaches|multiple (?:de |d )?(?:vente|commande|achat)|par combien|multiplo (?:de |di )?(?:venta|pedido|compra|vendita|ordine|acquisto)|(?:bestel|verkoop)veelvoud|veelvoud)$/;
/** Bytes of a cell such as `12 pcs`. */
const CELL_BYTES_MAX = 20;
const WHOLE = /^(\d{1,9})(?:[.,]0+)?(?![\d.,])/;

interface MinimumColumn extends UnreadColumn {
  isNamed: boolean;
}

export type MinimumColumns = UnreadColumns<MinimumColumn>;

export class UnreadMinimums implements UnreadColumnKind<MinimumColumn> {
  open(column: UnreadColumn): MinimumColumn {
    const words = headerWords(column.name).join(' ');
    return { ...column, isNamed: MINIMUM.test(words) || MULTIPLE.test(words) };
  }

  look({ isNamed }: MinimumColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    return Number(WHOLE.exec(cell)?.[1] ?? 0) > 1 ? cell : null;
  }

  isMeant({ isNamed }: MinimumColumn): boolean {
    return isNamed;
  }
}
