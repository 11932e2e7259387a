/** How the manual describes a command. Parsing, help, completion and their tests read the same entries. */

/** What the shell offers for a value or an argument. A function gives values that take time to load. */
export type Completion = 'file' | 'folder' | 'id=file' | readonly string[] | (() => Promise<readonly string[]>);

export interface OptionEntry {
  /** The value's name in the help. Absent: the option is a switch. */
  value?: string;
  /** The option may be given more than once. */
  multiple?: true;
  text: string;
  /** The value if the option is not given. A switch is off. */
  default?: string;
  complete?: Completion;
}

export type OptionEntries = Readonly<Record<string, OptionEntry>>;

export interface ArgumentEntry {
  name: string;
  complete?: Completion;
  /** The argument may be given more than once. Only for the last one. */
  multiple?: true;
}

export interface CommandEntry {
  /** `run`, or `plugin new`. */
  name: string;
  /** One line for lists of commands. */
  summary: string;
  /** What comes after the name. */
  usage: string;
  /** Paragraphs. */
  text: readonly string[];
  arguments: readonly ArgumentEntry[];
  options: OptionEntries;
  /** Paragraphs after the options. */
  notes?: readonly string[];
  exits: Readonly<Record<number, string>>;
  examples: readonly string[];
}

/** Commands that share their first word. */
export interface GroupEntry {
  name: string;
  summary: string;
}

/** The values of parsed options. */
export type OptionValues<T extends OptionEntries> = {
  [K in keyof T]: T[K] extends { value: string }
    ? (T[K] extends { multiple: true } ? string[] : string) | undefined
    : boolean;
};

/** The option that every command has. */
export const JSON_OUTPUT = {
  text: 'prints one JSON document on standard output, even for an error',
} as const satisfies OptionEntry;
