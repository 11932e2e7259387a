/** The run's end of the scratch space of its threads, which name files by numbers; and how their calls are answered. */
import { assert, sentError } from '../../../errors.ts';
import type { ScratchFile } from '../../../ports/engine.ts';
import type { Calls, FileCallName, FromThread, ToThread } from './messages.ts';

export class ServedFiles {
  readonly #createFile: () => ScratchFile | Promise<ScratchFile>;
  readonly #files = new Map<number, ScratchFile>();
  /** Those that were created for a thread. */
  readonly #created = new Set<number>();
  #numbers = 0;

  constructor(createFile: () => ScratchFile | Promise<ScratchFile>) {
    this.#createFile = createFile;
  }

  /** A file that threads may use, and the caller removes. */
  add(file: ScratchFile): number {
    this.#files.set(++this.#numbers, file);
    return this.#numbers;
  }

  get(id: number): ScratchFile {
    const file = this.#files.get(id);
    assert(file !== undefined, `there is a scratch file ${id}`);
    return file;
  }

  async serve(method: FileCallName, args: unknown[]): Promise<unknown> {
    const id = args[0] as number;
    switch (method) {
      case 'createScratch':
        return this.#create();
      case 'spill':
        await this.get(id).write(args[1] as Uint8Array);
        return null;
      case 'read':
        return this.get(id).read(args[1] as number, args[2] as Uint8Array);
      case 'remove':
        await this.#remove(id);
        return null;
    }
  }

  async #create(): Promise<ReturnType<Calls['createScratch']>> {
    const file = await this.#createFile();
    const id = this.add(file);
    this.#created.add(id);
    return [id, file.file ?? null];
  }

  async #remove(id: number): Promise<void> {
    const file = this.get(id);
    this.#files.delete(id);
    if (this.#created.delete(id)) await file.remove();
  }

  /** Removes what was created. */
  async removeAll(): Promise<void> {
    for (const id of [...this.#created]) await this.#remove(id);
  }
}

/** What a thread asks the run for. */
export type ThreadCall = FromThread & { type: 'call' };

/** Does what a thread asks for. Never throws: a failure is the answer. */
export async function answerTo(
  { call, method, args }: ThreadCall,
  serve: (method: ThreadCall['method'], args: unknown[]) => Promise<unknown>,
): Promise<ToThread & { type: 'answer' }> {
  try {
    return { type: 'answer', call, value: await serve(method, args), error: null };
  } catch (problem) {
    return { type: 'answer', call, value: null, error: sentError(problem) };
  }
}
