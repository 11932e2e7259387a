/**
 * A vendor's file, as the parser of its feed gets it. Detection may keep chunks. After that, a built-in parser is done
 * with each chunk before it asks for the next, so one buffer can serve them all: fresh chunks would be tens of
 * megabytes of garbage, which V8 collects late.
 */
import type { ByteSource } from '../../ports/engine.ts';

export class LentSource implements ByteSource {
  readonly name: string;
  readonly size: number | null;
  /** True once the feed is prepared: from then on chunks share a buffer. */
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
