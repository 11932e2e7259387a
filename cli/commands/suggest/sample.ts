/** The sample on which `relay suggest` bases its answers: the beginning and the end of a file's text. */
import { RelayError } from '../../../core/errors.ts';
import type { EncodingOpinion } from '../../../core/plugin.ts';
import type { ByteSource } from '../../../core/ports/engine.ts';
import { SHEET_ENCODING } from '../../../plugins/parsers/kit/container/container.ts';
import { surveyBytes } from '../../../plugins/parsers/kit/encoding/choice/survey.ts';
import { withoutEndMark } from '../../../plugins/parsers/kit/encoding/decode/end-mark.ts';
import {
  chooseEncoding,
  decodeToUtf8,
  type EncodingChoice,
  secondOpinion,
} from '../../../plugins/parsers/kit/encoding/index.ts';
import { type ChosenSheet, openTableFile, type TableFileHints } from '../../table-file/open.ts';

/** The bytes of the sample in UTF-8, from the beginning of the text and from its end. */
const HEAD_BYTES = 1 << 20;
const TAIL_BYTES = 1 << 16;
/** The most characters that are shown of a line that encodings read differently. */
const LINE_CHARS = 80;

export interface Sample {
  text: string;
  /** True if `text` is the whole text. */
  isWhole: boolean;
  /** The size of the whole text. */
  bytes: number;
  encoding: EncodingChoice;
  /** Null if no second detector was asked. */
  opinion: EncodingOpinion | null;
  /** Equally likely encodings, each with its reading of a line that they read differently; empty if one is certain. */
  readings: { encoding: string; line: number; text: string }[];
  via: readonly string[];
  isSheet: boolean;
  chosenSheet: ChosenSheet | null;
}

/** Throws `RelayError` if the file cannot be read. */
export async function sampleFile(file: string, hints: TableFileHints): Promise<Sample> {
  const { source, via, isSheet, chosenSheet } = await openTableFile(file, hints);
  const open = () => source.open();
  const { choice, names } = await settle(open, isSheet ? SHEET_ENCODING : hints.encoding);
  // that required reading every byte
  const isUtf8 = choice.reason === 'valid utf-8';
  const read = await readEnds(isUtf8 ? withoutEndMark(source.open()) : decodeToUtf8(source.open(), choice.encoding));
  const opinion = await secondOpinion(choice);
  const readings = await compare(source, names);
  return { ...read, encoding: choice, opinion, readings, via, isSheet, chosenSheet };
}

/** If encodings are equally likely, the first is used until the user chooses. */
async function settle(
  open: () => AsyncIterable<Uint8Array>,
  declared: string,
): Promise<{ choice: EncodingChoice; names: string[] }> {
  try {
    return { choice: await chooseEncoding(open, { declared }), names: [] };
  } catch (error) {
    const names = error instanceof RelayError ? String(error.details.readings ?? '').split(' ') : [];
    const [encoding, other] = names;
    if (encoding === undefined || other === undefined) throw error;
    const sample = (await surveyBytes(open())).start;
    return { choice: { encoding, bom: false, reason: 'detected', confidence: 0, sample }, names };
  }
}

async function readEnds(utf8: AsyncIterable<Uint8Array>): Promise<Pick<Sample, 'text' | 'isWhole' | 'bytes'>> {
  const head: Uint8Array[] = [];
  let tail = new Uint8Array(0);
  let bytes = 0;
  for await (const chunk of utf8) {
    const room = Math.max(0, HEAD_BYTES - bytes);
    if (room > 0) head.push(chunk.slice(0, room));
    bytes += chunk.length;
    if (chunk.length > room) tail = lastOf(tail, chunk.subarray(room));
  }
  const start = textOf(Buffer.concat(head));
  if (bytes <= HEAD_BYTES) return { text: start, isWhole: true, bytes };
  if (bytes <= HEAD_BYTES + TAIL_BYTES) {
    return { text: textOf(Buffer.concat([...head, tail])), isWhole: true, bytes };
  }
  const end = textOf(tail);
  const text = start.slice(0, start.lastIndexOf('\n') + 1) + end.slice(end.indexOf('\n') + 1);
  return { text, isWhole: false, bytes };
}

function lastOf(before: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = Buffer.concat([before.subarray(Math.max(0, before.length + chunk.length - TAIL_BYTES)), chunk]);
  return new Uint8Array(both.subarray(Math.max(0, both.length - TAIL_BYTES)));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The first line that the encodings read differently, as each of them reads it. */
async function compare(source: ByteSource, names: readonly string[]): Promise<Sample['readings']> {
  const texts: string[][] = [];
  for (const name of names) texts.push((await readEnds(decodeToUtf8(source.open(), name))).text.split(/\r\n|\r|\n/));
  const line = (texts[0] ?? []).findIndex((text, i) => texts.some((other) => other[i] !== text));
  if (line < 0) return [];
  return names.map((encoding, i) => ({
    encoding,
    line: line + 1,
    text: (texts[i]?.[line] ?? '').slice(0, LINE_CHARS),
  }));
}
