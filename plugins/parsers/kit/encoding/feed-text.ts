/**
 * Encodes text in the encoding of a feed, for rows that go back to the vendor, and decodes corrected rows in that
 * encoding.
 */
import type { FeedText } from '../../../../core/plugin.ts';
import { chooseEncoding } from './choice/choice.ts';
import { EncodingWatch } from './doubts/watch.ts';
import { encodingInfo } from './names.ts';

/** For a feed whose `open` is the decoded text of its file. */
export function feedText(encoding: string): FeedText {
  return {
    encoder: () => encoderFor(encoding),
    // whoever corrects rows may save them as UTF-8
    decode: async function* (source) {
      const rule = { declared: 'auto', candidates: [encoding], fallback: encoding };
      const choice = await chooseEncoding(() => source.open(), rule);
      yield* new EncodingWatch(choice).decode(source.open());
    },
  };
}

/**
 * Encodes text. A character that the encoding lacks becomes a question mark; only text that Relay adds can have one.
 */
async function encoderFor(encoding: string): Promise<(text: string) => Uint8Array> {
  const info = encodingInfo(encoding);
  if (info === null || info.family === 'utf-8') return (text) => new TextEncoder().encode(text);
  const { default: iconv } = await import('iconv-lite');
  const name = info.iconvName ?? (info.name.startsWith('utf-') ? withOrder(info.name) : 'ascii');
  return (text) => new Uint8Array(iconv.encode(text, name, { addBOM: false }));
}

/** An encoding without a byte order is written in low byte first, as its mark then says. */
function withOrder(name: string): string {
  return /[lb]e$/.test(name) ? name : `${name}le`;
}
