/** The first part of an option's text: shells show it beside the word. */
export function shortText(text: string): string {
  return text.split(/; | \(|, (?:also|with)/)[0] ?? text;
}
