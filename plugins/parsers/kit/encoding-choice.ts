/** Which encoding a file is in: its BOM, what is declared, or for `auto` what the whole file proves. Never a guess. */

import { DecodeError, RelayError } from '../../../core/errors.ts';
import { bomOf, decodeToUtf8, requireEncoding, transcoderFor } from './decode.ts';
import { IllFormed, type Transcoder } from './decode-utf8.ts';
import type { EncodingInfo } from './encoding-names.ts';
import { scoreText } from './encoding-score.ts';
import { type Survey, surveyBytes } from './encoding-survey.ts';

export interface EncodingRule {
  /** A label, or `auto`. */
  declared: string;
  /** For `auto`: the encodings that detection may answer, in order of preference; `DEFAULT_CANDIDATES` unless given. */
  candidates?: readonly string[];
  /** For `auto`: taken, if it decodes the whole file, where detection is not sure. Without one the file is refused. */
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
}

/**
 * What vendors' spreadsheets and shop systems write where it is not UTF-8, the Windows and East Asian code pages first.
 * ISO 8859-1 is not among them: it reads every byte, and what it reads other than windows-1252 are control characters.
 */
export const DEFAULT_CANDIDATES: readonly string[] = [
  ...['windows-1252', 'windows-1250', 'windows-1251', 'shift_jis', 'gb18030', 'big5', 'euc-kr', 'euc-jp'],
  ...['windows-1254', 'windows-1253', 'windows-1257', 'windows-1255', 'windows-1256', 'windows-874'],
  ...['iso-8859-15', 'iso-8859-2', 'iso-8859-5', 'koi8-r', 'cp866', 'cp852', 'cp850', 'cp437', 'macintosh'],
];

/** How far ahead (natural logarithm) the best reading must be of the next one that reads differently. */
const MARGIN = 2;
/** Worse than this for each character outside ASCII, on average, is no reading at all. */
const WORST_PER_CHARACTER = -4.2;

/**
 * Settles a file's encoding. `declared` other than `auto` reads no more than the first four bytes. `auto` reads the file
 * once or twice, in bounded memory. Throws `RelayError` `DECODE_ERROR` where no reading, or more than one, is good.
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
  const survey = await surveyBytes(open());
  const wide = wideEncoding(survey);
  if (wide !== null && (await decodes(open, wide))) return detected(wide, 0.95);
  if (survey.validUtf8) {
    if (!survey.iso2022) return { encoding: 'utf-8', bom: false, reason: 'valid utf-8', confidence: 1 };
    throw refusal(
      'it holds the escape sequences of iso-2022, which Relay does not read; convert it to UTF-8 first',
      survey,
    );
  }
  return await detect(open, survey, rule);
}

async function detect(
  open: () => AsyncIterable<Uint8Array>,
  survey: Survey,
  rule: EncodingRule,
): Promise<EncodingChoice> {
  const candidates = (rule.candidates ?? DEFAULT_CANDIDATES)
    .map(requireEncoding)
    .filter((info) => info.name !== 'utf-8');
  const possible = await strictlyDecoding(open, survey, candidates);
  const readings = possible.map((candidate, order) => ({ name: candidate.info.name, order, ...candidate }));
  const vote = readings.length > 1 ? await detectorVote(survey.sample) : null;
  const scored = readings
    .map((reading) => ({
      ...reading,
      score:
        scoreText(reading.text) +
        prior(reading.name) +
        (vote !== null && vote.encoding === reading.name ? 2 * vote.confidence : 0),
    }))
    .sort((a, b) => b.score - a.score || a.order - b.order);
  const best = scored[0];
  if (best !== undefined) {
    // Readings that agree on every character that is there are one reading; the one preferred is asked for first.
    const same = scored.filter((other) => other.text === best.text).sort((a, b) => a.order - b.order)[0]!;
    const rival = scored.find((other) => other.text !== best.text);
    const lead = rival === undefined ? MARGIN * 2 : best.score - rival.score;
    const strange = (best.score - prior(best.name)) / Math.max(1, countBeyondAscii(best.text)) < WORST_PER_CHARACTER;
    if (lead >= MARGIN && !strange) return detected(same.name, Math.min(0.99, 0.5 + lead / 20));
  }
  if (rule.fallback !== undefined) {
    const fallback = requireEncoding(rule.fallback).name;
    if (await decodes(open, fallback)) return { encoding: fallback, bom: false, reason: 'fallback', confidence: 0.3 };
  }
  const names = scored.slice(0, 3).map((reading) => reading.name);
  throw refusal(
    names.length === 0
      ? 'none of the encodings Relay may try decodes all of it'
      : `it could be ${names.join(' or ')}, and they read differently`,
    survey,
  );
}

/** The candidates that read every byte of the file, with the sample as each reads it. */
async function strictlyDecoding(
  open: () => AsyncIterable<Uint8Array>,
  survey: Survey,
  candidates: readonly EncodingInfo[],
): Promise<{ info: EncodingInfo; text: string }[]> {
  const out: { info: EncodingInfo; text: string }[] = [];
  const streaming: { info: EncodingInfo; transcoder: Transcoder }[] = [];
  for (const info of candidates) {
    const text = await readSample(survey.sample, info);
    if (text === null) continue;
    if (info.family === 'single-byte' || info.family === 'ascii') {
      // One byte, one character: what the file's bytes are is all there is to know.
      const used = Uint8Array.from({ length: 256 }, (_, b) => b).filter((b) => survey.histogram[b]! > 0);
      if ((await readSample(used, info)) !== null) out.push({ info, text });
    } else {
      streaming.push({ info, transcoder: await transcoderFor(info, info.name) });
      out.push({ info, text });
    }
  }
  if (streaming.length === 0) return out;
  const failed = new Set<EncodingInfo>();
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
  return out.filter(({ info }) => !failed.has(info));
}

async function readSample(sample: Uint8Array, info: EncodingInfo): Promise<string | null> {
  const transcoder = await transcoderFor(info, info.name);
  try {
    const parts = [transcoder.write(sample).slice(), transcoder.end()];
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return parts.map((part) => decoder.decode(part)).join('');
  } catch (error) {
    if (error instanceof IllFormed) return null;
    throw error;
  }
}

/** jschardet is one voice among others: on feeds that are mostly ASCII it is often wrong, and knows no central Europe. */
async function detectorVote(sample: Uint8Array): Promise<{ encoding: string; confidence: number } | null> {
  const { default: jschardet } = await import('jschardet');
  let binary = '';
  for (let i = 0; i < sample.length; i += 8192) binary += String.fromCharCode(...sample.subarray(i, i + 8192));
  const vote = jschardet.detect(binary, { minimumThreshold: 0.5 });
  if (!vote.encoding) return null;
  const name = vote.encoding.toLowerCase() === 'gb2312' ? 'gb18030' : requireOrNull(vote.encoding);
  return name === null ? null : { encoding: name, confidence: vote.confidence };
}

function requireOrNull(label: string): string | null {
  try {
    return requireEncoding(label).name;
  } catch {
    return null;
  }
}

/** How common the encoding is before anything was read. */
function prior(name: string): number {
  if (name === 'windows-1252') return 1.5;
  if (name.startsWith('cp') || name === 'macintosh' || name.startsWith('iso-')) return -1;
  return 0;
}

/** Shares of the high bytes that are NUL in UTF-16: of Latin text, and of text with digits and separators in it. */
const NEARLY_ALL = 0.75;
const SOME = 0.15;

/** UTF-16 and UTF-32 without a BOM show by where their NUL bytes are. One NUL here or there proves nothing. */
function wideEncoding(survey: Survey): string | null {
  const [a, b, c, d] = survey.nulsByPosition;
  const quarter = survey.bytes / 4;
  if (survey.bytes < 4 || a! + b! + c! + d! < survey.bytes / 20) return null;
  if (survey.bytes % 4 === 0 && c! > quarter * 0.9 && d! > quarter * 0.9 && a! < quarter * 0.1) return 'utf-32le';
  if (survey.bytes % 4 === 0 && a! > quarter * 0.9 && b! > quarter * 0.9 && d! < quarter * 0.1) return 'utf-32be';
  const sides: ['utf-16le' | 'utf-16be', number, number, number][] = [
    ['utf-16le', b! + d!, a! + c!, survey.lineFeeds.le],
    ['utf-16be', a! + c!, b! + d!, survey.lineFeeds.be],
  ];
  for (const [name, nuls, others, lineFeeds] of sides) {
    const share = nuls / (survey.bytes / 2);
    if (others > nuls / 20) continue;
    // Text beyond Latin has fewer NULs; then its line ends must be two bytes as well.
    if (share >= NEARLY_ALL || (share >= SOME && lineFeeds > 0 && lineFeeds >= survey.lineFeeds.all / 2)) return name;
  }
  return null;
}

function detected(encoding: string, confidence: number): EncodingChoice {
  return { encoding, bom: false, reason: 'detected', confidence: Math.round(confidence * 100) / 100 };
}

function refusal(why: string, survey: Survey): RelayError {
  return new RelayError(
    'DECODE_ERROR',
    `cannot tell the encoding: byte ${survey.firstBad.offset} (line ${survey.firstBad.line}) is not valid utf-8, and ${why}; declare the encoding`,
    { details: { encoding: 'auto', byte_offset: survey.firstBad.offset, line: survey.firstBad.line } },
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

/** FF FE 00 00 is UTF-32, unless the file is declared UTF-16: then it is a NUL character after the mark. */
function markOf(head: Uint8Array, declared: EncodingInfo | null): string | null {
  return bomOf(declared?.family === 'utf-16' ? head.subarray(0, 2) : head)?.encoding ?? null;
}

function countBeyondAscii(text: string): number {
  let n = 0;
  for (const c of text) if (c > '\u007f') n++;
  return n;
}
