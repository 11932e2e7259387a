/**
 * The folder in which the user called the command. `npm run` starts scripts in the package's folder, and gives the
 * user's folder in INIT_CWD.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Env } from './colour.ts';

/** The script in package.json that runs the command. */
const SCRIPT = 'relay';

/**
 * The folder from which paths are resolved if it is not the working folder; else null. Only for this package's own
 * script `relay`, whose arguments the user types. Arguments in another script (`demo`, or one of another project) are
 * written for that package's folder, and a working folder other than this package's was chosen by whoever started the
 * process.
 */
export function userFolder(env: Env, cwd: string, packageRoot: string): string | null {
  const { INIT_CWD: folder, npm_lifecycle_event: script, npm_package_json: manifest } = env;
  if (folder === undefined || folder === '' || script !== SCRIPT) return null;
  if (!isSame(cwd, packageRoot)) return null;
  if (manifest !== undefined && !isSame(path.dirname(manifest), packageRoot)) return null;
  return isSame(folder, cwd) || !isFolder(folder) ? null : folder;
}

function isSame(one: string, other: string): boolean {
  return realPath(one) === realPath(other);
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

function isFolder(file: string): boolean {
  return path.isAbsolute(file) && fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
