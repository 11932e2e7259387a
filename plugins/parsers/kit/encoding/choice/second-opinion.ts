/**
 * Asks jschardet about the encoding that `auto` chose, for the manifest and `relay suggest`. It decides nothing: see
 * docs/decisions/0010-telling-encodings.md. jschardet takes some 100 ms to load, so it loads only when it is asked.
 */
import { toText } from '../../../../../core/bytes/text.ts';
import type { EncodingOpinion } from '../../../../../core/plugin.ts';
import { transcoderFor } from '../decode/decode.ts';
import { IllFormed } from '../decode/decode-utf8.ts';
import { encodingInfo, resolveEncoding } from '../names.ts';
import type { EncodingChoice } from './choice.ts';

/** jschardet does not state its version; a test compares this one with package.json. */
export const DETECTOR = 'jschardet 3.1.4';

export interface DetectorAnswer {
  encoding: string | null;
  confidence: number;
}

/** `bytes` is a text with a character for each byte. */
export type DetectEncoding = (bytes: string) => DetectorAnswer | Promise<DetectorAnswer>;

/** Null if there is nothing to ask: the file is all ASCII, or its encoding is declared or marked. */
export async function secondOpinion(
  { encoding: chosen, sample }: Pick<EncodingChoice, 'encoding' | 'sample'>,
  detect: DetectEncoding = askJschardet,
): Promise<EncodingOpinion | null> {
  if (sample === undefined) return null;
  const answer = await answerOf(detect, sample);
  if (answer.encoding === null) return { detector: DETECTOR, encoding: null, confidence: 0, agrees: null };
  const encoding = resolveEncoding(answer.encoding) ?? answer.encoding.toLowerCase();
  const agrees = encoding === chosen || (await readAlike(sample, encoding, chosen));
  return { detector: DETECTOR, encoding, confidence: Math.round(answer.confidence * 100) / 100, agrees };
}

async function askJschardet(bytes: string): Promise<DetectorAnswer> {
  const { default: jschardet } = await import('jschardet');
  return jschardet.detect(bytes);
}

/** A detector that fails must not fail the run. */
async function answerOf(detect: DetectEncoding, sample: Uint8Array): Promise<DetectorAnswer> {
  try {
    return await detect(binaryText(sample));
  } catch {
    return { encoding: null, confidence: 0 };
  }
}

/** A character for each byte. The sample is too long for the arguments of one call on some engines. */
function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

async function readAlike(sample: Uint8Array, one: string, other: string): Promise<boolean> {
  const [first, second] = [await decodedStart(sample, one), await decodedStart(sample, other)];
  return first !== null && first === second;
}

/** Null if the sample does not decode. Its end may cut a character, so the decoder is not told that it is the end. */
async function decodedStart(sample: Uint8Array, encoding: string): Promise<string | null> {
  const info = encodingInfo(encoding);
  if (info === null) return null;
  try {
    return toText((await transcoderFor(info, info.name)).write(sample));
  } catch (error) {
    if (error instanceof IllFormed) return null;
    throw error;
  }
}
