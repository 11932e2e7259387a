/** Mutants of the product's sources: places where StrykerJS changes the code, one at a time, chosen by a seed. */
import path from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { PRODUCT, REPOSITORY } from '../architecture/sources.ts';
import { Random } from '../oracle/random.ts';

const FOLDERS = ['core', 'plugins', 'worker', 'stores', 'api'];
/** Tests assert codes and facts, not the wording of messages. */
const EXCLUDED = ['StringLiteral'];

interface Place {
  line: number;
  column: number;
}

export interface Mutant {
  file: string;
  mutator: string;
  /** From 0. */
  start: Place;
  original: string;
  replacement: string;
  /** The whole file with the replacement. */
  text: string;
}

export function describe({ file, start, mutator, original, replacement }: Mutant): string {
  const short = (code: string) => code.replace(/\s+/g, ' ').slice(0, 60);
  return `${file}:${start.line + 1}:${start.column + 1} ${mutator}: ${short(original)} → ${short(replacement)}`;
}

/** `count` mutants of the files whose path contains `part`. The same seed chooses the same ones of the same sources. */
export async function sampleMutants(count: number, seed: number, part: string): Promise<Mutant[]> {
  const random = new Random(seed);
  const left = await allMutants(part);
  const chosen: Mutant[] = [];
  while (chosen.length < count && left.length > 0) chosen.push(...left.splice(random.int(0, left.length - 1), 1));
  return chosen;
}

async function allMutants(part: string): Promise<Mutant[]> {
  const names = PRODUCT.filter(({ folder, file }) => FOLDERS.includes(folder) && file.includes(part));
  const texts = new Map(names.map(({ file, text }) => [file, text]));
  const files = names.map(({ file, text }) => ({ name: path.join(REPOSITORY, file), content: text, mutate: true }));
  const options = { plugins: null, ignorers: [], excludedMutations: EXCLUDED, noHeader: true };
  const silent = new Proxy({}, { get: () => () => false });
  const instrumenter = new Instrumenter(silent as ConstructorParameters<typeof Instrumenter>[0]);
  const { mutants } = await instrumenter.instrument(files, options);
  return mutants.flatMap(({ fileName, location: { start, end }, mutatorName, replacement, statusReason }) => {
    // code that says itself that it cannot be reached
    if (statusReason !== undefined) return [];
    const file = path.relative(REPOSITORY, fileName).replaceAll(path.sep, '/');
    const text = texts.get(file) ?? '';
    const [from, to] = [offsetOf(text, start), offsetOf(text, end)];
    const original = text.slice(from, to);
    const changed = text.slice(0, from) + replacement + text.slice(to);
    return [{ file, mutator: mutatorName, start, original, replacement, text: changed }];
  });
}

function offsetOf(text: string, { line, column }: Place): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf('\n', at) + 1;
  return at + column;
}
