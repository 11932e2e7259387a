/** An address for messages and logs, without its user and password. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^/?#\s]*@/g, '//…@');
}
