/** Parses arguments. Wrong use is reported in one line that names the help to read. */
import { parseArgs } from 'node:util';
import { RelayError } from '../core/errors.ts';
import { grouped } from '../core/text/counted.ts';
import { didYouMean } from '../core/text/suggest.ts';
import type { OptionEntries, OptionValues } from './manual/command.ts';

export class UsageError extends RelayError {
  /** The report also shows how the command is written. */
  readonly showsForm: boolean;

  constructor(message: string, { showsForm = false } = {}) {
    super('USAGE', message);
    this.showsForm = showsForm;
  }
}

/** Throws if there are arguments that a command does not take. */
export function refuseExtra([extra]: readonly string[], advice = ''): void {
  if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}"${advice}`, { showsForm: true });
}

export interface ParsedArgs<T extends OptionEntries> {
  values: OptionValues<T>;
  positionals: string[];
}

/** Node's `parseArgs` with the manual's options, and a did-you-mean for unknown ones. */
export function readArgs<T extends OptionEntries>(argv: readonly string[], options: T): ParsedArgs<T> {
  const specs = Object.entries(options).map(([name, { value, multiple = false }]) =>
    value === undefined
      ? ([name, { type: 'boolean', default: false }] as const)
      : ([name, { type: 'string', multiple }] as const),
  );
  try {
    const parsed = parseArgs({
      args: [...argv],
      options: Object.fromEntries(specs),
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    refuseRepeated(parsed.tokens, options);
    return { values: parsed.values as OptionValues<T>, positionals: parsed.positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { message } = error as Error;
    const unknown = /Unknown option '(--?[^']+)'/.exec(message)?.[1];
    if (unknown !== undefined) {
      const near = nearOption(unknown.replace(/^-+/, ''), [...Object.keys(options), 'help']);
      throw new UsageError(`unknown option ${unknown}${near}`, { showsForm: near === '' });
    }
    const [, named = '', rest = ''] = /^Option '(?:-\w, )?--([^ ']+)[^']*' (.*)$/s.exec(message) ?? [];
    const value = options[named]?.value;
    if (value !== undefined && rest.startsWith('argument missing'))
      throw new UsageError(`--${named} needs a value: --${named} ${value}`);
    if (value !== undefined && rest.startsWith('argument is ambiguous'))
      throw new UsageError(`--${named} needs a value; one that begins with "-" is written --${named}=-…`);
    throw new UsageError(message.replace(/\.\s.*$/s, ''));
  }
}

/** The near option by its spelling, or else the only one that begins like it. */
function nearOption(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  if (near !== '') return near.replace('"', '"--');
  const alike = known.filter((one) => name.length > 1 && (one.startsWith(name) || name.startsWith(one)));
  return alike.length === 1 ? ` (did you mean "--${alike[0]}"?)` : '';
}

/** A second value would replace the first without a word. */
function refuseRepeated(tokens: readonly { kind: string; name?: string }[], options: OptionEntries): void {
  const seen = new Set<string>();
  for (const { kind, name = '' } of tokens) {
    if (kind !== 'option' || options[name]?.value === undefined || options[name].multiple) continue;
    if (seen.has(name)) throw new UsageError(`--${name} is given twice`);
    seen.add(name);
  }
}

/** The whole number that an option gives. */
export function wholeNumberOf(option: string, text: string, { min = 0, max }: { min?: number; max: number }): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${option} takes a whole number from ${min} to ${grouped(max)}, not "${text}"`);
}

/** True for `--json` in any form among the options, even in arguments that cannot be parsed. */
export function wantsJson(argv: readonly string[]): boolean {
  return optionsOf(argv).some((word) => word === '--json' || word.startsWith('--json='));
}

export function wantsHelp(argv: readonly string[]): boolean {
  return optionsOf(argv).some((word) => word === '--help' || word === '-h');
}

/** After `--` all words are file names. */
function optionsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}
