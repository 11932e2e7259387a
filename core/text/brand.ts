/** How brands are compared: vendors write one brand in several ways. */

/** Without spaces around it, in lower case. */
export function foldedBrand(brand: string): string {
  return brand.trim().toLowerCase();
}
