/** Makes the data folder, even where the system refuses to make folders. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Creates a folder and its parents, one by one. Node's own `recursive` never returns on file systems such as `/proc`, which
 * deny that an existing folder exists. Throws the system's error.
 */
export function makeFolderSync(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !fs.existsSync(at); at = path.dirname(at)) missing.push(at);
  // throws if it is a file
  if (missing.length === 0) fs.mkdirSync(folder, { recursive: true });
  for (const one of missing.reverse()) {
    try {
      fs.mkdirSync(one, { mode });
    } catch (error) {
      // another process was faster
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
