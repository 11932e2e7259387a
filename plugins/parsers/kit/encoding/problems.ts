/** Checks the encoding that a config declares. */
import type { ConfigProblem } from '../../../../core/plugin.ts';
import { didYouMean } from '../../../../core/text/suggest.ts';
import { ENCODING_NAMES, resolveEncoding } from './names.ts';

export function encodingProblems(encoding: string, path: string): ConfigProblem[] {
  if (encoding.toLowerCase() === 'auto' || resolveEncoding(encoding) !== null) return [];
  const message = `"${encoding}" is not an encoding that Relay reads${didYouMean(encoding, [...ENCODING_NAMES, 'auto'])}`;
  return [{ path, code: 'unknown_encoding', message }];
}
