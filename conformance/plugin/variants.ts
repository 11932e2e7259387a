/** Other ways to send the same feed, which must not change the result. */
import { gzipSync } from 'node:zlib';
import type { MemoryFile } from '../../plugins/in-memory/ports.ts';
import type { PluginFixture, VariantName } from './fixture.ts';
import { type FeedVariant, feedFilesOf, type Observation } from './observe.ts';

export interface NamedFeedVariant extends FeedVariant {
  kind: VariantName;
  title: string;
}

/** Above this size, sending one byte at a time takes too long. */
const SLOW_BYTES = 64 * 1024;

/** The variants that mean the same for this fixture, without those that it skips. */
export function variantsOf(fixture: PluginFixture, reference: Observation): NamedFeedVariant[] {
  const files = feedFilesOf(fixture);
  const change = (make: (file: MemoryFile, encoding: string) => MemoryFile | null) => {
    const changed = Object.entries(files).map(
      ([id, file]) => [id, make(file, reference.encodings[id] ?? '') ?? file] as const,
    );
    return changed.some(([id, file]) => file !== files[id]) ? Object.fromEntries(changed) : null;
  };
  const large = Object.values(files).some(({ bytes }) => bytes.length > SLOW_BYTES);
  const all: Array<Omit<NamedFeedVariant, 'files'> & { files?: Record<string, MemoryFile> | null }> = [
    { kind: 'byte_order_mark', title: 'with a byte order mark', files: change(withMark) },
    { kind: 'line_ends', title: 'with other line ends', files: change(withOtherLineEnds) },
    { kind: 'gzip', title: 'compressed with gzip', files: change(compressed) },
    ...[large ? 997 : 1, 7].map((chunkBytes) => {
      return { kind: 'chunks' as const, title: `${chunkBytes} bytes at a time`, chunkBytes };
    }),
  ];
  return all.flatMap(({ files: changed, ...variant }) => {
    if (changed === null || fixture.skip?.[variant.kind] !== undefined) return [];
    return [{ ...variant, ...(changed === undefined ? {} : { files: changed }) }];
  });
}

const MARK = [0xef, 0xbb, 0xbf];

function withMark({ name, bytes }: MemoryFile, encoding: string): MemoryFile | null {
  if (encoding !== 'utf-8' || isContainer(bytes) || MARK.every((byte, i) => bytes[i] === byte)) return null;
  return { name, bytes: Uint8Array.from([...MARK, ...bytes]) };
}

/**
 * Exchanges LF and CRLF; leaves a feed alone that mixes them. Only for encodings in which a line feed is the byte 10.
 */
function withOtherLineEnds({ name, bytes }: MemoryFile, encoding: string): MemoryFile | null {
  if (/^utf-?(16|32)/i.test(encoding) || isContainer(bytes) || !bytes.includes(10)) return null;
  const pairs = count(bytes, (byte, i) => byte === 13 && bytes[i + 1] === 10);
  const returns = count(bytes, (byte) => byte === 13);
  if (returns > 0 && (pairs < returns || pairs < count(bytes, (byte) => byte === 10))) return null;
  const changed = [...bytes].flatMap((byte) => {
    if (byte === 13) return [];
    return byte === 10 && returns === 0 ? [13, 10] : [byte];
  });
  return { name, bytes: Uint8Array.from(changed) };
}

function count(bytes: Uint8Array, matches: (byte: number, index: number) => boolean): number {
  return bytes.reduce((sum, byte, i) => sum + Number(matches(byte, i)), 0);
}

function compressed({ name, bytes }: MemoryFile): MemoryFile | null {
  return isContainer(bytes) ? null : { name: `${name}.gz`, bytes: new Uint8Array(gzipSync(bytes)) };
}

/** True for archives and workbooks: their bytes are not the text of the table. */
export function isContainer(bytes: Uint8Array): boolean {
  const heads = [
    [0x50, 0x4b, 3, 4],
    [0x1f, 0x8b],
    [0xd0, 0xcf, 0x11, 0xe0],
  ];
  return heads.some((head) => head.every((byte, i) => bytes[i] === byte));
}
