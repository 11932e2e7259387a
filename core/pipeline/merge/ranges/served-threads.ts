/** Threads that merge for a run, as long as they live: answers their calls, and keeps the first failure. */
import type { ScratchFile } from '../../../ports/engine.ts';
import type { Thread, Threads } from '../../../ports/threads.ts';
import type { FileCallName } from '../../normalize/threads/messages.ts';
import { answerTo, ServedFiles, type ThreadCall } from '../../normalize/threads/served-files.ts';
import type { SortedRun } from '../../sort/sorted-run.ts';
import type { SharedRun } from './messages.ts';

export interface ServedThreadsOptions {
  threads: Threads;
  createScratch(): ScratchFile | Promise<ScratchFile>;
}

export class ServedThreads {
  readonly files: ServedFiles;
  readonly #threads: Threads;
  readonly #started: Thread[] = [];
  #failure: { error: unknown } | null = null;
  #isOver = false;
  #wake: () => void = () => {};

  constructor({ threads, createScratch }: ServedThreadsOptions) {
    this.#threads = threads;
    this.files = new ServedFiles(createScratch);
  }

  /** `receive` gets what the thread says, apart from calls. */
  start<M extends { type: string }>(receive: (message: M) => void): Thread {
    const thread = this.#threads.start();
    this.#started.push(thread);
    thread.listen((received) => {
      const message = received as ThreadCall | M;
      if (this.#isOver) return;
      if (message.type === 'call') void this.#answer(thread, message as ThreadCall);
      else {
        receive(message as M);
        this.#wake();
      }
    });
    thread.onDeath((error) => this.#fail(error));
    return thread;
  }

  /** Throws if a thread has died. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Waits until `look` finds something. */
  async wait<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      this.check();
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What threads need to read a run. */
  shared(run: SortedRun): SharedRun {
    run.share();
    const { owner, bytes, chunks, file } = run;
    return { owner, bytes, chunks, file: file === null ? null : { id: this.files.add(file), own: file.file ?? null } };
  }

  /** Ends the threads, and removes what they wrote. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const thread of this.#started) await thread.end();
    await this.files.removeAll();
  }

  async #answer(thread: Thread, call: ThreadCall): Promise<void> {
    const answer = await answerTo(call, (method, args) => this.files.serve(method as FileCallName, args));
    if (!this.#isOver) thread.post(answer);
  }

  /** The first failure counts. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure ??= { error };
    this.#wake();
  }
}
