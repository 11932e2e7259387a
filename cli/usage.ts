/** Parses arguments. Wrong use is reported in one line that names the help to read. */
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

export type OptionSpecs = NonNullable<ParseArgsConfig['options']>;

/** Node's `parseArgs`, with a did-you-mean for unknown options. */
export function readArgs<T extends OptionSpecs>(argv: readonly string[], options: T): ParsedArgs<T> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = /Unknown option '(--?[^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw new UsageError((error as Error).message.replace(/\. .*$/s, ''));
    const near = didYouMean(unknown.replace(/^-+/, ''), Object.keys(options)).replace('"', '"--');
    throw new UsageError(`unknown option ${unknown}${near}`);
  }
}
