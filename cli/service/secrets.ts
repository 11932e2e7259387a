/** The secrets in a data folder: the key that signs addresses, and the hash of the admin key that was made for it. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ADMIN_KEY_PREFIX } from '../../api/http/secrets.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { makeFolderSync } from '../../stores/embedded/folders.ts';

/** In lower-case hexadecimal. */
export function sha256Hex(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The folder's signing key. The first process creates it. */
export function signingSecret(dataDir: string): Uint8Array {
  const file = path.join(dataDir, 'signing-secret');
  const { content } = readOrCreate(file, () => randomBytes(32).toString('hex'));
  return Buffer.from(content.trim(), 'hex');
}

export interface OwnAdminKey {
  hash: string;
  /** The key itself if this call created it, else null. */
  key: string | null;
}

/** The folder's own admin key, for services without API_KEYS. */
export function ownAdminKey(dataDir: string): OwnAdminKey {
  const key = `${ADMIN_KEY_PREFIX}${randomBytes(24).toString('base64url')}`;
  const { content, created } = readOrCreate(path.join(dataDir, 'admin-key.sha256'), () => sha256Hex(key));
  return { hash: content.trim(), key: created ? key : null };
}

/** Reads a file, or creates it in one step that only one process can win. */
function readOrCreate(file: string, make: () => string): { content: string; created: boolean } {
  return attempt(`read ${file}`, () => {
    makeFolderSync(path.dirname(file), 0o700);
    if (!fs.existsSync(file)) {
      // processes in separate containers may share one folder and have the same pid
      const temporary = `${file}.${randomBytes(8).toString('hex')}.part`;
      fs.writeFileSync(temporary, `${make()}\n`, { mode: 0o600, flush: true });
      try {
        // unlike a rename, a link does not replace a file that another process has just created
        fs.linkSync(temporary, file);
        return { content: fs.readFileSync(temporary, 'utf8'), created: true };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        fs.rmSync(temporary, { force: true });
      }
    }
    return { content: fs.readFileSync(file, 'utf8'), created: false };
  });
}
