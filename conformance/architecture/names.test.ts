/** An exported name means one thing, and so does the name of a type. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PRODUCT, type Source } from './sources.ts';

/** Names that are exported more than once with a reason. */
const ALLOWED: Readonly<Record<string, string>> = {};

/** Names declared with `export`. Re-exports give a name no second meaning. */
export function exportsIn(code: string): string[] {
  const form =
    /^export (?:declare )?(?:abstract )?(?:async )?(?:type|interface|class|const|let|function\*?|enum) (\w+)/gm;
  return [...withoutTemplates(code).matchAll(form)].map((match) => match[1]!);
}

/** Templates write out the code of other packages. */
function withoutTemplates(code: string): string {
  return code.replace(/`(?:[^`\\]|\\.)*`/gs, '``');
}

/** Types that a file declares, exported or not. */
function typesIn(code: string): string[] {
  const form = /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class|enum) (\w+)/gm;
  return [...withoutTemplates(code).matchAll(form)].map((match) => match[1]!);
}

/** Names that several files declare, each with the files. */
function repeatedNames(
  sources: ReadonlyArray<Pick<Source, 'file' | 'code'>>,
  namesIn: (code: string) => string[] = exportsIn,
): Map<string, string[]> {
  const files = new Map<string, Set<string>>();
  for (const { file, code } of sources) {
    for (const name of namesIn(code)) files.set(name, (files.get(name) ?? new Set()).add(file));
  }
  return new Map([...files].filter(([, of]) => of.size > 1).map(([name, of]) => [name, [...of]]));
}

test('a name that two files export is found, in every form; overloads and re-exports do not count', () => {
  const sources = [
    { file: 'a.ts', code: 'export interface Run {}\nexport function open(): void;\nexport function open(a?: 1) {}\n' },
    {
      file: 'b.ts',
      code: "export class Run {}\nexport async function start() {}\nexport type { Job } from './c.ts';\n",
    },
    {
      file: 'c.ts',
      code: 'export type Job = 1;\nexport const start = 1;\nconst text = `\nexport const open = 1;\n`;\n',
    },
  ];
  assert.equal(
    [...repeatedNames(sources)],
    [
      ['Run', ['a.ts', 'b.ts']],
      ['start', ['b.ts', 'c.ts']],
    ],
  );
});

test('a type that two files declare is found, exported or not', () => {
  const sources = [
    { file: 'a.ts', code: 'interface Run {}\nexport type Job = 1;\n' },
    { file: 'b.ts', code: 'export abstract class Run {}\nconst Job = 1;\n' },
  ];
  assert.equal([...repeatedNames(sources, typesIn)], [['Run', ['a.ts', 'b.ts']]]);
});

/** The kernel's functions have the names of their TypeScript twins. No file of the product imports them. */
const KERNEL = /^core\/kernel\/assembly\/(?!places)/;

// the oracle shares the contract's words with the engine, but no code
const NAMED = PRODUCT.filter(({ file }) => !file.startsWith('conformance/oracle/') && !KERNEL.test(file));

test('no two files export the same name', () => {
  const repeated = [...repeatedNames(NAMED)].filter(([name]) => !(name in ALLOWED));
  assert.equal(repeated, []);
});

test('no two files declare one type', () => {
  // each plugin has its options
  const repeated = [...repeatedNames(NAMED, typesIn)].filter(([name]) => name !== 'Options');
  assert.equal(repeated, []);
});

test('every exception is still needed', () => {
  const repeated = repeatedNames(PRODUCT.filter(({ file }) => !KERNEL.test(file)));
  assert.equal(
    Object.keys(ALLOWED).filter((name) => !repeated.has(name)),
    [],
  );
});

test.run();
