/** A thread's end: merges and prices all SKUs, with the code that a run without threads uses, and sends them settled. */
import { sentError } from '../../../errors.ts';
import type { ByteSink } from '../../../ports/engine.ts';
import type { ThreadChannel } from '../../../ports/threads.ts';
import { RemotePorts } from '../../normalize/threads/remote-ports.ts';
import type { ThreadEnd, ThreadEngine } from '../../normalize/threads/vendor-thread.ts';
import { PageStarts } from '../../sort/page-starts.ts';
import { mergeAlone } from '../merge.ts';
import { MergeTools } from '../merge-range.ts';
import { runsOf, settingOf } from '../ranges/merge-thread.ts';
import type { MergeOrder } from '../ranges/messages.ts';
import type { FromAheadThread, SettledEnd, ToAheadThread } from './messages.ts';
import { settledLog } from './settled-log.ts';

/** So far a thread may be ahead of the run. */
const SLOTS = 3;
const SLOT_BYTES = 1 << 20;

/** Takes the messages of the run at the other end of the channel until that ends the thread. */
export function aheadThread(channel: ThreadChannel, engine: ThreadEngine): (message: ToAheadThread) => void {
  const ports = new RemotePorts(channel, engine.files ?? null);
  const slots = new Slots();
  return (to) => {
    if (to.type === 'answer') ports.answered(to);
    else if (to.type === 'free') slots.giveBack(to.slot);
    else void settleAll({ channel, ports, engine }, to.order, slots);
  };
}

/** Never throws. */
async function settleAll(end: ThreadEnd, order: MergeOrder, slots: Slots): Promise<void> {
  const pages = new PageStarts(order.facts.vendorIds.map(() => 0));
  const post = (message: FromAheadThread) => end.channel.post(message);
  const parts = partSink(slots, (records, slot) =>
    post({ type: 'part', part: { records, slot, pages: pages.take() } }),
  );
  let tools: MergeTools | null = null;
  let ending: Pick<SettledEnd, 'result' | 'error'>;
  try {
    const setting = await settingOf(end, order);
    tools = new MergeTools(setting, { isFirst: false, outlet: settledLog(parts) });
    const { hasSmallSkus } = order;
    const options = { ...setting, hasSmallSkus, runs: runsOf(end, order), starts: pages, onProgress: () => {} };
    ending = { result: await mergeAlone(NO_ROWS, options, tools), error: null };
  } catch (problem) {
    // the run joins what was settled before it, which may fail first
    await tools?.outlet?.flush();
    ending = { result: null, error: sentError(problem) };
  }
  post({ type: 'end', end: { ...ending, pages: pages.take() } });
}

/** The thread writes no rows. */
const NO_ROWS: ByteSink = { write: () => {}, close: () => {}, abort: () => {} };

function partSink(slots: Slots, send: (records: Uint8Array, slot: number | null) => void): ByteSink {
  return {
    write: async (bytes) => {
      if (bytes.length === 0) return;
      // a record may be larger than a slot
      const slot = bytes.length > SLOT_BYTES ? null : await slots.take();
      const memory = slot === null ? new Uint8Array(new SharedArrayBuffer(bytes.length)) : slots.bytesOf(slot);
      memory.set(bytes);
      send(memory.subarray(0, bytes.length), slot);
    },
    close: () => {},
    abort: () => {},
  };
}

/** Memory that both threads see. */
class Slots {
  readonly #memory: Uint8Array[] = [];
  readonly #free: number[] = [];
  #wake: (slot: number) => void = () => {};
  #isWaiting = false;

  async take(): Promise<number> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#memory.length < SLOTS) return this.#memory.push(new Uint8Array(new SharedArrayBuffer(SLOT_BYTES))) - 1;
    this.#isWaiting = true;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  giveBack(slot: number): void {
    if (!this.#isWaiting) this.#free.push(slot);
    else {
      this.#isWaiting = false;
      this.#wake(slot);
    }
  }

  bytesOf(slot: number): Uint8Array {
    return this.#memory[slot] as Uint8Array;
  }
}
