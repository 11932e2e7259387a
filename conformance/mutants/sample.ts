/**
 * Mutants of the product's sources: places where StrykerJS changes the code, one at a time, chosen by a seed; and
 * sources that contain them behind switches.
 */
import path from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { importGraph, PRODUCT, REPOSITORY } from '../architecture/sources.ts';
import { Random } from '../oracle/generate/random.ts';
import { isCompiledOnly } from './tests-of.ts';

const FOLDERS = ['core', 'plugins', 'worker', 'stores', 'api'];
/** Tests assert codes and facts, not the wording of messages. */
const EXCLUDED = ['StringLiteral'];

interface SourcePlace {
  line: number;
  column: number;
}

export interface Mutant {
  file: string;
  mutator: string;
  /** From 0. */
  start: SourcePlace;
  end: SourcePlace;
  original: string;
  replacement: string;
}

export interface Switched {
  /** Sources in which each mutant can be switched on, by file. */
  sources: Map<string, string>;
  /** For each mutant, the number by which its switch knows it. */
  ids: string[];
}

export function describe({ file, start, mutator, original, replacement }: Mutant): string {
  const short = (code: string) => code.replace(/\s+/g, ' ').slice(0, 60);
  return `${file}:${start.line + 1}:${start.column + 1} ${mutator}: ${short(original)} → ${short(replacement)}`;
}

export interface MutantSample {
  mutants: Mutant[];
  /** Chosen, and replaced by the next ones: see `isCompiledOnly`. */
  leftOut: Mutant[];
}

/** `count` mutants of the files whose path contains `part`. The same seed chooses the same ones of the same sources. */
export async function sampleMutants(count: number, seed: number, part: string): Promise<MutantSample> {
  const random = new Random(seed);
  const graph = importGraph();
  const left = await allMutants(part);
  const [mutants, leftOut]: [Mutant[], Mutant[]] = [[], []];
  while (mutants.length < count && left.length > 0) {
    for (const one of left.splice(random.int(0, left.length - 1), 1)) {
      (isCompiledOnly(one.file, graph) ? leftOut : mutants).push(one);
    }
  }
  return { mutants, leftOut };
}

async function allMutants(part: string): Promise<Mutant[]> {
  const names = PRODUCT.filter(({ folder, file }) => FOLDERS.includes(folder) && file.includes(part));
  return (await instrument(names.map(({ file, text }) => ({ file, text, mutate: true })))).mutants;
}

/** Sources that contain all these mutants, behind switches that call the functions declared by `head`. */
export async function withSwitches(mutants: readonly Mutant[], head: string): Promise<Switched> {
  const files = [...new Set(mutants.map(({ file }) => file))];
  const made = await instrument(
    files.map((name) => {
      const text = PRODUCT.find(({ file }) => file === name)?.text ?? '';
      return { file: name, text, mutate: mutants.filter(({ file }) => file === name) };
    }),
  );
  const ids = mutants.map((mutant) => {
    const at = made.mutants.findIndex((one) => describe(one) === describe(mutant) && isSame(one.end, mutant.end));
    return made.ids[at] ?? '';
  });
  return { sources: new Map([...made.texts].map(([file, text]) => [file, `// @ts-nocheck\n${head}\n${text}`])), ids };
}

interface Instrumented {
  mutants: Mutant[];
  ids: string[];
  texts: Map<string, string>;
}

type Input = { file: string; text: string; mutate: boolean | { start: SourcePlace; end: SourcePlace }[] };

async function instrument(inputs: readonly Input[]): Promise<Instrumented> {
  const options = { plugins: null, ignorers: [], excludedMutations: EXCLUDED, noHeader: true };
  const silent = new Proxy({}, { get: () => () => false });
  const instrumenter = new Instrumenter(silent as ConstructorParameters<typeof Instrumenter>[0]);
  const named = inputs.map(({ file, text, mutate }) => ({ name: path.join(REPOSITORY, file), content: text, mutate }));
  const made = await instrumenter.instrument(named, options);
  const texts = new Map(inputs.map(({ file, text }) => [file, text]));
  const toFile = (name: string) => path.relative(REPOSITORY, name).replaceAll(path.sep, '/');
  const found: Instrumented = {
    mutants: [],
    ids: [],
    texts: new Map(made.files.map(({ name, content }) => [toFile(name), content])),
  };
  for (const { id, fileName, location, mutatorName: mutator, replacement, statusReason } of made.mutants) {
    // the code itself says that it cannot be reached
    if (statusReason !== undefined) continue;
    const [{ start, end }, file] = [location, toFile(fileName)];
    const text = texts.get(file) ?? '';
    found.mutants.push({
      file,
      mutator,
      start,
      end,
      original: text.slice(offsetOf(text, start), offsetOf(text, end)),
      replacement,
    });
    found.ids.push(id);
  }
  return found;
}

function isSame(one: SourcePlace, other: SourcePlace): boolean {
  return one.line === other.line && one.column === other.column;
}

function offsetOf(text: string, { line, column }: SourcePlace): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf('\n', at) + 1;
  return at + column;
}
