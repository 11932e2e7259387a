/** The checksum of ZIP archives, eight bytes at a time. There is a table for each of the eight positions. */
// biome-ignore-all lint/style/noNonNullAssertion: the tables have an entry for every byte, the loops end with the bytes

const STEP = 8;
/** Entry `256 * k + n`: the checksum of the byte `n` followed by `k` zero bytes. */
const TABLES = new Int32Array(256 * STEP);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  TABLES[n] = c;
}
for (let at = 256; at < TABLES.length; at++) {
  const before = TABLES[at - 256]!;
  TABLES[at] = TABLES[before & 255]! ^ (before >>> 8);
}

/** `crc` is the result for the bytes before, 0 at first. The result is unsigned. */
export function crc32(crc: number, bytes: Uint8Array): number {
  let c = ~crc;
  let i = 0;
  for (; i + STEP <= bytes.length; i += STEP) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c =
      TABLES[1792 + (c & 255)]! ^
      TABLES[1536 + ((c >>> 8) & 255)]! ^
      TABLES[1280 + ((c >>> 16) & 255)]! ^
      TABLES[1024 + (c >>> 24)]! ^
      TABLES[768 + bytes[i + 4]!]! ^
      TABLES[512 + bytes[i + 5]!]! ^
      TABLES[256 + bytes[i + 6]!]! ^
      TABLES[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) c = TABLES[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
