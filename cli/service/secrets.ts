/** What a data folder keeps secret: the key that signs addresses, and the hash of an admin key that was made for it. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ADMIN_KEY_PREFIX } from '../../api/http/secrets.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { makeFolderSync } from '../../stores/embedded/folders.ts';

/** SHA-256 in lower-case hexadecimal. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The folder's signing key; made, once, by whichever process comes first. */
export function signingSecret(dataDir: string): Uint8Array {
  const file = path.join(dataDir, 'signing-secret');
  const { content } = madeOnce(file, () => randomBytes(32).toString('hex'));
  return Buffer.from(content.trim(), 'hex');
}

export interface AdminKey {
  hash: string;
  /** The key itself, only when it was made just now. */
  key: string | null;
}

/** The folder's own admin key, for services to which none is given. */
export function ownAdminKey(dataDir: string): AdminKey {
  const key = `${ADMIN_KEY_PREFIX}${randomBytes(24).toString('base64url')}`;
  const { content, made } = madeOnce(path.join(dataDir, 'admin-key.sha256'), () => hashOf(key));
  return { hash: content.trim(), key: made ? key : null };
}

/** Reads a file, or makes it in one step that only one process can win. */
function madeOnce(file: string, make: () => string): { content: string; made: boolean } {
  return attempt(`read ${file}`, () => {
    makeFolderSync(path.dirname(file), 0o700);
    if (!fs.existsSync(file)) {
      const temporary = `${file}.${process.pid}.part`;
      fs.writeFileSync(temporary, `${make()}\n`, { mode: 0o600, flush: true });
      try {
        // a link, unlike a rename, does not replace what another process has made meanwhile
        fs.linkSync(temporary, file);
        return { content: fs.readFileSync(temporary, 'utf8'), made: true };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        fs.rmSync(temporary, { force: true });
      }
    }
    return { content: fs.readFileSync(file, 'utf8'), made: false };
  });
}
