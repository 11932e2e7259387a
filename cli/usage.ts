/** Parses arguments. Wrong use is reported in one line that names the help to read. */
import { parseArgs } from 'node:util';
import { RelayError } from '../core/errors.ts';
import { grouped } from '../core/text/counted.ts';
import { didYouMean } from '../core/text/suggest.ts';
import type { OptionEntries, OptionValues } from './manual/command.ts';

export class UsageError extends RelayError {
  constructor(message: string) {
    super('USAGE', message);
  }
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
    });
    return { values: parsed.values as OptionValues<T>, positionals: parsed.positionals };
  } catch (error) {
    const unknown = /Unknown option '(--?[^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw new UsageError((error as Error).message.replace(/\.\s.*$/s, ''));
    const near = didYouMean(unknown.replace(/^-+/, ''), [...Object.keys(options), 'help']).replace('"', '"--');
    throw new UsageError(`unknown option ${unknown}${near}`);
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
