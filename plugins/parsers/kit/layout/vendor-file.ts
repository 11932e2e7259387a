/** What `open` of a vendor module gets: the unpacked file, as bytes, as UTF-8, or line by line. */
import { RelayError } from '../../../../core/errors.ts';

export interface VendorFile {
  name: string;
  /** The bytes as the vendor sent them, unpacked from gzip and ZIP. */
  bytes(): AsyncIterable<Uint8Array>;
  /** The file in UTF-8, decoded from the encoding that was found. */
  utf8(): AsyncIterable<Uint8Array>;
  /** Its lines without line ends, numbered from 1. */
  lines(): AsyncIterable<FileLine>;
}

export interface FileLine {
  line: number;
  text: string;
}

/** Throws `invalid_input` for a line of more than `charsMax` characters. */
export async function* fileLines(
  utf8: AsyncIterable<Uint8Array>,
  name: string,
  charsMax: number,
): AsyncGenerator<FileLine> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let parts: string[] = [];
  let chars = 0;
  let line = 1;
  let isAfterCr = false;
  const add = (part: string) => {
    chars += part.length;
    if (chars > charsMax)
      throw new RelayError(
        'invalid_input',
        `${name}: line ${line} is longer than ${charsMax} characters (LIMIT_RECORD_BYTES)`,
      );
    parts.push(part);
  };
  const taken = (): FileLine => {
    const one = { line: line++, text: parts.join('') };
    parts = [];
    chars = 0;
    return one;
  };
  for await (const chunk of utf8) {
    const decoded = decoder.decode(chunk, { stream: true });
    // the LF of a CRLF may come with the next chunk
    const text = isAfterCr && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
    if (decoded !== '') isAfterCr = decoded.endsWith('\r');
    let from = 0;
    for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) {
      add(text.slice(from, index));
      yield taken();
      from = index + end.length;
    }
    if (from < text.length) add(text.slice(from));
  }
  if (parts.length > 0) yield taken();
}
