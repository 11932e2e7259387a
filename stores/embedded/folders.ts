/** Makes the data folder, also where the system makes no folders. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder with all above it, one after the other: Node's own way does not end on file systems such as `/proc`, which
 * answer that a folder which is there is not. Throws what the system says.
 */
export function makeFolderSync(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !fs.existsSync(at); at = path.dirname(at)) missing.push(at);
  // says so where it is a file
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
