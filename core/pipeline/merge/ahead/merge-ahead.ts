/**
 * The run's end of a thread that merges and prices all SKUs ahead of the run, which joins them with the published feed meanwhile. All
 * that depends on the order of SKUs is done in that order, in one thread or the other.
 */
import { receivedError } from '../../../errors.ts';
import type { Thread } from '../../../ports/threads.ts';
import type { PageStarts } from '../../sort/page-starts.ts';
import type { SortedRun } from '../../sort/sorted-run.ts';
import type { MergeResult } from '../merge-report.ts';
import type { MergeOrder } from '../ranges/messages.ts';
import { ServedThreads, type ServedThreadsOptions } from '../ranges/served-threads.ts';
import type { FromAheadThread, SettledPart } from './messages.ts';
import type { SettledReplay } from './settled-replay.ts';

export interface MergeAheadOptions extends ServedThreadsOptions {
  runs: readonly SortedRun[];
  order: Omit<MergeOrder, 'runs'>;
}

export class MergeAhead {
  readonly #served: ServedThreads;
  readonly #thread: Thread;
  /** Those that have come and are not joined yet. */
  readonly #messages: FromAheadThread[] = [];

  /** The thread takes a while to start. */
  constructor({ runs, order, ...served }: MergeAheadOptions) {
    this.#served = new ServedThreads(served);
    const shared = runs.map((run) => this.#served.shared(run));
    this.#thread = this.#served.start<FromAheadThread>((message) => this.#messages.push(message));
    this.#thread.post({ type: 'settle', order: { ...order, runs: shared } });
  }

  /** Joins all SKUs. Returns what the thread found, but for the rows. */
  async join(replay: SettledReplay, pages: PageStarts | null): Promise<MergeResult> {
    for (;;) {
      const message = await this.#served.wait(() => this.#messages.shift());
      if (message.type === 'part') {
        await this.#joinPart(message.part, replay, pages);
        continue;
      }
      const { pages: last, result, error } = message.end;
      pages?.absorb(last);
      if (result === null)
        throw error === null ? new Error('a thread has ended without a result') : receivedError(error);
      await replay.end();
      return { ...result, rows: replay.rows };
    }
  }

  async #joinPart({ records, slot, pages: begun }: SettledPart, replay: SettledReplay, pages: PageStarts | null) {
    const own =
      replay.room !== null && records.length <= replay.room.length ? replay.room : new Uint8Array(records.length);
    own.set(records);
    if (slot !== null) this.#thread.post({ type: 'free', slot });
    let isJoined = false;
    try {
      await replay.take(own.subarray(0, records.length));
      isJoined = true;
    } finally {
      pages?.absorb(isJoined ? begun : replay.reached(begun));
    }
  }

  async end(): Promise<void> {
    await this.#served.end();
  }
}
