/**
 * The content types of objects. Most follow from the name, and nothing is stored for them. Others have a note, a file
 * in `types/` about one state of an object; a note about another state is ignored.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { contentTypeOf } from '../../../core/text/content-types.ts';
import type { FileCalls } from './file-calls.ts';
import { isAbsent } from './object-files.ts';

export interface TypedState {
  etag: string;
  contentType: string | null;
}

export class ContentTypes {
  readonly #folder: string;
  readonly #calls: FileCalls;

  constructor(folder: string, calls: FileCalls) {
    this.#folder = folder;
    this.#calls = calls;
  }

  /** The content type of an object in this state. */
  of(key: string, etag: string): string | null {
    const notes = this.#notesOf(key);
    if (notes === null || !Object.hasOwn(notes, etag)) return contentTypeOf(key);
    const type = notes[etag];
    return typeof type === 'string' ? type : null;
  }

  /**
   * Stores the content type of an object's new state before that state appears; the current state keeps its own. If a
   * note is lost, the type follows from the name. `partial`: a file to write first.
   */
  async save(
    key: string,
    state: TypedState,
    current: () => Promise<TypedState | null>,
    partial: string,
  ): Promise<void> {
    if (state.contentType === contentTypeOf(key)) return;
    const now = await current();
    const notes = { ...(now === null ? {} : { [now.etag]: now.contentType }), [state.etag]: state.contentType };
    const file = this.#file(key);
    await this.#calls.writeFile(partial, JSON.stringify(notes));
    try {
      await this.#calls.rename(partial, file);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      await this.#calls.makeFolder(path.dirname(file));
      await this.#calls.rename(partial, file);
    }
  }

  async remove(key: string): Promise<void> {
    await this.#calls.remove(this.#file(key));
  }

  #notesOf(key: string): Record<string, unknown> | null {
    try {
      const notes: unknown = JSON.parse(fs.readFileSync(this.#file(key), 'utf8'));
      return typeof notes === 'object' ? (notes as Record<string, unknown> | null) : null;
    } catch {
      return null;
    }
  }

  /** Named by a hash, because a removed object's note could block a folder of that name. */
  #file(key: string): string {
    const name = createHash('sha256').update(key).digest('hex');
    return path.join(this.#folder, name.slice(0, 2), name.slice(2));
  }
}
