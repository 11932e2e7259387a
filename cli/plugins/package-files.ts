/** Finds a plugin package on disk, and the module that it exports. */
import fs from 'node:fs';
import path from 'node:path';
import type { AllowedPackage, AllowList } from './allow-list.ts';
import { listInvalid } from './allow-list.ts';

export interface PackageFiles {
  folder: string;
  /** The module that `import` loads for the package's name. */
  entry: string;
}

/** Throws `setting_invalid` if the package is missing, or is not the one on the list. */
export function findPackage(list: AllowList, allowed: AllowedPackage): PackageFiles {
  const folder = folderOf(list, allowed);
  const { name, version, ...rest } = readPackageJson(list, folder);
  if (name !== allowed.package) {
    throw listInvalid(list.file, `${folder} is the package ${text(name)}, not ${allowed.package}; correct the path`);
  }
  if (version !== allowed.version) {
    const cure = `install ${allowed.package}@${allowed.version}, or review ${text(version)} and list it`;
    throw listInvalid(
      list.file,
      `${allowed.package} is installed in version ${text(version)}, not ${allowed.version}; ${cure}`,
    );
  }
  const relative = entryOf(rest);
  const entry = relative === null ? null : path.join(folder, relative);
  if (entry === null || !fs.existsSync(entry)) {
    const found = relative === null ? 'its package.json exports none' : `there is no ${relative} in it`;
    throw listInvalid(list.file, `${allowed.package} has no module to load: ${found}`);
  }
  return { folder, entry };
}

/** The folder that `path` names, or else the package's folder in the nearest `node_modules` above the list. */
function folderOf(list: AllowList, { package: name, path: given }: AllowedPackage): string {
  if (given !== undefined) {
    const folder = path.resolve(list.folder, given);
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
    throw listInvalid(list.file, `${name}: there is no package.json in ${folder}; correct "path"`);
  }
  for (let above = list.folder; ; above = path.dirname(above)) {
    const folder = path.join(above, 'node_modules', name);
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.dirname(above) === above) break;
  }
  const cure = `install it in ${list.folder} from its folder or its .tgz (see docs/PLUGINS.md), or give its folder in "path"`;
  throw listInvalid(list.file, `the package ${name} is not installed; ${cure}`);
}

function readPackageJson(list: AllowList, folder: string): Record<string, unknown> {
  const file = path.join(folder, 'package.json');
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw listInvalid(list.file, `${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The file that Node would load: `exports` (the `node`, `import` or `default` condition of "."), else `main`. */
function entryOf({ exports, main }: Record<string, unknown>): string | null {
  if (exports === undefined) return typeof main === 'string' ? main : 'index.js';
  const root = typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
  return targetOf(root);
}

function targetOf(target: unknown): string | null {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return null;
  for (const [condition, value] of Object.entries(target)) {
    if (['node', 'import', 'default'].includes(condition)) return targetOf(value);
  }
  return null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : 'without a name';
}
