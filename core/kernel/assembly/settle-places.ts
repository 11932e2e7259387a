/**
 * What the kernel and its caller share to settle SKUs: places in its area, and the codes of steps, criteria and findings. Plain numbers, as
 * in `places.ts`.
 */

// ---- settle: places in its area, in bytes
/** 64-bit floats: `SETTLE_SLACK` and others. */
export const SETTLE_SLACK = 0;
/** What a price is divided by for micros, and for units of the file's decimals. */
export const SETTLE_OF_MICRO = 8;
export const SETTLE_OF_UNIT = 16;
/** By the bit of a finding, how many were counted. */
export const SETTLE_FOUND = 24;
/** By vendor: offers passed, wins, costs with an MSRP, and those above it, as 64-bit floats. */
export const SETTLE_COUNTS = 64;
export const SETTLE_COUNTS_OF_VENDOR = 4;
/** With more vendors, or longer lists of numbers, TypeScript settles. */
export const SETTLE_VENDORS_MAX = 512;
/** The steps of the chain of prices, one behind the other: see `STEP_…`. */
export const SETTLE_STEPS = 16448;
export const SETTLE_STEPS_MAX = 512;
/** How offers are compared, one criterion behind the other: see `ORDER_…`. */
export const SETTLE_ORDER = 20544;
export const SETTLE_ORDER_MAX = 2048;
/** By vendor, a byte: 1 if it is said what several rows for a SKU mean. */
export const SETTLE_DECLARED = 36928;
export const SETTLE_BYTES = 37440;

// ---- steps of a chain of prices: a code, and the numbers that it needs
/** A landed cost is `(cost × micros + shipping) × factor`. It is the price: `micros, shipping, bands`, the highest cost of each band, and the factor of each. */
export const STEP_LANDED = 0;
/** At least an amount. */
export const STEP_LEAST = 1;
/** At least the landed cost, rounded up to a unit: `micros, shipping, factor, unit`. */
export const STEP_LANDED_LEAST = 2;
/** At least the MAP, rounded up to a unit in micros: `micros, unit`. */
export const STEP_MAP_LEAST = 3;
/** At most the MSRP times a factor, rounded down to a unit: `factor, unit`. */
export const STEP_MSRP_MOST = 4;
/** A multiple of `step`, plus `offset`: `step, offset, mode`. */
export const STEP_ROUND = 5;
export const ROUND_DOWN = 0;
export const ROUND_NEAREST = 1;
export const ROUND_UP = 2;
/** In place of a price: there is none. */
export const NO_PRICE = -1;
/** The highest amount that is certain to be exact: 2^52. */
export const WHOLE_MAX = 4503599627370496;

// ---- criteria by which offers are compared: a code, and the numbers that it needs
export const ORDER_IN_STOCK = 0;
export const ORDER_LANDED = 1;
export const ORDER_QUANTITY = 2;
export const ORDER_NEWEST = 3;
/** The days of offers that say none. */
export const ORDER_LEAD_TIME = 4;
/** How many vendors there are, and the rank of each. */
export const ORDER_VENDOR = 5;

// ---- what is odd about winners: see `merge/watch/`
export const FOUND_BELOW_COST = 1;
export const FOUND_FAR_BELOW_MSRP = 2;
export const FOUND_USED_BESIDE_NEW = 4;
export const FOUND_BELOW_MAP = 8;
export const FOUND_KINDS = 4;
/** What the kernel never counts. */
export const FOUND_OTHER = 16;
/** The condition `new`. */
export const CONDITION_NEW = 1;
/** A cost of 0.01 in micros: vendors write it for a price on request. */
export const LEAST_COST = 10000;
/** No sale goes so far; a wrong unit does. */
export const FAR_FACTOR = 5;
