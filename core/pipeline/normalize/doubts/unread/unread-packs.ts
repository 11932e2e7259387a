/**
 * Counts rows that are packs of several pieces, as a column that nothing reads says: `12` under the header `pack_size`. The cost of a piece is
 * then a part of what was read, or there are more pieces. How many fit into a carton says nothing of the kind.
 */
import { toText } from '../../../../bytes/text.ts';
import { saysPackSize, saysPriceUnit } from '../../../../money/price-basis.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const PACKS_UNREAD = 'packs_unread';

const CELL_BYTES_MAX = 20;
/** `12`, `12.00`, `12 pcs`, `1x12`; not `2.5` and `330 ml`. */
const PIECES = /^(?:1 ?x ?)?(\d{1,6})(?:[.,]0+)?(?![\d.,])(?! ?(?:ml|cl|l|g|kg|mg|oz|lb|mm|cm|m|gb|tb|mb|w|v|ah)\b)/i;
/** Names that mean pieces in a pack only if they are the whole header. */
const NAMES =
  /^(?:uom (?:qty|quantity|conversion|factor)|(?:units?|qty|quantity|pieces|pcs|stuck) (?:per|pro|je) (?:uom|me|ve)|multipack(?: (?:qty|quantity|size|count))?|(?:set|bundle) (?:size|qty|quantity|count)|piezas por (?:paquete|caja))$/;
/** What goods are shipped in. */
const SHIPPED_IN =
  /^(?:cases?|casepack|cartons?|box|inner|outer|karton|colis|colisage|caja|doos|pallet|gebindegrosse)$/;

interface PackColumn extends UnreadColumn {
  isNamed: boolean;
}

export type PackColumns = UnreadColumns<PackColumn>;

export class UnreadPacks implements UnreadColumnKind<PackColumn> {
  open(column: UnreadColumn): PackColumn {
    const words = headerWords(column.name);
    const isPack = saysPackSize(column.name) && !saysPriceUnit(column.name);
    const isShipping = words.some((word) => SHIPPED_IN.test(word));
    return { ...column, isNamed: NAMES.test(words.join(' ')) || (isPack && !isShipping) };
  }

  look({ isNamed }: PackColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    return Number(PIECES.exec(cell)?.[1] ?? 0) > 1 ? cell : null;
  }

  isMeant({ isNamed }: PackColumn): boolean {
    return isNamed;
  }
}
