/**
 * Counts rows in stock that do not hold today, as a column that nothing reads says: a date that has passed under the header
 * `price_valid_until`, or one to come under `valid_from`, `available_from` or `ship_date`.
 */
import { toText } from '../../../../bytes/text.ts';
import { headerWords } from '../../../../text/header-words.ts';
import { looseDate } from '../../../../text/loose-dates.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const DATES_UNREAD = 'dates_unread';

const CELL_BYTES_MAX = 35;
/** In seconds: the day may be another one where the vendor is. */
const SLACK = 86_400;

/** Goods that are sent within so long are in stock as others are. */
const SHIPPING = 7 * SLACK;

const UNTIL =
  /^(?:(?:price|prices|offer|quote|cost|list|preis|prix|precio|prezzo) )?(?:(?:valid|good|effective|available) (?:until|till|thru|through|to)|valid (?:end|end date)|expires(?: on| at)?|expired|expiry(?: date)?|expiration(?: date)?|expire date|end date|ends(?: on| at)?|best before|best by|use by|mhd|mindesthaltbarkeit(?:sdatum)?|discontinu(?:e|ed|ation)(?: at| on| since)?|(?:deleted|removed|disabled|archived|withdrawn|retired)(?: at| on| since)|end of life|eol|gultig bis|verfugbar bis|lieferbar bis|ablaufdatum|valable jusqu (?:a|au)|fin (?:de )?validite|valid[oa] hasta|valid[oa] fino (?:a|al)|geldig tot)(?: date)?$/;
const FROM =
  /^(?:(?:price|prices|offer|quote|cost|list|preis|prix|precio|prezzo) )?(?:(?:valid|effective|available|sell ?able|orderable) (?:from|since|starting|as of|on)|valid start(?: date)?|from date|pre ?order date|effective(?: date)?|(?:available|availability|release|launch|street|start|on sale|embargo) date|gultig ab|gultig von|verfugbar ab|lieferbar ab|erscheinungsdatum|verkaufsstart|valable (?:a partir (?:du|de)|des)|disponible (?:a partir (?:du|de)|desde|le|el)|valid[oa] (?:desde|dal|da)|geldig vanaf|beschikbaar vanaf|leverbaar vanaf)(?: date)?$/;

/** Not when more goods come (`restock date`, `ETA`): vendors write that of goods in stock too. */
const SHIPS =
  /^(?:(?:expected|estimated|est|earliest|first|planned|scheduled|next) )?(?:(?:ship(?:s|ping|ment|ped)?|dispatch|despatch)(?: from| on| after)?(?: date)?|(?:delivery|deliverable|ready)(?: from| date))$|^(?:versand(?:datum|termin|tag)?|versendbar ab|versand ab|(?:fruhester? )?liefer(?:datum|termin)|date (?:d )?(?:expedition|envoi)|fecha (?:de )?(?:envio|expedicion)|data (?:di )?(?:spedizione)|verzenddatum|出荷日|出荷予定日|発売日)$/;

interface DateColumn extends UnreadColumn {
  kind: 'ends' | 'begins' | 'ships' | null;
}

export type DateColumns = UnreadColumns<DateColumn>;

export class UnreadDates implements UnreadColumnKind<DateColumn> {
  readonly #now: number;

  /** `now` in seconds. */
  constructor(now: number) {
    this.#now = now;
  }

  open(column: UnreadColumn): DateColumn {
    const text = headerWords(column.name)
      .join(' ')
      .replace(/\bgueltig\b/, 'gultig')
      .replace(/\bverfuegbar\b/, 'verfugbar');
    const begins = FROM.test(text) ? 'begins' : SHIPS.test(text) ? 'ships' : null;
    return { ...column, kind: UNTIL.test(text) ? 'ends' : begins };
  }

  look({ kind }: DateColumn, window: Uint8Array, from: number, to: number): string | null {
    if (kind === null || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    const day = looseDate(cell);
    if (day === null) return null;
    if (kind === 'ends') return day.to + SLACK < this.#now ? cell : null;
    return day.from - (kind === 'ships' ? SHIPPING : SLACK) > this.#now ? cell : null;
  }

  isMeant({ kind }: DateColumn): boolean {
    return kind !== null;
  }
}
