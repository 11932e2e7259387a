/**
 * Adds a plugin to a package that `relay plugin new` made, and enters it in the package's list, allow-list and README.
 */
import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../usage.ts';
import { type KindTemplate, PACKED, type PluginNames, readmePart, TSCONFIG } from './templates/template.ts';

/** The list of plugins in `index.js`, on one line or several. */
const LIST = /^export const plugins = \[([^\]]*?),?\s*\];?$/m;

export interface PackageChanges {
  package: string;
  /** The new texts of the package's own files. */
  texts: Record<string, string>;
}

export function isPluginPackage(folder: string): boolean {
  const about = readJson(path.join(folder, 'package.json')) as { peerDependencies?: object } | null;
  const isPlugin = Object.hasOwn(about?.peerDependencies ?? {}, 'relay-inventory');
  return isPlugin && fs.existsSync(path.join(folder, 'index.js'));
}

/**
 * Throws `UsageError` if a file of the plugin exists, or if the package no longer has the form in which it was made.
 */
export function addToPackage(
  folder: string,
  names: PluginNames,
  template: KindTemplate,
  files: readonly string[],
): PackageChanges {
  const there = files.find((name) => fs.existsSync(path.join(folder, name)));
  if (there !== undefined) throw new UsageError(`${path.join(folder, there)} already exists; use another name`);
  const about = readJson(path.join(folder, 'package.json')) as { name: string; files?: string[]; version: string };
  const texts: Record<string, string> = {
    'index.js': withPlugin(path.join(folder, 'index.js'), names),
    'relay-plugins.json': withId(path.join(folder, 'relay-plugins.json'), about, names.id),
  };
  const packed = about.files ?? [];
  if (!PACKED.every((one) => packed.includes(one))) {
    texts['package.json'] = json({ ...about, files: [...packed, `${names.id}.js`] });
  }
  const readme = path.join(folder, 'README.md');
  if (fs.existsSync(readme)) {
    texts['README.md'] = `${fs.readFileSync(readme, 'utf8').trimEnd()}\n\n${readmePart(names, template)}`;
  }
  if (!fs.existsSync(path.join(folder, 'tsconfig.json'))) texts['tsconfig.json'] = TSCONFIG;
  return { package: about.name, texts };
}

function withPlugin(file: string, { id, variable }: PluginNames): string {
  const text = fs.readFileSync(file, 'utf8');
  const [found, list = ''] = LIST.exec(text) ?? [];
  if (found === undefined) {
    throw new UsageError(`${file} has no line "export const plugins = [...];", to which the plugin could be added`);
  }
  if (new RegExp(`\\b${variable}\\b`).test(text)) {
    throw new UsageError(`${file} already uses the name "${variable}"; use another name for the plugin`);
  }
  const plugins = [...list.split(',').map((one) => one.trim()), variable].filter((one) => one !== '');
  const lines = text.replace(LIST, `export const plugins = [${plugins.join(', ')}];`).split('\n');
  // after the last import, which may span several lines
  const last = lines.findLastIndex((line) => /^(import\b.*|\} )from ['"].*['"];?$/.test(line));
  const at = last === -1 ? lines.findIndex((line) => line.startsWith('export const plugins')) : last + 1;
  lines.splice(at, 0, `import { ${variable} } from './${id}.js';`);
  return lines.join('\n');
}

function withId(file: string, about: { name: string; version: string }, id: string): string {
  const list = (readJson(file) ?? { plugins: [] }) as { plugins: Array<{ package: string; ids: string[] }> };
  if (!Array.isArray(list.plugins)) throw new UsageError(`${file} is not a list of plugins`);
  const entry = list.plugins.find((one) => one.package === about.name);
  if (entry !== undefined) entry.ids = [...entry.ids, id];
  else list.plugins.push({ package: about.name, version: about.version, ids: [id], path: '.' } as never);
  return json(list);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Null if there is no such file. */
function readJson(file: string): unknown {
  if (!fs.existsSync(file)) return null;
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
}
