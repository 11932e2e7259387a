/**
 * Chooses a file's encoding: by its byte order mark, by what is declared, or for `auto` by its bytes. If the bytes
 * leave doubt, the file is refused, or read in the likely encoding with a warning.
 */

import { DecodeError, RelayError } from '../../../../../core/errors.ts';
import { bomOf, decodeToUtf8, requireEncoding } from '../decode/decode.ts';
import type { EncodingInfo } from '../names.ts';
import type { Reading } from './detect.ts';
import { isLikelyWestern } from './likely-western.ts';
import { areLoneSigns, areSureSigns, endsCells } from './lone-signs.ts';
import { isOnlyWestern } from './only-western.ts';
import { plainUtf8 } from './plain-utf8.ts';
import { type Survey, surveyBytes } from './survey.ts';

export interface EncodingRule {
  /** A label, or `auto`. */
  declared: string;
  /** For `auto`: the encodings to try, in order of preference; `DEFAULT_CANDIDATES` by default. */
  candidates?: readonly string[];
  /** For `auto`: used if detection is not sure and it decodes the whole file. Without a fallback the file is refused. */
  fallback?: string;
}

export interface EncodingChoice {
  /** Canonical name. */
  encoding: string;
  /** Whether the file starts with a byte order mark. */
  bom: boolean;
  reason: 'bom' | 'declared' | 'valid utf-8' | 'detected' | 'fallback';
  /** 0 to 1. */
  confidence: number;
  /** If detected: the next best encoding that reads the file differently. */
  over?: string;
  /** If only a few symbols decide: the encoding that was chosen as the most common, and the alternatives. */
  likely?: string;
  /** For `secondOpinion`, if `auto` chose: the bytes around the file's first byte outside ASCII. */
  sample?: Uint8Array;
}

/**
 * What vendors' spreadsheets and shop systems write besides UTF-8, the Windows and East Asian code pages first. ISO 8859-1 is
 * not listed: it decodes every byte, and differs from windows-1252 only in control characters.
 */
export const DEFAULT_CANDIDATES: readonly string[] = [
  ...['windows-1252', 'windows-1250', 'windows-1251', 'shift_jis', 'gb18030', 'big5', 'euc-kr', 'euc-jp'],
  ...['windows-1254', 'windows-1253', 'windows-1257', 'windows-1255', 'windows-1256', 'windows-874'],
  ...['iso-8859-15', 'iso-8859-2', 'iso-8859-5', 'koi8-r', 'cp866', 'cp850', 'cp852', 'cp437', 'macintosh'],
  ...[
    'iso-8859-7',
    'iso-8859-9',
    'iso-8859-13',
    'iso-8859-8',
    'iso-8859-6',
    'koi8-u',
    'windows-1258',
    'x-mac-cyrillic',
  ],
  ...['iso-8859-16', 'iso-8859-4', 'iso-8859-10', 'iso-8859-3', 'iso-8859-14', 'cp855', 'cp858'],
  ...['cp737', 'cp775', 'cp857', 'cp860', 'cp861', 'cp862', 'cp863', 'cp865', 'cp869', 'x-mac-ce', 'x-mac-croatian'],
  ...['x-mac-romanian', 'x-mac-icelandic', 'x-mac-greek', 'x-mac-turkish'],
];

/** Lead (natural logarithm) that the best reading needs over the next one. Tuned with `npm run encodings`. */
const LEAD = 7;
/** A reading with a worse average per character outside ASCII is not likely text. */
const WORST_PER_SIZE = -6;
/** A smaller lead is enough if the best reading has this good an average, and the next one this poor an average. */
const CLEAR_LEAD = 5.2;
const GOOD_PER_SIZE = -5.1;
const POOR_PER_SIZE = -5.5;
const SHOWN_CHARS = 40;

/**
 * Chooses a file's encoding. A declared encoding reads only the first four bytes; `auto` reads a file of UTF-8 once, others up to
 * three times, in bounded memory. Throws `RelayError` `DECODE_ERROR` if no reading is good, or more than one.
 */
export async function chooseEncoding(
  open: () => AsyncIterable<Uint8Array>,
  rule: EncodingRule,
): Promise<EncodingChoice> {
  const declared = rule.declared.trim().toLowerCase() === 'auto' ? null : requireEncoding(rule.declared);
  const mark = markOf(await firstBytes(open, 4), declared);
  if (mark !== null) return { encoding: mark, bom: true, reason: 'bom', confidence: 1 };
  if (declared !== null) {
    const name = declared.name === 'utf-16' || declared.name === 'utf-32' ? `${declared.name}le` : declared.name;
    return { encoding: name, bom: false, reason: 'declared', confidence: 1 };
  }
  const plain = await plainUtf8(open());
  if (plain !== null)
    return { encoding: 'utf-8', bom: false, reason: 'valid utf-8', confidence: 1, ...sampleOf(plain) };
  const survey = await surveyBytes(open());
  const wide = wideEncoding(survey);
  if (wide !== null && (await decodes(open, wide))) return detected(wide, 0.95);
  const sample = sampleOf(survey.start);
  if (survey.validUtf8) {
    if (!survey.shifts) return { encoding: 'utf-8', bom: false, reason: 'valid utf-8', confidence: 1, ...sample };
    throw refusal(
      'it holds the escape sequences of iso-2022 or HZ, which Relay does not read; convert it to UTF-8 first',
      survey,
    );
  }
  return { ...(await detect({ open, survey, rule })), ...sample };
}

function sampleOf(start: Uint8Array): Pick<EncodingChoice, 'sample'> {
  return start.length === 0 ? {} : { sample: start };
}

/** The reason and confidence, for the manifest. */
export function encodingReason({ reason, confidence, over }: EncodingChoice): string {
  if (reason !== 'detected' && reason !== 'fallback') return reason;
  return `${reason}, confidence ${confidence}${over === undefined ? '' : `, before ${over}`}`;
}

/** A file whose encoding its bytes must tell. */
interface Undeclared {
  open: () => AsyncIterable<Uint8Array>;
  survey: Survey;
  rule: EncodingRule;
}

async function detect(file: Undeclared): Promise<EncodingChoice> {
  const { open, survey, rule } = file;
  const { whole, broken } = survey.sequences;
  if (whole > broken) {
    const why = `${whole} other sequences in it are utf-8, so it is most likely utf-8 with damage there`;
    return await fallBack(file, why);
  }
  const candidates = (rule.candidates ?? DEFAULT_CANDIDATES)
    .map(requireEncoding)
    .filter((info) => info.name !== 'utf-8');
  // a separate module with the letters of forty languages, loaded only if needed
  const { rankReadings } = await import('./detect.ts');
  const readings = await rankReadings(open, survey, candidates);
  const [best, rival] = readings;
  if (best === undefined) {
    return await fallBack(file, 'none of the encodings Relay may try decodes all of it');
  }
  const lead = rival === undefined ? Number.POSITIVE_INFINITY : best.score - rival.score;
  const isAhead = lead >= (isClear(best, rival) ? CLEAR_LEAD : LEAD);
  const western = readings.find(({ name }) => name === 'windows-1252');
  if (western !== undefined && areLoneSigns(western.words, survey.start)) {
    const over = western === best ? rival : best;
    const isSure = over === undefined || (western === best && isAhead) || areSureSigns(western.words);
    return {
      ...detected('windows-1252', LONE_SIGN_CONFIDENCE),
      ...(over === undefined ? {} : { over: over.name }),
      ...(isSure ? {} : { likely: `${readingText(western, over)}, not ${readingText(over, western)}` }),
    };
  }
  const isUnlikely = best.absurd || best.isLone || isBlank(best) || best.perSize < WORST_PER_SIZE;
  const over = rival === undefined ? {} : { over: rival.name };
  if (isAhead && !isUnlikely) return { ...detected(best.name, confidenceOf(lead)), ...over };
  if (rule.fallback === undefined && isLikelyWestern(best, lead, endsCells(survey.start))) {
    const not = rival === undefined ? '' : `, not ${readingText(rival, best)}`;
    const likely = `${readingText(best, rival)}${not}`;
    return { ...detected('windows-1252', LIKELY_CONFIDENCE), ...over, likely };
  }
  if (rule.fallback === undefined && western !== undefined && isOnlyWestern(western, best, survey.start)) {
    const other = western === best ? rival : best;
    const not = other === undefined ? '' : `, not ${readingText(other, western)}`;
    const likely = `${readingText(western, other)}${not}`;
    return {
      ...detected('windows-1252', LIKELY_CONFIDENCE),
      ...(other === undefined ? {} : { over: other.name }),
      likely,
    };
  }
  if (isUnlikely || rival === undefined) {
    return await fallBack(file, `no encoding makes likely text of it; as ${readingText(best, rival)}`);
  }
  const why = `it could be ${readingText(best, rival)} or ${readingText(rival, best)}`;
  return await fallBack(file, why, [best.name, rival.name]);
}

/** A file with a few signs and no letter outside ASCII is windows-1252 with this confidence. */
const LONE_SIGN_CONFIDENCE = 0.8;
/** A short text whose next best reading is near, with a warning. */
const LIKELY_CONFIDENCE = 0.7;
/** Text with no characters outside ASCII but no-break spaces. Their bytes in DOS and Mac OS are letters in Windows. */
const BLANKS_ALONE = /^[\u0000-\u007f\u00a0]*$/;
const WINDOWS = /^(windows|iso-8859)-/;

/** True if all that the reading has outside ASCII are no-break spaces, in an encoding of DOS or Mac OS: that proves nothing. */
function isBlank({ name, words }: Reading): boolean {
  return !WINDOWS.test(name) && words.every((word) => BLANKS_ALONE.test(word));
}

/** True if the best reading is good text and the next one is not. */
function isClear(best: Reading, rival: Reading | undefined): boolean {
  return best.perSize >= GOOD_PER_SIZE && (rival?.perSize ?? -99) < POOR_PER_SIZE;
}

/** The encoding, with a word that the two encodings read differently. */
function readingText(reading: Reading, other: Reading | undefined): string {
  const { words, name } = reading;
  const at =
    other === undefined
      ? 0
      : Math.max(
          0,
          words.findIndex((word, i) => word !== other.words[i]),
        );
  return `${name} (${JSON.stringify((words[at] ?? '').slice(0, SHOWN_CHARS))})`;
}

async function fallBack(
  { open, survey, rule }: Undeclared,
  why: string,
  readings: readonly string[] = [],
): Promise<EncodingChoice> {
  if (rule.fallback !== undefined) {
    const fallback = requireEncoding(rule.fallback).name;
    if (await decodes(open, fallback)) return { encoding: fallback, bom: false, reason: 'fallback', confidence: 0.3 };
  }
  throw refusal(why, survey, readings);
}

/** Words of a file are not independent, so the lead overstates the odds. */
function confidenceOf(lead: number): number {
  return Math.min(0.99, 1 / (1 + Math.exp(-lead / 3)));
}

/** Share of NUL among the high bytes of UTF-16: for Latin text, and for other text with digits and separators. */
const NEARLY_ALL = 0.75;
const SOME = 0.15;

/** UTF-16 and UTF-32 without a byte order mark have NUL bytes at fixed positions. A few NULs elsewhere prove nothing. */
function wideEncoding(survey: Survey): string | null {
  const [a, b, c, d] = survey.nulsByPosition;
  const quarter = survey.bytes / 4;
  if (survey.bytes < 4) return null;
  if (survey.bytes % 4 === 0 && c > quarter * 0.9 && d > quarter * 0.9 && a < quarter * 0.1) return 'utf-32le';
  if (survey.bytes % 4 === 0 && a > quarter * 0.9 && b > quarter * 0.9 && d < quarter * 0.1) return 'utf-32be';
  const sides: ['utf-16le' | 'utf-16be', number, number, number][] = [
    ['utf-16le', b + d, a + c, survey.lineFeeds.le],
    ['utf-16be', a + c, b + d, survey.lineFeeds.be],
  ];
  for (const [name, nuls, others, lineFeeds] of sides) {
    const share = nuls / (survey.bytes / 2);
    if (others > nuls / 20) continue;
    // other scripts have fewer NULs; then line ends must be two bytes as well
    if (share >= NEARLY_ALL || (share >= SOME && lineFeeds > 0 && lineFeeds >= survey.lineFeeds.all / 2)) return name;
  }
  return null;
}

function detected(encoding: string, confidence: number): EncodingChoice {
  return { encoding, bom: false, reason: 'detected', confidence: Math.round(confidence * 100) / 100 };
}

/** `readings` are the possible encodings, for the details. */
function refusal(why: string, survey: Survey, readings: readonly string[] = []): RelayError {
  return new RelayError(
    'DECODE_ERROR',
    `cannot tell the encoding: byte ${survey.firstBad.offset} (line ${survey.firstBad.line}) is not valid utf-8, and ${why}; declare the encoding`,
    {
      details: {
        encoding: 'auto',
        byte_offset: survey.firstBad.offset,
        line: survey.firstBad.line,
        readings: readings.join(' '),
      },
    },
  );
}

async function decodes(open: () => AsyncIterable<Uint8Array>, encoding: string): Promise<boolean> {
  try {
    for await (const _ of decodeToUtf8(open(), encoding));
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

async function firstBytes(open: () => AsyncIterable<Uint8Array>, count: number): Promise<Uint8Array> {
  const head: number[] = [];
  for await (const chunk of open()) {
    head.push(...chunk.subarray(0, count - head.length));
    if (head.length >= count) break;
  }
  return Uint8Array.from(head);
}

/** FF FE 00 00 is UTF-32. If UTF-16 is declared, it is UTF-16 with a NUL character after the mark. */
function markOf(head: Uint8Array, declared: EncodingInfo | null): string | null {
  const mark = bomOf(head)?.encoding ?? null;
  return mark === 'utf-32le' && declared?.family === 'utf-16' ? 'utf-16le' : mark;
}
