/** Decodes a file's words outside ASCII in every candidate encoding, and ranks the readings by how likely the text is. */
import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { transcoderFor } from '../decode/decode.ts';
import { IllFormed, type Transcoder } from '../decode/decode-utf8.ts';
import { scoreWords } from '../likelihood/score.ts';
import type { EncodingInfo } from '../names.ts';
import type { Survey } from './survey.ts';

export interface Reading {
  /** The encoding. If several read the file alike, the preferred one. */
  name: string;
  /** The words of the file with characters outside ASCII. */
  words: readonly string[];
  /** Natural logarithm of the chance of the text, plus that of the most common encoding with this reading. */
  score: number;
  /** True if it has characters that nobody writes: controls, box drawing, private use. */
  absurd: boolean;
  /** True if it has only one East Asian character, which proves too little. */
  isLone: boolean;
  /** The text's part of `score` per character outside ASCII; see `Score`. */
  perSize: number;
}

/** How common encodings are: natural logarithms, relative to windows-1252. */
const PRIORS: ReadonlyArray<readonly [RegExp, number]> = [
  [/^windows-1252$/, 0],
  [/^windows-125[0145]$|^shift_jis$|^gb18030$|^gbk$|^big5$|^euc-kr$/, -1],
  [/^windows-|^iso-8859-(1|2|5|7|9|15)$|^euc-jp$|^koi8-r$|^x-mac-cyrillic$/, -2],
  [/^iso-8859-(3|4|10|14|16)$/, -14],
  [/^cp(437|850|852|866|858)$|^macintosh$|^iso-8859-(6|8|11|13)$|^koi8-u$/, -3.5],
];
const RARE = -9;
/** For encodings of other scripts, if the text has only Latin letters and signs. */
const OTHER_SCRIPT =
  /^windows-(1251|1253|1255|1256|874)$|^iso-8859-([5-8]|11)$|^koi8|^cp(737|855|862|866|869)$|cyrillic$|greek$/;
const WITHOUT_ITS_SCRIPT = -6;
const BEYOND_LATIN = /[\u0370-\u1dff]/;
const LINE_FEED = Uint8Array.of(10);
const LONE = /^[\u0000-\u007f]*[^\u0000-\u007f][\u0000-\u007f]*$/;
/** The least cost of a text of one character, so that short texts are not penalized. */
const FIRST_WORD = 4;

/** Most likely first, without candidates that do not decode every byte of the file. */
export async function rankReadings(
  open: () => AsyncIterable<Uint8Array>,
  survey: Survey,
  candidates: readonly EncodingInfo[],
): Promise<Reading[]> {
  const byText = new Map<string, Reading & { likelihood: number }>();
  for (const { info, words, key } of await strictlyDecoding(open, survey, candidates)) {
    const same = byText.get(key);
    if (same !== undefined) {
      same.score = Math.max(same.score, same.likelihood + prior(info.name, words));
      continue;
    }
    const { total, size, absurd } = scoreWords(words, survey.neighbours);
    byText.set(key, {
      name: info.name,
      words,
      absurd,
      isLone: size === 2 && LONE.test(words.join('')),
      likelihood: total,
      score: total + prior(info.name, words),
      perSize: Math.min(0, total + FIRST_WORD) / Math.max(1, size),
    });
  }
  return [...byText.values()].sort((a, b) => b.score - a.score);
}

function prior(name: string, words: readonly string[]): number {
  const common = PRIORS.find(([pattern]) => pattern.test(name))?.[1] ?? RARE;
  const isOther = OTHER_SCRIPT.test(name) && !words.some((word) => BEYOND_LATIN.test(word));
  return common + (isOther ? WITHOUT_ITS_SCRIPT : 0);
}

interface DecodedWords {
  info: EncodingInfo;
  words: readonly string[];
  /** Equal for encodings that read the file alike. */
  key: string;
}

async function strictlyDecoding(
  open: () => AsyncIterable<Uint8Array>,
  survey: Survey,
  candidates: readonly EncodingInfo[],
): Promise<DecodedWords[]> {
  const out: DecodedWords[] = [];
  const streaming: { info: EncodingInfo; transcoder: Transcoder }[] = [];
  const used = Uint8Array.from({ length: 256 }, (_, b) => b).filter((b) => b < 0x80 || (survey.histogram[b] ?? 0) > 0);
  for (const info of candidates) {
    const text = await decodeAll(inLines(survey.words), info);
    if (text === null) continue;
    const words = text.split('\n');
    if (info.family !== 'single-byte' && info.family !== 'ascii') {
      streaming.push({ info, transcoder: await transcoderFor(info, info.name) });
      out.push({ info, words, key: text });
      continue;
    }
    // one byte is one character: decoding each byte of the file once is enough
    const alphabet = await decodeAll(used, info);
    if (alphabet !== null) out.push({ info, words, key: `${text}\0${alphabet}` });
  }
  const failed = await failing(open, streaming);
  return out.filter(({ info }) => !failed.has(info));
}

/** The encodings that do not decode the whole file. */
async function failing(
  open: () => AsyncIterable<Uint8Array>,
  streaming: readonly { info: EncodingInfo; transcoder: Transcoder }[],
): Promise<Set<EncodingInfo>> {
  const failed = new Set<EncodingInfo>();
  if (streaming.length === 0) return failed;
  const attempt = (info: EncodingInfo, step: () => unknown): void => {
    if (failed.has(info)) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof IllFormed)) throw error;
      failed.add(info);
    }
  };
  for await (const chunk of open()) {
    for (const { info, transcoder } of streaming) attempt(info, () => transcoder.write(chunk));
    if (failed.size === streaming.length) break;
  }
  for (const { info, transcoder } of streaming) attempt(info, () => transcoder.end());
  return failed;
}

/** Null if it does not decode. */
async function decodeAll(bytes: Uint8Array, info: EncodingInfo): Promise<string | null> {
  const transcoder = await transcoderFor(info, info.name);
  try {
    const parts = [transcoder.write(bytes).slice(), transcoder.end()];
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return parts.map((part) => decoder.decode(part)).join('');
  } catch (error) {
    if (error instanceof IllFormed) return null;
    throw error;
  }
}

/** The words with a line feed between them. */
function inLines(words: readonly Uint8Array[]): Uint8Array {
  return concatBytes(words.flatMap((word, i) => (i === 0 ? [word] : [LINE_FEED, word])));
}
