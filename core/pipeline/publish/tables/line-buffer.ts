/** Collects CSV lines as bytes: no string per cell. */
import { writeCents, writeInteger, writeMicros, writeMills } from '../../../bytes/numbers.ts';
import { toBytes, writeCell } from '../../../bytes/text.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';

/** `isFull` from this size on; the buffer grows to twice the size. */
const FULL_BYTES = 96 * 1024;
const START_BYTES = 16 * 1024;
/** More than any number takes. */
const NUMBER_BYTES = 32;
/** Above this length, a native copy is faster than a loop. */
const LONG_BYTES = 64;

export class LineBuffer {
  bytes: Uint8Array = new Uint8Array(START_BYTES);
  used = 0;

  get isFull(): boolean {
    return this.used > FULL_BYTES;
  }

  /** The bytes so far, valid until the next write; empties the buffer. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.used);
    this.used = 0;
    return taken;
  }

  ensure(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + bytes));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }

  byte(byte: number): void {
    this.ensure(1);
    this.bytes[this.used++] = byte;
  }

  /** Copies bytes unchanged. */
  raw(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.ensure(to - from);
    if (to - from > LONG_BYTES) {
      this.bytes.set(bytes.subarray(from, to), this.used);
      this.used += to - from;
      return;
    }
    const { bytes: out } = this;
    let at = this.used;
    // biome-ignore lint/style/noNonNullAssertion: callers bound the bytes
    for (let i = from; i < to; i++) out[at++] = bytes[i]!;
    this.used = at;
  }

  /** Copies text as a cell, in quotes if it needs them; `doubled` as in `writeCell`. */
  cell(bytes: Uint8Array, from: number, to: number, doubled = 0): void {
    this.ensure(2 * (to - from) + 2);
    this.used = writeCell(this.bytes, this.used, bytes, from, to, doubled);
  }

  /** A whole number, 0 or more. */
  integer(value: number): void {
    this.ensure(NUMBER_BYTES);
    this.used = writeInteger(this.bytes, this.used, value);
  }

  /** An amount in units of `10^-decimals`, 0 or more. */
  units(units: number, decimals: MoneyDecimals): void {
    this.ensure(NUMBER_BYTES);
    this.used = (decimals === 2 ? writeCents : writeMills)(this.bytes, this.used, units);
  }

  /** An amount in micros, rounded half to even. */
  micros(micros: number, decimals: MoneyDecimals): void {
    this.ensure(NUMBER_BYTES);
    this.used = writeMicros(this.bytes, this.used, micros, decimals);
  }

  /** For short texts that need no quotes. */
  text(text: string): void {
    this.ensure(text.length);
    const { bytes } = this;
    let at = this.used;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.raw(toBytes(text));
        return;
      }
      bytes[at++] = code;
    }
    this.used = at;
  }
}
