/**
 * The run's side of threads: hands out vendors in order, serves what threads ask for, and returns the results in vendor
 * order. So a run with threads reports, warns and fails like one without. Whatever depends on earlier vendors waits for
 * them: an artifact that a thread wrote appears when its result is taken.
 */
import { assert, receivedError } from '../../../errors.ts';
import type { ByteSink, ByteSource, ScratchFile } from '../../../ports/engine.ts';
import type { Thread, Threads } from '../../../ports/threads.ts';
import type { VendorOutput } from '../../artifacts.ts';
import type { IssueRecord } from '../../issues.ts';
import type { SortedRun } from '../../sort/sorted-run.ts';
import { RowLines } from '../row-lines.ts';
import type { VendorResult } from '../vendor.ts';
import type { CallName, Calls, FromThread, ThreadSetting, VendorDone, VendorOrder } from './messages.ts';
import { receivedRun } from './remote-ports.ts';
import { answerTo, ServedFiles } from './served-files.ts';

export interface CrewOptions {
  threads: Threads;
  setting: ThreadSetting;
  /** In vendor order. */
  orders: readonly VendorOrder[];
  /** By the ids in the orders. */
  sources: readonly ByteSource[];
  createOutput(vendorId: string): Promise<VendorOutput>;
  createScratch(): ScratchFile | Promise<ScratchFile>;
  /** May throw to stop the run. */
  onRows(vendorId: string, rows: number): void;
}

/** What a thread made of a vendor. The log is valid for a failure too. */
export interface VendorWork {
  log: IssueRecord;
  refused: SortedRun[];
  outcome: VendorResult | Error;
}

interface CrewThread {
  thread: Thread;
  /** The vendor that the thread works on. */
  order: VendorOrder | null;
}

/** So many results a thread may wait for those of earlier vendors. */
const WAITING_PER_THREAD = 2;

export class VendorCrew {
  readonly #options: CrewOptions;
  readonly #members: CrewThread[] = [];
  /** The positions of vendors whose results were not taken yet. */
  readonly #waiting: Set<number>;
  readonly #done = new Map<number, VendorDone>();
  /** By vendor position. */
  readonly #outputs = new Map<number, Set<ByteSink>>();
  readonly #sinks = new Map<number, ByteSink>();
  readonly #streams = new Map<number, AsyncIterator<Uint8Array>>();
  readonly #files: ServedFiles;
  #numbers = 0;
  #ordered = 0;
  #taken = 0;
  #failure: { error: unknown } | null = null;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#files = new ServedFiles(options.createScratch);
    const { threads, setting, orders } = options;
    this.#waiting = new Set(orders.map(({ position }) => position));
    for (let i = 0; i < Math.min(threads.count, orders.length); i++) {
      const member: CrewThread = { thread: threads.start(), order: null };
      this.#members.push(member);
      member.thread.listen((message) => this.#receive(member, message as FromThread));
      member.thread.onDeath((error) => this.#fail(error));
      member.thread.post({ type: 'start', setting });
    }
    this.#assign();
  }

  /** True if the crew has a result of the vendor that was not taken yet, or will have. */
  has(position: number): boolean {
    return this.#waiting.has(position);
  }

  /** Waits for a vendor's result; call it in vendor order, once for each. */
  async take(position: number): Promise<VendorWork> {
    let done = this.#done.get(position);
    while (done === undefined) {
      if (this.#failure !== null) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      done = this.#done.get(position);
    }
    if (this.#failure !== null) throw this.#failure.error;
    this.#done.delete(position);
    this.#waiting.delete(position);
    this.#taken++;
    this.#assign();
    const { log, refused, result, error } = done;
    const outputs = this.#outputs.get(position) ?? [];
    this.#outputs.delete(position);
    const runOf = (run: VendorDone['refused'][number], owner: number) =>
      receivedRun(run, owner, (id) => this.#files.get(id));
    const work = { log, refused: refused.map((run) => runOf(run, 0)) };
    if (result === null) {
      for (const output of outputs) await output.abort();
      assert(error !== null, 'a thread has a result or an error');
      return { ...work, outcome: receivedError(error) };
    }
    for (const output of outputs) await output.close();
    const { runs, lines } = result;
    const outcome: VendorResult = {
      ...result,
      runs: runs.map((run) => runOf(run, position)),
      lines: lines === null ? null : RowLines.from(lines),
    };
    return { ...work, outcome };
  }

  /** Ends the threads. Keeps what they spilled. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const { thread } of this.#members) await thread.end();
    for (const stream of this.#streams.values()) await stream.return?.();
    for (const outputs of this.#outputs.values()) for (const output of outputs) await output.abort();
    this.#outputs.clear();
  }

  /** Removes what is spilled. */
  async dispose(): Promise<void> {
    if (!this.#isOver) await this.end();
    await this.#files.removeAll();
  }

  #assign(): void {
    const { orders } = this.#options;
    const most = this.#taken + WAITING_PER_THREAD * this.#members.length;
    for (const member of this.#members) {
      if (member.order !== null || this.#ordered >= Math.min(orders.length, most)) continue;
      member.order = orders[this.#ordered++] ?? null;
      member.thread.post({ type: 'vendor', order: member.order });
    }
  }

  #receive(member: CrewThread, message: FromThread): void {
    if (this.#isOver) return;
    if (message.type === 'call') {
      void this.#answer(member, message);
      return;
    }
    const { order } = member;
    assert(order !== null, 'a thread reports on its vendor');
    if (message.type === 'rows') {
      try {
        this.#options.onRows(order.vendorId, message.rows);
      } catch (error) {
        this.#fail(error);
      }
      return;
    }
    member.order = null;
    this.#done.set(message.done.position, message.done);
    this.#assign();
    this.#wake();
  }

  /** Records a failure; only the first one counts. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure ??= { error };
    this.#wake();
  }

  async #answer(member: CrewThread, call: FromThread & { type: 'call' }): Promise<void> {
    const answer = await answerTo(call, (method, args) => this.#serve(member, method, args));
    if (this.#isOver) return;
    const handedOver = answer.value instanceof Uint8Array ? [answer.value.buffer as ArrayBuffer] : [];
    member.thread.post(answer, handedOver);
  }

  async #serve(member: CrewThread, method: CallName, args: unknown[]): Promise<unknown> {
    const id = args[0] as number;
    switch (method) {
      case 'open':
        return this.#open(id);
      case 'next': {
        const next = await this.#streams.get(id)?.next();
        // the chunk belongs to the source, so it is copied
        return next === undefined || next.done === true ? null : next.value.slice();
      }
      case 'stop': {
        const stream = this.#streams.get(id);
        this.#streams.delete(id);
        await stream?.return?.();
        return null;
      }
      case 'createOutput':
        return this.#createOutput(member);
      case 'write':
        await this.#sink(id).write(args[1] as Uint8Array);
        return null;
      case 'close':
        // closing the sink is left to the run, when it takes the result
        this.#sinks.delete(id);
        return null;
      case 'abort':
        return this.#abort(member, id);
      default:
        return this.#files.serve(method, args);
    }
  }

  #open(id: number): number {
    const source = this.#options.sources[id];
    assert(source !== undefined, `there is a source ${id}`);
    this.#streams.set(++this.#numbers, (source.lend?.() ?? source.open())[Symbol.asyncIterator]());
    return this.#numbers;
  }

  async #createOutput({ order }: CrewThread): Promise<ReturnType<Calls['createOutput']>> {
    assert(order !== null, 'only a thread with a vendor writes');
    const { sink, rows } = await this.#options.createOutput(order.vendorId);
    // the order in which a run without threads closes them
    this.#outputs.set(order.position, new Set([rows, sink]));
    return [this.#addSink(sink), this.#addSink(rows), sink.file ?? null];
  }

  #addSink(sink: ByteSink): number {
    this.#sinks.set(++this.#numbers, sink);
    return this.#numbers;
  }

  async #abort({ order }: CrewThread, id: number): Promise<null> {
    const sink = this.#sink(id);
    this.#sinks.delete(id);
    if (order !== null) this.#outputs.get(order.position)?.delete(sink);
    await sink.abort();
    return null;
  }

  #sink(id: number): ByteSink {
    const sink = this.#sinks.get(id);
    assert(sink !== undefined, `there is a sink ${id}`);
    return sink;
  }
}
