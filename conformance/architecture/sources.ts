/** Reads the repository's own sources for the tests of its rules. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImportGraph, isHelper, isTest } from './graph.ts';

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'cli', 'conformance', 'bench', 'deploy', 'docs'];

export interface Source {
  /** The path from the root, with slashes. */
  file: string;
  folder: string;
  text: string;
  /** The source without comments. */
  code: string;
  /** What it imports, as written. */
  imports: string[];
}

function sourcesIn(folder: string): Source[] {
  return fs
    .readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/node_modules|^out\b|^data\b/.test(name))
    .map((name) => readSource(path.posix.join(folder, name.replaceAll(path.sep, '/'))));
}

export function readSource(file: string): Source {
  const text = fs.readFileSync(path.join(REPOSITORY, file), 'utf8');
  return { file, folder: file.split('/')[0]!, text, code: codeOf(text), imports: importsIn(text) };
}

function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** `import`, `import type`, `export … from`, `import()` and types by `import('…')`, in their order. */
export function importsIn(text: string): string[] {
  return [...codeOf(text).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

export const SOURCES = FOLDERS.flatMap(sourcesIn);
/** The sources without tests and helpers of tests. */
export const PRODUCT = SOURCES.filter(({ file }) => !isTest(file) && !isHelper(file));

/** The files of the repository that a source imports. Imports inside templates of generated code do not count. */
export function targetsOf(source: Source): string[] {
  return source.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.posix.join(path.posix.dirname(source.file), specifier));
}

export function importGraph(): ImportGraph {
  const all = [...SOURCES, readSource('index.ts')];
  const files = new Set(all.map(({ file }) => file));
  return new Map(all.map((source) => [source.file, targetsOf(source).filter((target) => files.has(target))]));
}
