/** Reads a feed with `auto`, and with jschardet, and says if the text is the original one. */
import iconv from 'iconv-lite';
import jschardet from 'jschardet';
import { RelayError } from '../../core/errors.ts';
import {
  chooseEncoding,
  decodeToUtf8,
  encodingInfo,
  resolveEncoding,
} from '../../plugins/parsers/kit/encoding/index.ts';
import type { EncodingCase } from './corpus.ts';

export interface EncodingOutcome {
  outcome: 'right' | 'refused' | 'wrong';
  /** The encoding that was used, or why there was none. */
  detail: string;
}

export async function judge(one: EncodingCase): Promise<EncodingOutcome> {
  const open = async function* () {
    yield one.bytes;
  };
  try {
    const { encoding } = await chooseEncoding(open, { declared: 'auto' });
    const parts: Uint8Array[] = [];
    for await (const chunk of decodeToUtf8(open(), encoding)) parts.push(chunk.slice());
    const text = Buffer.concat(parts).toString();
    return { outcome: text === one.text ? 'right' : 'wrong', detail: encoding };
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== 'DECODE_ERROR') throw error;
    return { outcome: 'refused', detail: error.message };
  }
}

/** The encoding that jschardet finds for the whole file, at any confidence. */
export function judgeJschardet(one: EncodingCase): EncodingOutcome['outcome'] {
  const { encoding } = jschardet.detect(Buffer.from(one.bytes));
  const name = encoding === null ? null : (encodingInfo(resolveEncoding(encoding) ?? '')?.iconvName ?? encoding);
  if (name === null || !iconv.encodingExists(name)) return 'refused';
  return iconv.decode(Buffer.from(one.bytes), name, { stripBOM: false }) === one.text ? 'right' : 'wrong';
}
