/**
 * The run's end of the threads that merge ranges of SKUs: says which range is the run's own next, and puts what the others wrote
 * behind that, in the order of the ranges. So a run with threads writes, warns and fails as one without.
 */
import { assert, receivedError } from '../../../errors.ts';
import type { ByteSink, ScratchFile } from '../../../ports/engine.ts';
import type { Thread } from '../../../ports/threads.ts';
import type { PageStarts } from '../../sort/page-starts.ts';
import type { SortedRun } from '../../sort/sorted-run.ts';
import type { RangeResult } from '../merge-range.ts';
import type { SkuTwins } from '../watch/sku-twins.ts';
import { claimsOne, newClaims, rangeOf } from './claims.ts';
import type { FromMergeThread, MergedRange, RangesOrder } from './messages.ts';
import { ServedThreads, type ServedThreadsOptions } from './served-threads.ts';
import { replayTwins } from './twin-log.ts';

export interface MergeCrewOptions extends ServedThreadsOptions {
  /** The threads to start. */
  count: number;
  runs: readonly SortedRun[];
}

export interface Joining {
  sink: ByteSink;
  twins: SkuTwins;
  pages: PageStarts | null;
  onRange: (result: RangeResult) => void;
  /** May throw to stop. */
  onProgress: (rows: number) => void;
}

interface Member {
  thread: Thread;
  /** That it has written so far. */
  rows: number;
}

export class MergeCrew {
  readonly #runs: readonly SortedRun[];
  readonly #members: Member[] = [];
  readonly #served: ServedThreads;
  readonly #merged = new Map<number, MergedRange>();
  #order: RangesOrder | null = null;
  /** The run's own next range, and the rows that it has written. */
  #next = 0;
  #ownRows = 0;

  /** Threads take a while to start. */
  constructor({ count, runs, ...served }: MergeCrewOptions) {
    this.#runs = runs;
    this.#served = new ServedThreads(served);
    for (let i = 0; i < count; i++) {
      const member: Member = {
        thread: this.#served.start<FromMergeThread>((one) => this.#receive(member, one)),
        rows: 0,
      };
      this.#members.push(member);
    }
  }

  /** Sets the threads to work. */
  begin(order: Omit<RangesOrder, 'runs' | 'claims'>): void {
    const runs = this.#runs.map((run) => this.#served.shared(run));
    this.#order = { ...order, runs, claims: newClaims(order.cut.passed.length) };
    for (const { thread } of this.#members) thread.post({ type: 'merge', order: this.#order });
  }

  get order(): RangesOrder {
    assert(this.#order !== null, 'the crew has begun');
    return this.#order;
  }

  /** The run's own next range; null once all are taken. */
  claim(): number | null {
    const { claims, cut } = this.order;
    return claimsOne(claims, cut.passed.length) ? this.#next++ : null;
  }

  runsOf(range: number): SortedRun[] {
    return rangeOf(this.#runs, this.order.cut, range);
  }

  /** By vendor position, the rows before a range. */
  passed(range: number): readonly number[] {
    // biome-ignore lint/style/noNonNullAssertion: ranges are below their number
    return this.order.cut.passed[range]!;
  }

  /** The run has written so many rows itself; returns those of all. Throws if a thread has died. */
  noteRows(own: number): number {
    this.#ownRows = own;
    this.#served.check();
    return this.#members.reduce((sum, { rows }) => sum + rows, own);
  }

  /** Writes the ranges after the run's own, and reports them. */
  async joinRest(joining: Joining): Promise<void> {
    const { sink, twins, pages, onRange, onProgress } = joining;
    let buffer = new Uint8Array(256 * 1024);
    for (let range = this.#next; range < this.order.cut.passed.length; range++) {
      const merged = await this.#take(range);
      pages?.absorb(merged.pages);
      // biome-ignore lint/style/noNonNullAssertion: ranges are below their number
      if (merged.result === null) throw receivedError(merged.error!);
      let { at } = merged;
      for (const piece of merged.pieces) {
        const length = Math.abs(piece);
        if (length > buffer.length) buffer = new Uint8Array(length);
        const bytes = buffer.subarray(0, length);
        await readAll(this.#served.files.get(merged.file), at, bytes);
        at += length;
        if (piece < 0) replayTwins(bytes, twins);
        else await sink.write(bytes);
        onProgress(this.noteRows(this.#ownRows));
      }
      onRange(merged.result);
    }
  }

  async #take(range: number): Promise<MergedRange> {
    const merged = await this.#served.wait(() => this.#merged.get(range));
    this.#merged.delete(range);
    return merged;
  }

  /** Ends the threads, and removes what they wrote. */
  async end(): Promise<void> {
    await this.#served.end();
  }

  #receive(member: Member, message: FromMergeThread): void {
    if (message.type === 'progress') member.rows = message.rows;
    else this.#merged.set(message.merged.range, message.merged);
  }
}

async function readAll(file: ScratchFile, position: number, into: Uint8Array): Promise<void> {
  for (let count = 0; count < into.length; ) {
    const read = await file.read(position + count, into.subarray(count));
    assert(read > 0, 'a scratch file has what was written to it');
    count += read;
  }
}
