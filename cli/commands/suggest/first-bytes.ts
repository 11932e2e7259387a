/** The beginning of a large file, up to the end of a record: `relay suggest` tries an entry on it. */
import fs from 'node:fs';
import path from 'node:path';
import type { ByteSource } from '../../../core/ports/engine.ts';
import { fileSource } from '../../host/files.ts';

/** The part of a file that is read. */
export interface FilePart {
  source: ByteSource;
  bytes: number;
  isWhole: boolean;
}

/** `quote`: a line end inside quotes does not end a record. */
export function firstBytes(file: string, bytesMax: number | null, quote: string | null): FilePart {
  const { size } = fs.statSync(file);
  const whole = { source: fileSource(file), bytes: size, isWhole: true };
  if (bytesMax === null || size <= bytesMax) return whole;
  const read = Buffer.alloc(bytesMax);
  const descriptor = fs.openSync(file, 'r');
  let length = 0;
  try {
    for (let more = -1; more !== 0 && length < bytesMax; length += more)
      more = fs.readSync(descriptor, read, length, bytesMax - length, length);
  } finally {
    fs.closeSync(descriptor);
  }
  const bytes = lastRecordEnd(read.subarray(0, length), quote);
  if (bytes === 0) return whole;
  const part = read.subarray(0, bytes);
  const source: ByteSource = {
    name: path.basename(file),
    size: bytes,
    open: async function* () {
      yield part;
    },
  };
  return { source, bytes, isWhole: false };
}

/**
 * The position after the last line end outside quotes; if quotes are unpaired, after the last line end. 0 if there is
 * none.
 */
export function lastRecordEnd(bytes: Uint8Array, quote: string | null): number {
  const lineEnd = bytes.includes(10) ? 10 : 13;
  const mark = quote === null ? -1 : quote.charCodeAt(0);
  let quotes = 0;
  for (let at = bytes.indexOf(mark); mark >= 0 && at >= 0; at = bytes.indexOf(mark, at + 1)) quotes++;
  let isInside = quotes % 2 === 1;
  for (let at = bytes.length - 1; at >= 0; at--) {
    if (bytes[at] === mark) isInside = !isInside;
    else if (bytes[at] === lineEnd && !isInside) return at + 1;
  }
  return bytes.lastIndexOf(lineEnd) + 1;
}
