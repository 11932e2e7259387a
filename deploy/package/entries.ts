/** The files that are run or imported from outside, and their places in the built package. */
import fs from 'node:fs';
import path from 'node:path';

/** The sources of the library entries in package.json. */
export const LIBRARIES = ['index.ts', 'conformance/index.ts'] as const;
export const COMMAND = 'cli/main.ts';
/** Works in browsers and edge runtimes too, so it is bundled apart. */
export const CLIENT = 'api/client.ts';

const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'cli'];

/** How a source names a file beside it that it needs at run time. */
const BESIDE = /new URL\('([^'\n]+\.\w+)', import\.meta\.url\)/g;

export interface Entries {
  /** Source files that are started by path: the command, processes and threads. */
  programs: string[];
  libraries: string[];
  /** Files that the product reads at run time. */
  assets: string[];
}

/** The entries of the sources below `root`. The image is built without `conformance/`. */
export function entriesOf(root: string): Entries {
  const beside = new Set(FOLDERS.flatMap((folder) => filesBeside(root, folder)));
  const programs = [...beside].filter((file) => file.endsWith('.ts'));
  return {
    programs: [COMMAND, ...programs].sort(),
    libraries: LIBRARIES.filter((file) => fs.existsSync(path.join(root, file))),
    assets: [...beside].filter((file) => !file.endsWith('.ts')).sort(),
  };
}

function filesBeside(root: string, folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(package-|long-)?test\.ts$|(^|\/)testing\//.test(name))
    .flatMap((name) => {
      const file = path.posix.join(folder, name.replaceAll(path.sep, '/'));
      const text = fs.readFileSync(path.join(root, file), 'utf8');
      return [...text.matchAll(BESIDE)].map(([, named]) => path.posix.join(path.posix.dirname(file), named!));
    });
}
