/** What the kernel asks its caller in the middle of a row: look-ups and plugins that are TypeScript. */

/** The moment of a wall-clock time, both as seconds, in the zone of times that name none. */
export declare function utcOf(wall: f64): f64;

/** Puts what a SKU is mapped to at `MAPPED_SKU`; returns its length, `NOT_MAPPED`, or `LONG_SKU` if it has no room there. */
export declare function mapSku(from: usize, to: usize): i32;

/** 0 if filters leave the record out. */
export declare function keepsRow(record: i32): i32;

/** 0 if a validator, or the SKU's being there already, makes a row that reads well invalid; the caller has reported it then. */
export declare function acceptRow(record: i32): i32;
