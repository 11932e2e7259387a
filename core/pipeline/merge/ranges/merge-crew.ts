/**
 * The run's end of the threads that merge ranges of SKUs: says which range is the run's own next, and puts what the others wrote
 * behind that, in the order of the ranges. So a run with threads writes, warns and fails as one without.
 */
// biome-ignore-all lint/style/noNonNullAssertion: ranges are below their number
import { assert, receivedError } from '../../../errors.ts';
import type { ByteSink, ScratchFile } from '../../../ports/engine.ts';
import type { Thread, Threads } from '../../../ports/threads.ts';
import type { FileCallName } from '../../normalize/threads/messages.ts';
import { answerTo, ServedFiles } from '../../normalize/threads/served-files.ts';
import type { PageStarts } from '../../sort/page-starts.ts';
import type { SortedRun } from '../../sort/sorted-run.ts';
import type { RangeResult } from '../merge-range.ts';
import type { SkuTwins } from '../watch/sku-twins.ts';
import { claimsOne, newClaims, rangeOf } from './claims.ts';
import type { FromMergeThread, MergedRange, MergeOrder, SharedRun } from './messages.ts';
import { replayTwins } from './twin-log.ts';

export interface MergeCrewOptions {
  threads: Threads;
  /** The threads to start. */
  count: number;
  runs: readonly SortedRun[];
  createScratch(): ScratchFile | Promise<ScratchFile>;
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
  readonly #files: ServedFiles;
  readonly #merged = new Map<number, MergedRange>();
  #order: MergeOrder | null = null;
  /** The run's own next range, and the rows that it has written. */
  #next = 0;
  #ownRows = 0;
  #failure: { error: unknown } | null = null;
  #isOver = false;
  #wake: () => void = () => {};

  /** Threads take a while to start. */
  constructor({ threads, count, runs, createScratch }: MergeCrewOptions) {
    this.#runs = runs;
    this.#files = new ServedFiles(createScratch);
    for (let i = 0; i < count; i++) {
      const member = { thread: threads.start(), rows: 0 };
      this.#members.push(member);
      member.thread.listen((message) => this.#receive(member, message as FromMergeThread));
      member.thread.onDeath((error) => this.#fail(error));
    }
  }

  /** Sets the threads to work. */
  begin(order: Omit<MergeOrder, 'runs' | 'claims'>): void {
    const runs = this.#runs.map((run) => this.#shared(run));
    this.#order = { ...order, runs, claims: newClaims(order.cut.passed.length) };
    for (const { thread } of this.#members) thread.post({ type: 'merge', order: this.#order });
  }

  get order(): MergeOrder {
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
    return this.order.cut.passed[range]!;
  }

  /** The run has written so many rows itself; returns those of all. Throws if a thread has died. */
  noteRows(own: number): number {
    this.#ownRows = own;
    if (this.#failure !== null) throw this.#failure.error;
    return this.#members.reduce((sum, { rows }) => sum + rows, own);
  }

  /** Writes the ranges after the run's own, and reports them. */
  async joinRest(joining: Joining): Promise<void> {
    const { sink, twins, pages, onRange, onProgress } = joining;
    let buffer = new Uint8Array(256 * 1024);
    for (let range = this.#next; range < this.order.cut.passed.length; range++) {
      const merged = await this.#take(range);
      pages?.absorb(merged.pages);
      if (merged.result === null) throw receivedError(merged.error!);
      let { at } = merged;
      for (const piece of merged.pieces) {
        const length = Math.abs(piece);
        if (length > buffer.length) buffer = new Uint8Array(length);
        const bytes = buffer.subarray(0, length);
        await readAll(this.#files.get(merged.file), at, bytes);
        at += length;
        if (piece < 0) replayTwins(bytes, twins);
        else await sink.write(bytes);
        onProgress(this.noteRows(this.#ownRows));
      }
      onRange(merged.result);
    }
  }

  async #take(range: number): Promise<MergedRange> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const merged = this.#merged.get(range);
      if (merged !== undefined) {
        this.#merged.delete(range);
        return merged;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends the threads, and removes what they wrote. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const { thread } of this.#members) await thread.end();
    await this.#files.removeAll();
  }

  #shared(run: SortedRun): SharedRun {
    run.share();
    const { owner, bytes, chunks, file } = run;
    return { owner, bytes, chunks, file: file === null ? null : { id: this.#files.add(file), own: file.file ?? null } };
  }

  #receive(member: Member, message: FromMergeThread): void {
    if (this.#isOver) return;
    if (message.type === 'call') {
      void this.#answer(member.thread, message);
      return;
    }
    if (message.type === 'progress') member.rows = message.rows;
    else this.#merged.set(message.merged.range, message.merged);
    this.#wake();
  }

  async #answer(thread: Thread, call: FromMergeThread & { type: 'call' }): Promise<void> {
    const answer = await answerTo(call, (method, args) => this.#files.serve(method as FileCallName, args));
    if (!this.#isOver) thread.post(answer);
  }

  /** The first failure counts. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure ??= { error };
    this.#wake();
  }
}

async function readAll(file: ScratchFile, position: number, into: Uint8Array): Promise<void> {
  for (let count = 0; count < into.length; ) {
    const read = await file.read(position + count, into.subarray(count));
    assert(read > 0, 'a scratch file has what was written to it');
    count += read;
  }
}
