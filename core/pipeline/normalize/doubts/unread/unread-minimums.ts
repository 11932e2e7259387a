/**
 * Counts rows in stock whose quantity is below the least that the vendor sells, as a column that nothing reads says: `10` under the header
 * `MOQ` beside a quantity of 3. A shop would sell what cannot be ordered.
 */
import { toText } from '../../../../bytes/text.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { ReadValues, UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const ORDER_MINIMUMS_UNREAD = 'order_minimums_unread';

const MINIMUM =
  /^(?:moq|mbm|mindestbestell(?:menge|mengen|wert)?|mindest(?:menge|abnahme|abnahmemenge|bestellmenge|verkaufsmenge)|(?:min|minimum|minimal|minimale|minimo|minima) (?:order |sales? |sell |selling |purchase |buy |cart |bestell ?)?(?:qty|qte|quantity|quantities|menge|units?|pieces|pcs|pack)|(?:min|minimum) order|order (?:min|minimum)|minimum qty allowed in shopping cart|min sale qty|(?:quantite|qte|commande) min(?:imum|imale)?|(?:cantidad|pedido|quantita|ordine) minim[oa]|minimale (?:bestelhoeveelheid|afname))(?: (?:pcs|stk|pieces|units?))?$/;
/** Bytes of a cell such as `12 pcs`. */
const CELL_BYTES_MAX = 20;
const WHOLE = /^(\d{1,9})(?:[.,]0+)?(?![\d.,])/;

interface MinimumColumn extends UnreadColumn {
  isNamed: boolean;
}

export type MinimumColumns = UnreadColumns<MinimumColumn>;

export class UnreadMinimums implements UnreadColumnKind<MinimumColumn> {
  #quantity = 0;

  startRow({ quantity }: ReadValues): void {
    this.#quantity = quantity;
  }

  open(column: UnreadColumn): MinimumColumn {
    return { ...column, isNamed: MINIMUM.test(headerWords(column.name).join(' ')) };
  }

  look({ isNamed }: MinimumColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    return Number(WHOLE.exec(cell)?.[1] ?? 0) > this.#quantity ? cell : null;
  }

  isMeant({ isNamed }: MinimumColumn): boolean {
    return isNamed;
  }
}
