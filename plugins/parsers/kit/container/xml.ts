/** Parses a stream of XML and calls handlers, with names without prefixes. Document types are refused, so nothing expands. */
import { DecodeError, RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { bomOf, decodeToUtf8 } from '../encoding/decode.ts';
import { damaged } from './inflate.ts';

export interface XmlHandlers {
  open?(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** An attribute by its name without a prefix; `id` of `r:id` is found by `prefixed`. */
export interface Attributes {
  get(name: string): string | undefined;
  prefixed(name: string): string | undefined;
}

const DEPTH_MAX = 64;
/** Longest tag or text, in characters. */
const PIECE_CHARS_MAX = 1 << 20;

/** Calls the handlers for the whole part. */
export async function readXml(part: ByteSource, handlers: XmlHandlers): Promise<void> {
  for await (const _ of streamXml(part, handlers));
}

/** Like `readXml`, but yields after each chunk so that the caller can take what the handlers collected. */
export async function* streamXml(part: ByteSource, handlers: XmlHandlers): AsyncIterable<void> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ position: false });
  let depth = 0;
  let since = 0;
  const fail = (why: string): never => {
    throw damaged(part.name, why);
  };
  parser.on('error', (error) => fail(`it is not well-formed XML (${error.message})`));
  parser.on('doctype', () => {
    throw new RelayError('invalid_input', `${part.name} declares a document type, which no workbook needs`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    since = 0;
    if (++depth > DEPTH_MAX) fail('its tags are nested too deeply');
    handlers.open?.(local(name), attributesOf(attributes as Record<string, string>));
  });
  parser.on('closetag', (tag) => {
    since = 0;
    depth--;
    handlers.close?.(local(tag.name));
  });
  const onText = (text: string): void => {
    since = 0;
    handlers.text?.(text);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of decoded(part)) {
    const text = decoder.decode(chunk, { stream: true });
    since += text.length;
    parser.write(text);
    if (since > PIECE_CHARS_MAX) fail('a part of it has no end');
    yield;
  }
  parser.close();
  yield;
}

async function* decoded(part: ByteSource): AsyncIterable<Uint8Array> {
  try {
    yield* decodeToUtf8(part.open(), await encodingOf(part));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw damaged(part.name, `byte ${error.details.byte_offset} is not valid ${error.details.encoding}`);
  }
}

/** UTF-16 has a byte order mark or starts with `<` in two bytes. All other workbooks are UTF-8. */
async function encodingOf(part: ByteSource): Promise<string> {
  const head: number[] = [];
  for await (const chunk of part.open()) {
    head.push(...chunk.subarray(0, 4 - head.length));
    if (head.length >= 4) break;
  }
  const mark = bomOf(Uint8Array.from(head))?.encoding;
  if (mark !== undefined) return mark;
  if (head[0] === 0x3c && head[1] === 0) return 'utf-16le';
  return head[0] === 0 && head[1] === 0x3c ? 'utf-16be' : 'utf-8';
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function attributesOf(attributes: Readonly<Record<string, string>>): Attributes {
  return {
    get: (name) => attributes[name],
    prefixed: (name) => {
      const key = Object.keys(attributes).find((one) => one.endsWith(`:${name}`));
      return key === undefined ? undefined : attributes[key];
    },
  };
}
