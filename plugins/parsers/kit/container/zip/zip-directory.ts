/**
 * The directory at the end of a ZIP archive. Only the directory lists all members with their sizes: the header before a
 * member may lack its size. It is read from the archive's last bytes, in one or two passes.
 */
import { RelayError } from '../../../../../core/errors.ts';
import type { ByteSource } from '../../../../../core/ports/engine.ts';
import { isPadding, readRange, readTail } from '../byte-range.ts';
import { damaged } from '../inflate.ts';
import type { ContainerLimits } from '../limits.ts';

export interface ZipEntry {
  /** As in the directory, with `/` between folders. */
  name: string;
  /** The name as bytes; the member's own header repeats them. */
  nameBytes: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  packedBytes: number;
  bytes: number;
  /** Where the member's own header is. */
  offset: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR_SIGNATURE = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const COMMENT_BYTES_MAX = 65_535;
/** Bytes kept of the archive's end. They usually include the whole directory. */
const TAIL_BYTES = 256 * 1024;
/** Most directory bytes per entry, on average: name, comment and extra fields. */
const ENTRY_BYTES_MAX = 1024;
/** A field that says "look in the ZIP64 record". */
const IN_ZIP64 = 0xffffffff;
const UTF8_NAME = 1 << 11;

/** The entries that are files, in the directory's order. Throws `invalid_input` and `INPUT_TOO_LARGE`. */
export async function readZipDirectory(source: ByteSource, limits: ContainerLimits): Promise<ZipEntry[]> {
  const { tail, size } = await readTail(source, TAIL_BYTES);
  const at = async (from: number, length: number): Promise<DataView> => {
    const inTail = from - (size - tail.length);
    const bytes =
      inTail >= 0 && inTail + length <= tail.length
        ? tail.subarray(inTail, inTail + length)
        : await readRange(source, from, length);
    if (from < 0 || bytes.length < length) throw damaged(source.name, 'its directory is cut off');
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  const end = await findDirectory(source.name, tail, size, at);
  if (end.entries > limits.archiveEntriesMax || end.bytes > limits.archiveEntriesMax * ENTRY_BYTES_MAX) {
    throw new RelayError(
      'INPUT_TOO_LARGE',
      `${source.name} holds ${end.entries} files; the limit is ${limits.archiveEntriesMax} (LIMIT_ARCHIVE_ENTRIES)`,
    );
  }
  const entries = await readEntries(source.name, await at(end.offset, end.bytes), end);
  return entries.filter((entry) => !entry.name.endsWith('/'));
}

interface Directory {
  entries: number;
  bytes: number;
  offset: number;
}

type ReadAt = (from: number, length: number) => Promise<DataView>;

async function findDirectory(name: string, tail: Uint8Array, size: number, at: ReadAt): Promise<Directory> {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let end = tail.length - END_BYTES;
  const content = tail.findLastIndex((byte) => !isPadding(byte)) + 1;
  const last = Math.max(0, content - END_BYTES - COMMENT_BYTES_MAX);
  // the record must end the file, apart from padding: similar bytes may occur in a comment or a member
  const endsFile = (recordEnd: number): boolean => recordEnd >= content && recordEnd <= tail.length;
  while (
    end >= last &&
    !(view.getUint32(end, true) === END_SIGNATURE && endsFile(end + END_BYTES + view.getUint16(end + 20, true)))
  )
    end--;
  if (end < last) throw damaged(name, 'it is cut off, or other data follows its end');
  const position = size - tail.length + end;
  const directory = {
    entries: view.getUint16(end + 10, true),
    bytes: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  const disks = view.getUint16(end + 4, true) | view.getUint16(end + 6, true);
  const before = position - END64_LOCATOR_BYTES;
  const locator = before >= 0 ? await at(before, END64_LOCATOR_BYTES) : null;
  let limit = position;
  if (locator?.getUint32(0, true) === END64_LOCATOR_SIGNATURE) {
    limit = long(locator, 8);
    const record = await at(limit, END64_BYTES);
    if (record.getUint32(0, true) !== END64_SIGNATURE) throw damaged(name, 'its directory is not where it should be');
    directory.entries = long(record, 32);
    directory.bytes = long(record, 40);
    directory.offset = long(record, 48);
  } else if (disks !== 0 && disks !== 0xffff) {
    throw new RelayError('invalid_input', `${name} is one part of a split archive; send it as one file`);
  }
  if (directory.offset + directory.bytes > limit) throw damaged(name, 'its directory is not where it should be');
  return directory;
}

async function readEntries(archive: string, view: DataView, { entries }: Directory): Promise<ZipEntry[]> {
  const out: ZipEntry[] = [];
  let at = 0;
  while (at + ENTRY_BYTES <= view.byteLength && view.getUint32(at, true) === ENTRY_SIGNATURE) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + ENTRY_BYTES + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) break;
    const nameBytes = new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameLength);
    const flags = view.getUint16(at + 8, true);
    const entry: ZipEntry = {
      name: checkedName(archive, await entryName(nameBytes, flags)),
      nameBytes,
      flags,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    const extraAt = view.byteOffset + at + ENTRY_BYTES + nameLength;
    readZip64(archive, new DataView(view.buffer, extraAt, extraLength), entry);
    out.push(entry);
    at = next;
  }
  if (at !== view.byteLength || out.length !== entries) throw damaged(archive, 'its directory is inconsistent');
  return out;
}

/** Reads sizes of more than 32 bits from extra field 1, which has those that the directory gives as `IN_ZIP64`. */
function readZip64(archive: string, extra: DataView, entry: ZipEntry): void {
  const wanted = (['bytes', 'packedBytes', 'offset'] as const).filter((field) => entry[field] === IN_ZIP64);
  if (wanted.length === 0) return;
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === 1) {
      if (at + 4 + wanted.length * 8 > Math.min(end, extra.byteLength)) break;
      for (const [i, field] of wanted.entries()) entry[field] = long(extra, at + 4 + i * 8);
      return;
    }
    at = end;
  }
  throw damaged(archive, `the size of ${JSON.stringify(entry.name)} is missing`);
}

function long(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** UTF-8 if the flag says so or the bytes are; or else code page 437, as the format defines. */
async function entryName(bytes: Uint8Array, flags: number): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: (flags & UTF8_NAME) === 0, ignoreBOM: true }).decode(bytes);
  } catch {
    const { default: iconv } = await import('iconv-lite');
    return iconv.decode(bytes as Buffer, 'cp437', { stripBOM: false });
  }
}

/** Refuses names that lead out of the archive. Relay writes no file under a member's name, but such archives are malicious. */
function checkedName(archive: string, raw: string): string {
  const name = raw.replaceAll('\\', '/');
  if (/^\/|^[a-z]:|(^|\/)\.\.(\/|$)|\0/i.test(name)) {
    throw new RelayError(
      'invalid_input',
      `${archive} has a file named ${JSON.stringify(raw)}, which points outside it`,
    );
  }
  return name;
}
