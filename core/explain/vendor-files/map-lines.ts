/** Reads a SKU map for one SKU: of a plain table, only the lines that name the SKU, so that a large map is not parsed whole. */
import { toBytes, toText } from '../../bytes/text.ts';
import type { ByteSource } from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { readBytes, runSource } from '../run-files/reading.ts';

export interface MapOfSku {
  files: RunFiles;
  path: string;
  size: number | null;
  sku: string;
}

/** A larger map is read whole, in parts. */
const MAP_BYTES_MAX = 64 << 20;

/** The header and the lines with the SKU, whichever column has it; all lines of a map that is no plain text. */
export function mapLines({ files, path, size, sku }: MapOfSku): ByteSource {
  const whole = runSource(files, path, size);
  if (size === null || size > MAP_BYTES_MAX || sku === '') return whole;
  let read: Promise<Uint8Array> | null = null;
  return {
    ...whole,
    size: null,
    async *open() {
      read ??= readBytes(files, path).then((bytes) => linesWith(bytes ?? new Uint8Array(0), sku));
      yield (await read).slice();
    },
  };
}

function linesWith(bytes: Uint8Array, sku: string): Uint8Array {
  const isArchive = ARCHIVES.some((first) => first.every((byte, i) => bytes[i] === byte));
  const text = isArchive ? '' : toText(bytes);
  // a quoted cell may go on in the next line; what does not decode is told by who reads all of it
  if (isArchive || ['"', '\0', '\ufffd'].some((sign) => text.includes(sign))) return bytes;
  const header = text.indexOf('\n') + 1;
  const lines = [text.slice(0, header)];
  for (let found = text.indexOf(sku, header); found >= 0; ) {
    const end = text.indexOf('\n', found);
    const next = end < 0 ? text.length : end + 1;
    lines.push(text.slice(text.lastIndexOf('\n', found) + 1, next));
    found = text.indexOf(sku, next);
  }
  return toBytes(lines.join(''));
}

/** ZIP and gzip. */
const ARCHIVES = [
  [0x50, 0x4b],
  [0x1f, 0x8b],
];
