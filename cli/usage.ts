/** Wrong use of the command line: said in one line, with where to read more. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { RelayError } from '../core/errors.ts';
import { didYouMean } from '../core/text/suggest.ts';

export class UsageError extends RelayError {
  constructor(message: string) {
    super('USAGE', message);
  }
}

type ParsedArgs<T extends OptionSpecs> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** `parseArgs`, strict, with a did-you-mean for options that are not known. */
export type OptionSpecs = NonNullable<ParseArgsConfig['options']>;

export function readArgs<T extends OptionSpecs>(argv: readonly string[], options: T): ParsedArgs<T> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = /Unknown option '(--?[^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw new UsageError((error as Error).message.split('. ')[0]!);
    const near = didYouMean(unknown.replace(/^-+/, ''), Object.keys(options)).replace('"', '"--');
    throw new UsageError(`unknown option ${unknown}${near}`);
  }
}
