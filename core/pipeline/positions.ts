/** Positions in `CANONICAL_COLUMNS`, for loops that know columns by number. */
export const AT = {
  sku: 0,
  vendorSku: 1,
  vendorId: 2,
  quantity: 3,
  leadTime: 4,
  cost: 5,
  mapPrice: 6,
  price: 7,
  msrp: 8,
  condition: 9,
  brand: 10,
  title: 11,
  updatedAt: 12,
} as const;

export const COLUMN_COUNT = 13;
