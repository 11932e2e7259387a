/** What the completion scripts offer. */

/** What a shell needs to know. */
export interface CompletionTable {
  /** The words that can come first. */
  first: readonly Word[];
  /** The second words, by first word. */
  groups: ReadonlyMap<string, readonly Word[]>;
  commands: readonly CommandWords[];
}

export interface Word {
  word: string;
  text: string;
}

export interface CommandWords {
  name: string;
  options: readonly OptionWords[];
  arguments: readonly ArgumentWords[];
}

export interface OptionWords extends Word {
  /** Null for a switch. */
  value: Values | null;
}

export interface ArgumentWords {
  values: Values;
  multiple: boolean;
}

/** `none`: any value, without suggestions. */
export type Values = 'file' | 'folder' | 'id=file' | 'none' | readonly string[];

/** The first part of an option's text: shells show it beside the word. */
export function shortText(text: string): string {
  return text.split(/; | \(|, (?:also|with)/)[0] ?? text;
}

/** The options that a value follows, as a pattern of `case` in a shell: `'COMMAND --option'|…`. */
export function valueOptions(commands: readonly CommandWords[]): string {
  const patterns = commands.flatMap(({ name, options }) =>
    options.flatMap(({ word, value }) => (value === null ? [] : [`'${name} ${word}'`])),
  );
  return patterns.join('|');
}

/** Cases of a shell for the values of a command's options; `offer` writes what a value may be. */
export function optionCases({ name, options }: CommandWords, offer: (values: Values) => string): string[] {
  return options.flatMap(({ word, value }) =>
    value === null ? [] : [`    '${name} ${word}') ${offer(value)}return ;;`],
  );
}
