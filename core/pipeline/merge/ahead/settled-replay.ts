/** Takes SKUs that a thread has settled (`settled-log.ts`) through the outlet of the run's own thread, which joins them with the published feed. */
// biome-ignore-all lint/style/noNonNullAssertion: records begin with their size
import { compareBytes } from '../../../bytes/compare.ts';
import { toBytes, toText } from '../../../bytes/text.ts';
import { assert } from '../../../errors.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import type { ByteSink } from '../../../ports/engine.ts';
import { align8 } from '../../sort/entry.ts';
import type { PageStartsState } from '../../sort/page-starts.ts';
import type { EntryPlace } from '../gathered.ts';
import type { MergeTools, Outlet } from '../merge-range.ts';
import {
  RECORD_ANSWER,
  RECORD_BYTES,
  RECORD_HEAD,
  RECORD_LANDED,
  RECORD_PRICE,
  RECORD_PRICE_BYTES,
  RECORD_VENDORS,
} from './settled-log.ts';

export interface ReplayTo {
  sink: ByteSink;
  /** As that of `MergeRange`. */
  onProgress: (rows: number) => void;
}

export class SettledReplay {
  /** Where records are read to: in the kernel's memory, if there is a kernel, which then writes the rows. */
  readonly room: Uint8Array | null;
  readonly #tools: MergeTools;
  readonly #outlet: Outlet;
  readonly #kernel: Kernel | null;
  readonly #to: ReplayTo;

  constructor(tools: MergeTools, kernel: Kernel | null, to: ReplayTo) {
    assert(tools.outlet !== null, 'SKUs are replayed for an outlet');
    this.#tools = tools;
    this.#outlet = tools.outlet;
    this.#kernel = kernel;
    this.#to = to;
    this.room = kernel?.merge.windows ?? null;
  }

  /** Rows of the feed so far. */
  get rows(): number {
    return this.#tools.output.rows;
  }

  /** Takes whole records. */
  async take(records: Uint8Array): Promise<void> {
    const { group, output } = this.#tools;
    const outlet = this.#outlet;
    const { place, start, isInKernel } = this.#placeOf(records);
    for (let at = start; at < start + records.length; ) {
      const answer = this.#restore(place, at, isInKernel);
      while (!outlet.settle(answer)) {
        await outlet.refill();
        if (outlet.isFull) await this.#flush();
      }
      group.clear();
      if (output.isFull || outlet.isFull) await this.#flush();
      at += place.words[(at >> 2) + RECORD_BYTES]!;
    }
  }

  /** After the last SKU. */
  async end(): Promise<void> {
    while (!this.#outlet.end()) {
      await this.#outlet.refill();
      if (this.#outlet.isFull) await this.#flush();
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const { output } = this.#tools;
    await this.#to.sink.write(output.take());
    await this.#outlet.flush();
    this.#to.onProgress(output.rows);
  }

  /** Of the pages that begin in a part those up to the SKU at which the outlet has failed. */
  reached({ kept, every }: PageStartsState): PageStartsState {
    const { sku, skuLength } = this.#tools.group;
    const last = sku.subarray(0, skuLength);
    return { kept: kept.filter(([, [first]]) => compareBytes(toBytes(first), last) <= 0), every };
  }

  #placeOf(records: Uint8Array): { place: EntryPlace; start: number; isInKernel: boolean } {
    const { buffer, byteOffset, length } = records;
    const isInKernel = buffer === this.#kernel?.bytes.buffer;
    const [offset, bytes] = isInKernel ? [0, buffer.byteLength] : [byteOffset, length];
    const place = {
      ...{ owner: 0, at: 0 },
      bytes: new Uint8Array(buffer, offset, bytes),
      words: new Uint32Array(buffer, offset, bytes >> 2),
      numbers: new Float64Array(buffer, offset, bytes >> 3),
    };
    return { place, start: isInKernel ? byteOffset : 0, isInKernel };
  }

  /** Makes the group what it was in the thread, as far as outlets look at it; returns the answer of `choose`. */
  #restore(place: EntryPlace, at: number, isInKernel: boolean): number {
    const { group, chooser } = this.#tools;
    const { words, numbers } = place;
    const word = at >> 2;
    const answer = words[word + RECORD_ANSWER]! | 0;
    const count = words[word + RECORD_VENDORS]!;
    const from = (at + RECORD_HEAD) >> 2;
    const known = answer < 0 ? 0 : answer;
    const textAt = at + RECORD_HEAD + align8(4 * count);
    const textBytes = words[word + RECORD_PRICE_BYTES]!;
    place.owner = words[from + known]!;
    place.at = textAt + align8(textBytes);
    group.addAmong(place, { known, vendors: words, from, count, isInKernel });
    group.landed[known] = numbers[(at >> 3) + RECORD_LANDED]!;
    const isText = textBytes > 0;
    chooser.takeUnits(
      isText ? BigInt(toText(place.bytes, textAt, textAt + textBytes)) : numbers[(at >> 3) + RECORD_PRICE]!,
    );
    return answer;
  }
}
