/**
 * Counts rows in stock that say, in a column that nothing reads, that the goods are not new: `used`, `refurbished`, `B-Ware` under headers such as
 * `condition`, `grade`, `Zustand`. They would be offered, and compared with other vendors' offers, as new ones.
 */
import { toText } from '../../../../bytes/text.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const CONDITIONS_UNREAD = 'conditions_unread';

/** Bytes of a cell; a longer one is a description. */
const CELL_BYTES_MAX = 48;
const CONDITION =
  /^(?:(?:item|product|goods|article|stock|offer|quality|artikel) )?(?:conditions?|cond|condition (?:type|code|name|id|description)|grade|grading|quality|zustand|artikelzustand|warenzustand|etat|condizione|condizioni|stato|estado|condicion|staat|conditie|kondition|stan|skick|tilstand|コンディション|状態|商品の状態)$/;
const NOT_NEW = new Set(
  [
    'used|used good|used - good|used very good|used - very good|used like new|used - like new|used acceptable|used - acceptable|usedgood|usedverygood|usedlikenew|usedacceptable|like new|as new|nearly new|pre-owned|preowned|pre owned|second hand|second-hand|secondhand|2nd hand|vintage',
    'refurbished|refurb|refurbished a|refurbished b|refurbished c|grade a refurbished|grade b refurbished|certified refurbished|manufacturer refurbished|seller refurbished|factory refurbished|renewed|reconditioned|recertified|remanufactured|reman|rebuilt|repaired|overhauled',
    'open box|open-box|openbox|opened|returned|return|customer return|customer returns|returns|ex-demo|ex demo|ex-display|ex display|display model|display item|demo|demonstrator|showroom|shop-soiled|shop soiled|clearance return|b-stock|b stock|bstock|b-grade|b grade|grade b|c-grade|c grade|grade c|seconds|factory seconds|factory second|salvage|scratch and dent|scratch & dent|damaged|damaged box|damaged packaging|defective|faulty|for parts|for parts or not working|parts only|not working|as is|as-is|incomplete',
    'gebraucht|gebraucht - gut|gebraucht - sehr gut|gebraucht - wie neu|gebrauchtware|wie neu|neuwertig|generalüberholt|überholt|refurbished ware|aufbereitet|aufgearbeitet|wiederaufbereitet|b-ware|b ware|bware|c-ware|c ware|2. wahl|ii. wahl|zweite wahl|retoure|rückläufer|ausstellungsstück|vorführgerät|vorführer|vorführware|beschädigt|verpackung beschädigt|defekt|geöffnet',
    "occasion|d'occasion|reconditionné|remis à neuf|comme neuf|retour client|seconde main|second choix|2e choix|déballé|endommagé|modèle d'exposition",
    'usado|de segunda mano|segunda mano|reacondicionado|como nuevo|seminuevo|dañado|caja abierta|recondicionado|seminovo',
    'usato|ricondizionato|rigenerato|come nuovo|seminuovo|danneggiato|seconda scelta|seconda mano|tweedehands|gebruikt|gereviseerd|opgeknapt|zo goed als nieuw|retourgoed|beschadigd',
    'używany|odnowiony|poleasingowy|powystawowy|begagnad|renoverad|brugt|brukt|中古|中古品|再生品|訳あり|アウトレット',
  ].flatMap((words) => words.split('|')),
);

interface ConditionColumn extends UnreadColumn {
  isNamed: boolean;
}

export type ConditionColumns = UnreadColumns<ConditionColumn>;

export class UnreadConditions implements UnreadColumnKind<ConditionColumn> {
  open(column: UnreadColumn): ConditionColumn {
    return { ...column, isNamed: CONDITION.test(headerWords(column.name).join(' ')) };
  }

  look({ isNamed }: ConditionColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    return NOT_NEW.has(cell.toLowerCase().replaceAll('_', ' ')) ? cell : null;
  }

  isMeant({ isNamed }: ConditionColumn): boolean {
    return isNamed;
  }
}
