/** The names that vendors give the canonical columns, in seven languages, and how well a header fits each of them. */
import { type CanonicalColumn, COLUMN_KINDS, FEED_COLUMNS } from '../../../../core/canonical.ts';
import { saysCents, withoutCents } from '../../../../core/money/price-basis.ts';
import { headerWords } from '../../../../core/text/header-words.ts';
import { contradictionIn, currencyIn } from './header-against.ts';

/** A column that a feed can supply. */
export type FeedColumn = Exclude<CanonicalColumn, 'vendor_id'>;

export interface HeaderFit {
  /** 0 to 1. */
  score: number;
  /** The known name that the header is or contains; null if it fits nothing. */
  word: string | null;
  /** Words in it that contradict the name. */
  against: string | null;
}

/** Names with less weight count only as a whole header. */
const PARTIAL_MIN = 0.5;
/** The factor for a name that other words of the header contradict. */
const AGAINST = 0.25;

/** The score of any header that ends in `SKU`, unless it is a name of the vendor's code, of at least this weight. */
const SKU_WORD = 0.95;
const OWN_NAME = 0.8;

/** Names by weight, from 0 to 1: how surely they mean the column. */
const NAMES: Readonly<Record<FeedColumn, Readonly<Record<number, string>>>> = {
  sku: {
    1: 'sku|item sku|seller sku|sku code|sku no|sku number|product sku|variant sku|your sku|商品コード|商品番号|商品管理番号|品番|skuコード|sku番号',
    0.9: 'artikelnummer|artikelnr|artikel nr|art nr|artnr|art no|item number|item no|item code|item id|itemid|article number|article no|article code|part number|part no|partnumber|part code|product code|product id|product no|product number|stock code|stock no|stock number|style no|reference|ref|reference article|code article|numero article|no article|reference produit|code produit|referencia|codigo|codigo articulo|codigo producto|codigo de articulo|ref articulo|codice|codice articolo|codice prodotto|cod articolo|riferimento|artikelcode|artikelnummer|productcode|productnummer|bestellnummer|bestell nr|bestellnr|materialnummer|material number|material no|catalog number|catalog no|catalogue number|unique key|型番|製品コード|製品番号|アイテムコード|品目コード|品目番号|部品番号|自社品番|自社コード',
    0.7: 'item|part|article|artikel|articulo|articolo|material|model|model number|model no|modell|catno|produktnummer|produkt nr',
    0.55: 'id|code|nr|no|number|nummer|numero|mpn|manufacturer part number|mfr part no|ean|gtin|upc|barcode|handle|janコード|jan|コード|番号',
  },
  vendor_sku: {
    1: 'vendor sku|supplier sku|vendor part number|vendor part no|vendor item|vendor item number|supplier part number|supplier part no|supplier code|supplier item|supplier item number|supplier article number|lieferantenartikelnummer|lieferanten artikelnummer|lieferantennummer artikel|lief art nr|lieferanten art nr|reference fournisseur|ref fournisseur|code fournisseur|referencia proveedor|ref proveedor|codigo proveedor|codice fornitore|riferimento fornitore|leverancierscode|leveranciersartikelnummer|artikelnummer leverancier|仕入先品番|仕入先商品コード|仕入先コード',
    0.85: 'mpn|manufacturer part number|manufacturer part no|manufacturer part|mfr part number|mfr part no|mfg part number|mfg part no|mfr no|mfg no|manufacturer sku|oem number|oem no|herstellernummer|hersteller nr|herstellerartikelnummer|hersteller artikelnummer|hersteller teilenummer|hersteller art nr|reference fabricant|ref fabricant|referencia fabricante|codice produttore|fabrikantcode|メーカー型番|メーカー品番',
    0.5: 'part number|part no|style no|model number|model no|alternate sku|asin',
  },
  quantity_available: {
    1: 'quantity available|available quantity|qty available|available qty|quantity|qty|quantity on hand|qty on hand|on hand|on hand qty|qoh|soh|stock on hand|stock|stock quantity|stock qty|stock level|in stock qty|available stock|free stock|atp|bestand|lagerbestand|verfugbarer bestand|bestand verfugbar|menge|verfugbare menge|verfugbar|stuckzahl|lager|quantite|quantite disponible|qte|qte disponible|qte stock|stock disponible|disponibilite stock|cantidad|cantidad disponible|existencias|existencia|unidades|cant|quantita|quantita disponibile|giacenza|qta|qta disponibile|disponibilita|voorraad|aantal|beschikbaar|hoeveelheid|vrije voorraad|total quantity|total qty|total stock|inventory quantity|inventory qty|inventory level|units available|sellable quantity|qty avail|avail qty|qtyavail|在庫数|在庫|在庫数量|数量|有効在庫|有効在庫数|販売可能数|販売可能在庫|利用可能在庫|現在庫|現在庫数|在庫残',
    0.85: 'inventory|available|avail|units|disponible|disponibles|disponibile|quantity in stock|saldo|個数',
    0.6: 'availability|in stock|verfugbarkeit|disponibilite|disponibilidad|beschikbaarheid|stock status',
  },
  lead_time_days: {
    1: 'eta days|eta in days|days eta|delivery in days|days to delivery|transit days|verfugbar in tagen|lead time days|lead time|leadtime|lead days|lead time in days|delivery time|delivery days|lieferzeit|lieferzeit tage|lieferzeit in tagen|lieferfrist|wiederbeschaffungszeit|delai|delai de livraison|delai livraison|delai jours|plazo|plazo de entrega|plazo entrega|dias entrega|dias de entrega|tempo di consegna|tempi di consegna|giorni consegna|consegna giorni|levertijd|levertijd dagen|levertijd in dagen|handling time|leadtime to ship|ships in days|days to ship|dispatch days|リードタイム|リードタイム日数|リードタイム 日|納期|納期日数|納期 日|出荷日数|発送日数|納入日数',
    0.7: 'eta|delivery|shipping time|handling|dispatch time|versandzeit',
  },
  cost: {
    1: 'cost|unit cost|cost price|net cost|net price|nett price|your price|your cost|dealer price|dealer cost|dealer net|dealer|trade price|wholesale price|wholesale|purchase price|buy price|buying price|reseller price|contract price|customer price|piece price|landed cost|ek|ek netto|ek preis|einkaufspreis|netto ek|nettopreis|netto preis|preis netto|netto|handlerpreis|einstandspreis|prix achat|prix d achat|prix net|prix revendeur|cout|pa ht|prix d achat ht|coste|costo|precio coste|precio de coste|precio costo|precio de compra|precio compra|precio neto|prezzo di acquisto|prezzo acquisto|prezzo d acquisto|prezzo netto|costo unitario|inkoopprijs|nettoprijs|netto prijs|kostprijs|inkoop|原価|仕入原価|仕入価格|仕入単価|仕入値|仕入れ価格|仕切価格|仕切単価|仕切|卸価格|卸単価|卸値|下代',
    0.6: 'net|nett|dealer tier 1|unit price|unitprice|stuckpreis|prix unitaire|precio unitario|prezzo unitario|単価',
    0.45: 'price|preis|prix|precio|prezzo|prijs|価格',
  },
  map_price: {
    1: 'map|map price|minimum advertised price|min advertised price|map pricing|imap|imap price|umap|mindestwerbepreis|minimum advertised|prix minimum annonce|precio minimo anunciado',
    0.8: 'minimum price|min price|mindestpreis|mindestverkaufspreis|floor price|uvp min|prix minimum|precio minimo|prezzo minimo|minimumprijs|最低販売価格|最低価格',
  },
  price: {
    1: 'price|sale price|selling price|sell price|retail|current price|vk|vk preis|verkaufspreis|vk brutto|vk netto|preis|prix|prix de vente|prix vente|precio|precio de venta|precio venta|pvp|prezzo|prezzo di vendita|prezzo vendita|prijs|verkoopprijs|verkoop|web price|online price|shop price|価格|販売価格|販売単価|売価|売値',
    0.8: 'retail price|unit price|unitprice|standard price|your selling price|regular price|bruttopreis|stuckpreis|prix unitaire|precio unitario|prezzo unitario|単価',
  },
  msrp: {
    1: 'msrp|rrp|srp|list price|listprice|suggested retail price|suggested price|suggested retail|manufacturer suggested retail price|recommended retail price|retail price|uvp|uvp brutto|uvp eur|unverbindliche preisempfehlung|listenpreis|ppc|pvc|prix public|prix public conseille|prix conseille|pvpr|pvp recomendado|precio recomendado|precio de lista|precio lista|prezzo di listino|prezzo listino|listino|prezzo consigliato|adviesprijs|catalogusprijs|bruto prijs|brutoprijs|katalogpreis|定価|希望小売価格|メーカー希望小売価格|参考小売価格|上代|標準価格',
    0.7: 'list|retail|pvp|vrp|regular price|compare at price|参考価格',
  },
  condition: {
    1: 'condition|item condition|product condition|zustand|artikelzustand|etat|etat article|condicion|estado|estado articulo|condizione|condizioni|stato articolo|conditie|staat|状態|商品状態|コンディション',
    0.6: 'grade|quality|stato|toestand',
  },
  brand: {
    1: 'brand|brand name|make|manufacturer|manufacturer name|mfr|mfg|marke|hersteller|herstellername|markenname|marque|fabricant|marca|fabricante|produttore|merk|fabrikant|merknaam|ブランド|ブランド名|メーカー|メーカー名|製造元',
    0.7: 'mill|label|maker|producer|vendor name|mfr name|manufacturer code',
  },
  title: {
    1: 'title|product title|item title|name|product name|item name|productname|titel|bezeichnung|artikelbezeichnung|produktname|produktbezeichnung|artikelname|titre|designation|nom|nom produit|libelle|libelle article|titulo|nombre|nombre producto|titolo|nome|nome prodotto|naam|productnaam|artikelomschrijving|omschrijving|商品名|商品名称|品名|製品名|名称|タイトル',
    0.85: 'description|short description|item description|product description|part description|desc|beschreibung|artikelbeschreibung|kurzbeschreibung|bezeichnung 1|descripcion|descrizione|beschrijving|description article|description 1|item desc|product|商品説明|説明',
    0.6: 'long description|details|text|artikeltext|produit|producto|prodotto',
  },
  updated_at: {
    1: 'updated at|updated|last updated|last update|updated on|update date|date updated|last modified|modified|modified at|last change|changed at|changed|stand|geandert|geandert am|aktualisiert|aktualisiert am|letzte anderung|letzte aktualisierung|mis a jour|mise a jour|date mise a jour|date de mise a jour|maj|derniere mise a jour|actualizado|ultima actualizacion|fecha actualizacion|fecha de actualizacion|aggiornato|aggiornato il|ultimo aggiornamento|data aggiornamento|bijgewerkt|bijgewerkt op|laatst bijgewerkt|laatste wijziging|gewijzigd|更新日|更新日時|最終更新日|最終更新日時|最終更新',
    0.75: 'timestamp|as of|date|datum|fecha|data|stock date|inventory date|bestandsdatum|time|日付|日時',
  },
};

/** Words that do not tell what a column is. */
const NOISE = new Set(
  'eur usd gbp chf cad aud euro in per pro the of a an excl exkl vat mwst ttc ht tva iva btw iva incl inkl st stk pcs ea each'.split(
    ' ',
  ),
);

const KNOWN: ReadonlyArray<{ column: FeedColumn; weight: number; name: string; joined: string; words: string[] }> =
  FEED_COLUMNS.flatMap((column) =>
    Object.entries(NAMES[column as FeedColumn]).flatMap(([weight, names]) =>
      names.split('|').map((name) => {
        // as `headerWords` gives them: without the marks of kana
        const words = isAscii(name) ? name.split(' ') : headerWords(name);
        return { column: column as FeedColumn, weight: Number(weight), name, joined: words.join(''), words };
      }),
    ),
  ).sort((a, b) => b.weight - a.weight || b.words.length - a.words.length);

/** How well a header fits each canonical column. `currency` is the tenant's, if known. */
export function headerFits(header: string, currency: string | null = null): Record<FeedColumn, HeaderFit> {
  const fits = Object.fromEntries(
    FEED_COLUMNS.map((column) => [column, { score: 0, word: null, against: null }]),
  ) as Record<FeedColumn, HeaderFit>;
  const all = headerWords(header);
  const words = all.filter((word) => !NOISE.has(word));
  const joined = all.join('');
  const withoutNoise = words.join('');
  const inUnits = saysCents(header) ? withoutCents(all) : null;
  const amountName = inUnits?.filter((word) => !NOISE.has(word)).join('') ?? withoutNoise;
  for (const known of KNOWN) {
    const { column, name, weight } = known;
    const isMoney = COLUMN_KINDS[column] === 'money';
    const own = isMoney && inUnits !== null ? inUnits : all;
    const whole = known.joined === joined ? weight : 0;
    const plain = isMoney ? amountName : withoutNoise;
    const part = whole > 0 ? 0 : known.joined === plain ? weight - 0.05 : weight * partialFit(known, own);
    const against = part > 0 ? contradictionIn(column, header, own, currency) : null;
    const score = whole + part * (against === null ? 1 : AGAINST);
    if (score > fits[column].score) fits[column] = { score, word: name, against };
  }
  // `Harbor SKU` is a surer sign than `Part #`
  if (endsInSku(words) && fits.sku.against === null && fits.vendor_sku.score < OWN_NAME && fits.sku.score < SKU_WORD)
    fits.sku = { score: SKU_WORD, word: 'sku', against: null };
  return fits;
}

/** True if `sku` is the last word, ignoring words such as `no`. */
function endsInSku(words: readonly string[]): boolean {
  return words.findLast((word) => !['no', 'nr', 'number', 'code', 'id'].includes(word)) === 'sku';
}

/** The score of a name that is some of a header's words: the larger its share of them, the better. */
function partialFit(
  { words: name, weight }: { words: readonly string[]; weight: number },
  header: readonly string[],
): number {
  // a short word among others (`no`, `id`) proves nothing, nor does a name of little weight
  if (weight < PARTIAL_MIN || (name.length === 1 && name.join('').length < 3 && isAscii(name.join('')))) return 0;
  const at = header.findIndex((_, i) => name.every((word, k) => header[i + k] === word));
  return at < 0 ? 0 : 0.5 + 0.35 * (name.length / header.length);
}

function isAscii(text: string): boolean {
  return !/[^\u0000-\u007f]/.test(text);
}

/** The currency that a header names. */
export function headerCurrency(header: string): string | null {
  return currencyIn(headerWords(header));
}
