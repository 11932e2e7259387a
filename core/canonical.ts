/** The canonical inventory columns: their order, and what kind of value each of them holds. */

export const CANONICAL_COLUMNS = [
  'sku',
  'vendor_sku',
  'vendor_id',
  'quantity_available',
  'lead_time_days',
  'cost',
  'map_price',
  'price',
  'msrp',
  'condition',
  'brand',
  'title',
  'updated_at',
] as const;

export type CanonicalColumn = (typeof CANONICAL_COLUMNS)[number];

/**
 * Each column's position in `CANONICAL_COLUMNS`, for loops that know columns by number. Written out as one literal, so that
 * it has fast fields: V8 may turn an object that is filled key by key into a hash table.
 */
export const COLUMN = {
  sku: at('sku'),
  vendor_sku: at('vendor_sku'),
  vendor_id: at('vendor_id'),
  quantity_available: at('quantity_available'),
  lead_time_days: at('lead_time_days'),
  cost: at('cost'),
  map_price: at('map_price'),
  price: at('price'),
  msrp: at('msrp'),
  condition: at('condition'),
  brand: at('brand'),
  title: at('title'),
  updated_at: at('updated_at'),
} satisfies Record<CanonicalColumn, number>;

export const COLUMN_COUNT = CANONICAL_COLUMNS.length;

function at(column: CanonicalColumn): number {
  return CANONICAL_COLUMNS.indexOf(column);
}

export type ColumnKind = 'text' | 'integer' | 'money' | 'condition' | 'datetime';

export const COLUMN_KINDS: Record<CanonicalColumn, ColumnKind> = {
  sku: 'text',
  vendor_sku: 'text',
  vendor_id: 'text',
  quantity_available: 'integer',
  lead_time_days: 'integer',
  cost: 'money',
  map_price: 'money',
  price: 'money',
  msrp: 'money',
  condition: 'condition',
  brand: 'text',
  title: 'text',
  updated_at: 'datetime',
};

/** The columns that are whole numbers. They are numbers in JSON lines, too. */
export const INTEGER_COLUMNS = CANONICAL_COLUMNS.filter((column) => COLUMN_KINDS[column] === 'integer');

/** The text columns of an offer besides its SKU and its vendor, by position. */
export const OFFER_TEXTS: readonly number[] = CANONICAL_COLUMNS.flatMap((column, i) =>
  COLUMN_KINDS[column] === 'text' && column !== 'sku' && column !== 'vendor_id' ? [i] : [],
);

/** The columns a vendor's feed can supply: all but `vendor_id`, which the config gives. */
export const FEED_COLUMNS = CANONICAL_COLUMNS.filter((column) => column !== 'vendor_id');

/** The columns without which a feed is not an inventory. */
export const REQUIRED_COLUMNS: readonly CanonicalColumn[] = ['sku', 'quantity_available'];

/** False for an extra column. */
export function isRequiredColumn(column: string): boolean {
  return (REQUIRED_COLUMNS as readonly string[]).includes(column);
}

export const CONDITIONS = ['new', 'used', 'refurb'] as const;
export type Condition = (typeof CONDITIONS)[number];

export function isCanonicalColumn(name: string): name is CanonicalColumn {
  return (CANONICAL_COLUMNS as readonly string[]).includes(name);
}

/**
 * A column that the tenant adds (`extra_columns`). Its cells are texts. Extra columns follow the canonical ones, in the
 * tenant's order.
 */
export type ExtraColumn = string;

/**
 * An extra column's name where canonical names are allowed too. The brand lets TypeScript still find a misspelled
 * canonical name.
 */
export type ExtraName = string & { readonly isExtra: true };

/** Marks a name as one of `extra_columns`. */
export function extraColumn(name: ExtraColumn): ExtraName {
  return name as ExtraName;
}

export const EXTRA_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** The kind of a canonical or extra column. */
export function columnKind(column: CanonicalColumn | ExtraColumn): ColumnKind {
  return isCanonicalColumn(column) ? COLUMN_KINDS[column] : 'text';
}
