/** ZIP archives: chooses the member that is the table, and reads it, checking its size and checksum. */
import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { RelayError } from '../../../../../core/errors.ts';
import type { ByteSource } from '../../../../../core/ports/engine.ts';
import { globMatcher } from '../../../../../core/text/glob.ts';
import { didYouMean } from '../../../../../core/text/suggest.ts';
import { streamRange } from '../byte-range.ts';
import { damaged, inflate, tooLargeUnpacked } from '../inflate.ts';
import type { ContainerLimits } from '../limits.ts';
import { crc32 } from './crc32.ts';
import type { ZipEntry } from './zip-directory.ts';

const HEADER_SIGNATURE = 0x04034b50;
const HEADER_BYTES = 30;
const STORED = 0;
const DEFLATE = 8;
const ENCRYPTED = 1;
/** Most names in a message. */
const NAMES_MAX = 10;

const METHODS: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
  99: 'AES encryption',
};

/** Files that operating systems add to archives. */
const JUNK = /(^|\/)(__MACOSX\/|\.[^/]*$|thumbs\.db$|desktop\.ini$)/i;
/** Texts about a table beside it. */
const NOTE = /(^|\/)(readme|read_me|liesmich|licen[cs]e)(\.(txt|md))?$/i;
/** Names that a table may have, by their extension or without one. */
const TABLE = /(^|\/)[^./]+$|\.(csv|tsv|tab|txt|psv|dat|asc|xlsx|xlsm|gz)$/i;

/**
 * The member that is the table: the one that `wanted` names, or else the only file, or else the only file with the name of a
 * table. Throws `invalid_input` with the members' names if none or several match.
 */
export function chooseMember(archive: string, entries: readonly ZipEntry[], wanted: string | null): ZipEntry {
  const files = entries.filter((entry) => !JUNK.test(entry.name));
  const tables = files.filter((entry) => TABLE.test(entry.name) && !NOTE.test(entry.name));
  const found = wanted === null ? (files.length === 1 ? files : tables) : named(files, wanted);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const names = memberList((found.length > 0 ? found : files).map((entry) => entry.name));
  if (wanted === null) {
    if (files.length === 0) throw new RelayError('invalid_input', `${archive} is an archive without files`);
    throw new RelayError(
      'invalid_input',
      `${archive} holds ${names}; which is the table? Name it with the option member (of a command --member)`,
    );
  }
  const why =
    found.length === 0
      ? `has no member ${JSON.stringify(wanted)}${didYouMean(wanted, namesOf(files))}; it holds ${names}`
      : `has several members for ${JSON.stringify(wanted)}: ${names}`;
  throw new RelayError('invalid_input', `${archive} ${why}`);
}

/** The member's bytes. Throws at once if they cannot be read or are too many. */
export function memberSource(archive: ByteSource, entry: ZipEntry, limits: ContainerLimits): ByteSource {
  const name = `${archive.name}: ${JSON.stringify(entry.name)}`;
  if ((entry.flags & ENCRYPTED) !== 0) {
    throw new RelayError('invalid_input', `${name} is encrypted; send it without a password`);
  }
  if (entry.method !== STORED && entry.method !== DEFLATE) {
    const method = METHODS[entry.method] ?? `method ${entry.method}`;
    throw new RelayError(
      'invalid_input',
      `${name} is compressed with ${method}; Relay reads Deflate and stored members`,
    );
  }
  if (entry.bytes > limits.vendorFileBytesMax) throw tooLargeUnpacked(name, limits.vendorFileBytesMax);
  return {
    name: entry.name.slice(entry.name.lastIndexOf('/') + 1),
    size: entry.bytes,
    open: () => checked(unpacked(archive, entry, name, limits), entry, name),
  };
}

/** Files with that exact name; or else those whose path or name matches the pattern, in any case. */
function named(files: readonly ZipEntry[], wanted: string): ZipEntry[] {
  const exact = files.filter((entry) => entry.name === wanted);
  if (exact.length > 0) return exact;
  const matches = globMatcher(wanted);
  return files.filter(({ name }) => matches(name) || matches(name.slice(name.lastIndexOf('/') + 1)));
}

function namesOf(files: readonly ZipEntry[]): string[] {
  return files.map((entry) => entry.name);
}

/** Names for a message. */
export function memberList(names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
  return names.length === 0
    ? 'none'
    : names
        .slice(0, NAMES_MAX)
        .map((name) => JSON.stringify(name))
        .join(', ') + more;
}

function unpacked(
  archive: ByteSource,
  entry: ZipEntry,
  name: string,
  limits: ContainerLimits,
): AsyncIterable<Uint8Array> {
  const packed = packedBytes(archive, entry, name);
  return entry.method === STORED ? packed : inflate(packed, { format: 'deflate', name, limits });
}

/** The bytes after the member's own header, which alone states its length. */
async function* packedBytes(archive: ByteSource, entry: ZipEntry, name: string): AsyncIterable<Uint8Array> {
  let header = new Uint8Array(0);
  let headerBytes = HEADER_BYTES;
  let left = entry.packedBytes;
  // name and extra field of the header have 64 KiB each at the most
  for await (const chunk of streamRange(archive, entry.offset, HEADER_BYTES + 2 * 65_535 + entry.packedBytes)) {
    let rest = chunk;
    if (header.length < headerBytes) {
      const before = header.length;
      header = concatBytes([header, chunk]);
      if (header.length < HEADER_BYTES) continue;
      headerBytes = checkHeader(header, entry, name);
      if (header.length < headerBytes) continue;
      checkName(header, entry, name);
      rest = chunk.subarray(headerBytes - before);
      header = header.subarray(0, headerBytes);
    }
    const part = rest.subarray(0, left);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
  }
  throw damaged(name, 'it is cut off');
}

/** The length of the whole header. */
function checkHeader(header: Uint8Array, entry: ZipEntry, name: string): number {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const isIt = view.getUint32(0, true) === HEADER_SIGNATURE && view.getUint16(8, true) === entry.method;
  if (!isIt) throw damaged(name, 'it is not where the directory says');
  return HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
}

function checkName(header: Uint8Array, { nameBytes }: ZipEntry, name: string): void {
  const length = new DataView(header.buffer, header.byteOffset, header.length).getUint16(26, true);
  const isIt = length === nameBytes.length && nameBytes.every((byte, i) => header[HEADER_BYTES + i] === byte);
  if (!isIt) throw damaged(name, 'directory and member disagree on its name');
}

async function* checked(chunks: AsyncIterable<Uint8Array>, entry: ZipEntry, name: string): AsyncIterable<Uint8Array> {
  let crc = 0;
  let bytes = 0;
  for await (const chunk of chunks) {
    crc = crc32(crc, chunk);
    bytes += chunk.length;
    if (bytes > entry.bytes) throw damaged(name, 'it is longer than the directory says');
    yield chunk;
  }
  if (bytes !== entry.bytes) throw damaged(name, 'it is shorter than the directory says');
  if (crc !== entry.crc) throw damaged(name, 'its checksum is wrong');
}
