/** An address for messages and logs: user and password in it are not shown. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^/?#\s]*@/g, '//…@');
}
