/**
 * A vendor's file, as the parser of its feed gets it. Detection may keep chunks; the feed of a built-in parser is done with each before
 * it asks for the next one. Fresh chunks would be tens of megabytes of garbage, which V8 collects late.
 */
import type { ByteSource } from '../../ports/engine.ts';

export class LentSource implements ByteSource {
  readonly name: string;
  readonly size: number | null;
  /** True once the feed is prepared. */
  lends = false;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
  }

  open(): AsyncIterable<Uint8Array> {
    return (this.lends ? this.#source.lend?.() : undefined) ?? this.#source.open();
  }
}
