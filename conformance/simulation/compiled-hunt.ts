/** Loads the simulation from compiled sources, and writes the workers of mutants beside them. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiled } from '../../cli/testing/compiled.ts';
import type * as simulation from './hunt.ts';
import type { Patch } from './mutants.ts';

const WORKER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../worker');

export async function loadHunt(): Promise<typeof simulation> {
  return (await import(pathToFileURL(compiled('conformance/simulation/hunt.ts')).href)) as typeof simulation;
}

/** False in a copy of the sources that has a switch for each of its mutants (`npm run mutants`): patches do not fit there. */
export function isAsWritten(file: string): boolean {
  return !fs.readFileSync(path.join(WORKER, file), 'utf8').includes('stryMutAct');
}

let made = 0;

/** A folder with the worker's code, one part of it replaced. */
export function patchedWorker({ file, from, to }: Patch): string {
  const compiledWorker = path.dirname(compiled('worker/loop.ts'));
  const folder = `${compiledWorker}-${++made}`;
  fs.cpSync(compiledWorker, folder, { recursive: true });
  const source = fs.readFileSync(path.join(WORKER, file), 'utf8');
  if (source.split(from).length !== 2) throw new Error(`worker/${file} has not one "${from}"`);
  const { transformSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { code } = transformSync(source.replace(from, to), { loader: 'ts', format: 'esm', target: 'node20' });
  const text = code.replace(/((?:from|import) ?\(?")(\.[^"\n]*)\.ts"/g, '$1$2.js"');
  fs.writeFileSync(path.join(folder, file.replace(/\.ts$/, '.js')), text);
  return folder;
}
