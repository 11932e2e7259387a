/** Characters in arguments that a shell does not let one type. */

/** `tab` and its like, `\\t`, `\\x1f` as the characters that they mean. */
export function spelledOut(value: string): string {
  const words: Record<string, string> = { tab: '\t', space: ' ', comma: ',', semicolon: ';', pipe: '|' };
  const word = words[value.toLowerCase()];
  if (word !== undefined) return word;
  return value
    .replace(/\\t/g, '\t')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
