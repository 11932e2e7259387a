/** Finds the escape sequences of encodings that Relay does not read. */

/** True for escape sequences of iso-2022-jp, -kr, -cn or HZ. */
export function hasShift(chunk: Uint8Array): boolean {
  for (let at = chunk.indexOf(27); at >= 0; at = chunk.indexOf(27, at + 1)) {
    const next = chunk[at + 1];
    if (next === 0x24 || (next === 0x28 && (chunk[at + 2] === 0x4a || chunk[at + 2] === 0x49))) return true;
  }
  // HZ: `~{` and `~}` around pairs of printable bytes
  for (let at = chunk.indexOf(0x7e); at >= 0; at = chunk.indexOf(0x7e, at + 1)) {
    if (chunk[at + 1] !== 0x7b) continue;
    let end = at + 2;
    // biome-ignore lint/style/noNonNullAssertion: the chunk's length bounds the indexes
    while (end + 1 < chunk.length && chunk[end]! > 0x20 && chunk[end]! < 0x7e) end += 2;
    if (end > at + 2 && chunk[end] === 0x7e && chunk[end + 1] === 0x7d) return true;
  }
  return false;
}
