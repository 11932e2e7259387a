/** Objects as sources of bytes. */
import { RelayError } from '../../core/errors.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import type { ArtifactStore, ObjectInfo } from '../../core/ports/service/objects.ts';

/** An object as a source. `info` pins its content: a read fails if the object has changed. */
export function objectSource(store: ArtifactStore, info: ObjectInfo): ByteSource {
  return {
    name: lastPart(info.key),
    size: info.size,
    async *open() {
      const { body } = await store.read(info.key, { ifMatch: info.etag }).catch((error) => {
        throw asRetry(error, `${info.key} was replaced or removed while it was about to be read`);
      });
      yield* body;
    },
  };
}

/** If an object has changed since this attempt saw it, the next attempt uses the new state. */
export function asRetry(error: unknown, message: string): unknown {
  if (!(error instanceof RelayError) || !['precondition_failed', 'not_found'].includes(error.code)) return error;
  return new RelayError(error.code, message, { recovery: 'retry', cause: error });
}

/** The part of a key after the last `/`. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
