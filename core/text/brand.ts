/** Compares brands, which vendors write in several ways. */

/** The brand in lower case, without spaces around it. */
export function foldedBrand(brand: string): string {
  return brand.trim().toLowerCase();
}
