/**
 * Which modules are in which of the two files of the product. The first has what `relay check` and `relay run` load, at once or later; the second,
 * which a process loads when it first needs it, has the other commands, the service and its stores, and the conformance suite. A
 * start pays for each byte and each function of a file that it loads.
 */
import type { Metafile } from 'esbuild';

/** Modules that are there from the start, besides the programs and the library for plugins. */
const ROOTS = ['index.ts', 'cli/relay.ts', 'cli/commands/check/index.ts', 'cli/commands/run/index.ts'];
/** Modules whose `import()` a run may come to. */
const OF_RUNS = /^(?:core|plugins|api\/config)\//;
/** Packages for workbooks and archives, which few feeds are. */
const OF_WORKBOOKS = /^node_modules\/(?:saxes|pako)\//;

export interface Parts {
  first: ReadonlySet<string>;
  /** Modules of the first file that the second imports. */
  shared: string[];
  /** Modules of the second file that the first imports on demand. */
  onDemand: string[];
  /** The module that `importer` imports by this specifier; null for one that is not bundled. */
  imported: (importer: string, specifier: string) => string | null;
  /** True for a module in the form of CommonJS. */
  isCommonJs: (file: string) => boolean;
}

export function partsOf({ inputs }: Metafile, programs: readonly string[]): Parts {
  const importsOf = (file: string) => (inputs[file]?.imports ?? []).filter(({ external }) => external !== true);
  const first = new Set<string>();
  const add = (file: string): void => {
    if (first.has(file) || inputs[file] === undefined) return;
    first.add(file);
    for (const { kind, path } of importsOf(file)) {
      const isOnDemand = kind === 'dynamic-import';
      if (!isOnDemand || (OF_RUNS.test(file) && !OF_WORKBOOKS.test(path))) add(path);
    }
  };
  for (const file of [...programs, ...ROOTS]) add(file);
  const shared = new Set<string>();
  const onDemand = new Set<string>();
  for (const file of Object.keys(inputs)) {
    for (const { kind, path } of importsOf(file)) {
      if (first.has(file) && !first.has(path) && kind === 'dynamic-import') onDemand.add(path);
      if (!first.has(file) && first.has(path) && !file.startsWith('<')) shared.add(path);
    }
  }
  return {
    first,
    shared: [...shared].sort(),
    onDemand: [...onDemand].sort(),
    imported: (importer, specifier) => importsOf(importer).find(({ original }) => original === specifier)?.path ?? null,
    isCommonJs: (file) => inputs[file]?.format === 'cjs',
  };
}
