/** The checksum of ZIP archives. One table lookup per byte; unpacking costs far more. */
// biome-ignore-all lint/style/noNonNullAssertion: the table has an entry for every byte

const TABLE = new Int32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** `crc` is the result for the bytes before, 0 at first. The result is unsigned. */
export function crc32(crc: number, bytes: Uint8Array): number {
  let c = ~crc;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
