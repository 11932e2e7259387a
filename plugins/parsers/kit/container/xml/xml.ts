/**
 * Parses a stream of XML and calls handlers. Names come without prefixes. Refuses document types, so that no entity can
 * expand.
 */
import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { DecodeError, RelayError } from '../../../../../core/errors.ts';
import type { ByteSource } from '../../../../../core/ports/engine.ts';
import { bomOf, decodeToUtf8 } from '../../encoding/decode/decode.ts';
import { damaged } from '../inflate.ts';
import { PlainTags } from './plain-tags.ts';
import type { Attributes, XmlHandlers } from './xml-handlers.ts';

const DEPTH_MAX = 64;
/** Longest tag or text, in characters. */
const PIECE_CHARS_MAX = 1 << 20;
/** A longer tag or text goes to the complete parser, which need not see it again with each chunk. */
const PLAIN_BYTES_MAX = 1 << 15;
/** Twice what handlers wait for: see `isWaiting`. */
const JOINED_BYTES = 1 << 14;

/** Calls the handlers for the whole part. */
export async function readXml(part: ByteSource, handlers: XmlHandlers): Promise<void> {
  for await (const _ of streamXml(part, handlers));
}

/**
 * Like `readXml`, but yields after each chunk so that the caller can take what the handlers collected. Attributes are
 * valid only during the call. `PlainTags` reads what it can; a complete parser reads everything from the first other
 * piece on.
 */
export async function* streamXml(part: ByteSource, handlers: XmlHandlers): AsyncIterable<void> {
  const plain = new PlainTags(handlers);
  let complete: CompleteParser | null = null;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of decoded(part)) {
    if (complete !== null) complete.write(chunk);
    else {
      rest = readPlain(plain, rest, chunk);
      if (plain.isStuck || rest.length > PLAIN_BYTES_MAX) {
        complete = await completeParser(part.name, handlers, plain);
        complete.write(rest);
      }
    }
    yield;
  }
  if (complete === null && !(plain.isEnded && rest.every(isSpace))) {
    complete = await completeParser(part.name, handlers, plain);
    complete.write(rest);
  }
  complete?.close();
  yield;
}

/** Returns a copy of the rest. Joins it with only a part of the chunk, which is mostly enough to complete it. */
function readPlain(plain: PlainTags, rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  let from = 0;
  if (rest.length > 0) {
    const joined = concatBytes([rest, chunk.subarray(0, JOINED_BYTES)]);
    const taken = plain.read(joined);
    from = taken - rest.length;
    if (plain.isStuck || from < 0) return concatBytes([joined.subarray(taken), chunk.subarray(JOINED_BYTES)]);
  }
  return chunk.slice(from + plain.read(chunk.subarray(from)));
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

interface CompleteParser {
  write(chunk: Uint8Array): void;
  close(): void;
}

/**
 * A complete parser that continues where `plain` stopped. Its `write` and `close` throw `invalid_input` for XML that is
 * not well-formed.
 */
export async function completeParser(
  partName: string,
  handlers: XmlHandlers,
  plain: PlainTags,
): Promise<CompleteParser> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ position: false });
  let depth = 0;
  let since = 0;
  let isHeard = false;
  const fail = (why: string): never => {
    throw damaged(partName, why);
  };
  parser.on('error', (error) => fail(`it is not well-formed XML (${error.message})`));
  parser.on('doctype', () => {
    throw new RelayError('invalid_input', `${partName} declares a document type, which no workbook needs`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    since = 0;
    if (++depth > DEPTH_MAX) fail('its tags are nested too deeply');
    if (isHeard) handlers.open?.(local(name), attributesOf(attributes as Record<string, string>));
  });
  parser.on('closetag', (tag) => {
    since = 0;
    depth--;
    if (isHeard) handlers.close?.(local(tag.name));
  });
  const onText = (text: string): void => {
    since = 0;
    handlers.text?.(text);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.write(plain.taken);
  isHeard = true;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    write: (chunk) => {
      const text = decoder.decode(chunk, { stream: true });
      since += text.length;
      parser.write(text);
      if (since > PIECE_CHARS_MAX) fail('a part of it has no end');
    },
    close: () => void parser.close(),
  };
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
