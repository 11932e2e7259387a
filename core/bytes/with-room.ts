/** Growing buffers of bytes: each doubles, so that copying stays linear in what is written. */

/** A buffer with the first `used` bytes of this one, and room for more of them. Call it once there is none. */
export function withRoom(bytes: Uint8Array, used: number, more: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(bytes.length * 2, used + more));
  larger.set(bytes.subarray(0, used));
  return larger;
}
