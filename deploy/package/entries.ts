/** The files of the product that are run or imported from outside, and where they are once built. */
import fs from 'node:fs';
import path from 'node:path';

/** A library entry of package.json, from its source. */
export const LIBRARIES = ['index.ts', 'conformance/index.ts'] as const;
export const COMMAND = 'cli/main.ts';
/** Works in browsers and edge runtimes too: it is not part of the one file. */
export const CLIENT = 'api/client.ts';

const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'cli'];

/** How a source names a file that is beside it at run time. */
const BESIDE = /new URL\('([^'\n]+\.\w+)', import\.meta\.url\)/g;

export interface Entries {
  /** Source files whose module is run by its path: the command, processes and threads. */
  programs: string[];
  libraries: string[];
  /** Files that the product reads at run time. */
  assets: string[];
}

/** What the sources below `root` need. The image is built without `conformance/`. */
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
