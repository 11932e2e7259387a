/**
 * The sources as JavaScript, for child processes of tests. Under tsx a process takes over a second of CPU to load the command,
 * from compiled files less than half of that; compiling takes half a second, once for each process that starts children.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// not `import.meta.dirname`: compiled files are loaded by children, too
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'cli', 'conformance'];

let folder: string | undefined;

/** The compiled file of a source file such as `cli/main.ts`, for `node FILE`. Each file has its place, as in the sources. */
export function compiled(source: string): string {
  folder ??= compile();
  return path.join(folder, source.replace(/\.ts$/, '.js'));
}

/** A folder that looks like the package's root to what is run in it; gone when this process ends. */
function compile(): string {
  const made = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-compiled-')));
  process.once('exit', () => fs.rmSync(made, { recursive: true, force: true }));
  for (const name of ['package.json', 'node_modules']) fs.symlinkSync(path.join(ROOT, name), path.join(made, name));
  const sources = FOLDERS.flatMap((name) =>
    fs
      .readdirSync(path.join(ROOT, name), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(ROOT, name, file))
      .filter((file) => file.endsWith('.ts') && !/\.(test|package-test|long-test|d)\.ts$/.test(file)),
  );
  // loaded here alone: children import this file, and compile nothing
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: sources,
    outdir: made,
    outbase: ROOT,
    write: false,
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  for (const file of outputFiles) {
    fs.mkdirSync(path.dirname(file.path), { recursive: true });
    // esbuild writes each import with double quotes, and leaves the names of files
    fs.writeFileSync(file.path, file.text.replace(/((?:from|import) ?\(?")(\.[^"\n]*)\.ts"/g, '$1$2.js"'));
  }
  return made;
}
