/** Functions have at most four positional parameters. With more, a reader would count commas: use an options type or a cursor object. */

import type { Node } from 'typescript/unstable/ast';
// an unstable API: its version is pinned, and only this test uses it
import { API } from 'typescript/unstable/sync';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PRODUCT, type Source } from './sources.ts';

const PARAMETERS_MAX = 4;

/** Functions with more parameters, each with the reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  'core/bytes/text.ts writeCell': 'called for every text cell: an object set anew for each costs 2 % of a run',
  'core/bytes/text.ts writeQuoted': 'has the parameters of writeCell, which hands them on',
};

/** The parts of a function, a function type or its name in the syntax tree. */
type Declared = Node & { name?: Node & { text?: string }; parameters?: readonly Declared[] };

/** The functions and function types with more than `max` positional parameters, as `file name`. */
function withMoreThan(max: number, sources: ReadonlyArray<Pick<Source, 'file' | 'text'>>): string[] {
  const found: string[] = [];
  for (const [file, tree] of parsed(sources)) {
    const visit = (node: Declared): void => {
      const parameters = node.parameters?.filter(({ name }) => name?.text !== 'this') ?? [];
      if (parameters.length > max) found.push(`${file} ${nameOf(node)}`);
      node.forEachChild((child) => visit(child));
    };
    visit(tree);
  }
  return found;
}

/** The name of a function. An arrow function has the name of the variable that it is assigned to. */
function nameOf(node: Declared): string {
  return node.name?.text ?? (node.parent as Declared).name?.text ?? '(no name)';
}

const ROOT = '/sources';

/** The syntax trees. It takes about a second, because files are read from memory and imports not followed. */
function parsed(sources: ReadonlyArray<Pick<Source, 'file' | 'text'>>): Array<[string, Declared]> {
  const project = `${ROOT}/tsconfig.json`;
  const folders = new Set(sources.flatMap(({ file }) => foldersOf(`${ROOT}/${file}`)));
  const files = new Map(sources.map(({ file, text }) => [`${ROOT}/${file}`, text]));
  const compilerOptions = { noLib: true, noResolve: true, types: [] };
  files.set(project, JSON.stringify({ compilerOptions, files: sources.map(({ file }) => file) }));
  const fs = {
    readFile: (name: string) => files.get(name) ?? null,
    fileExists: (name: string) => files.has(name),
    directoryExists: (name: string) => folders.has(name),
    getAccessibleEntries: () => ({ files: [], directories: [] }),
  };
  const api = new API({ cwd: ROOT, fs });
  try {
    const program = api.updateSnapshot({ openProjects: [project] }).getProject(project)?.program;
    return sources.map(({ file }) => {
      const tree = program?.getSourceFile(`${ROOT}/${file}`);
      assert.ok(tree, `${file} is not parsed`);
      return [file, tree as Declared];
    });
  } finally {
    api.close();
  }
}

function foldersOf(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_, i) => parts.slice(0, i).join('/'));
}

test('too many parameters are found in every form of function; optional and rest ones count, `this` does not', () => {
  const text = `
    function declared(a: 1, b: 2, c?: 3) {}
    const arrow = (a: 1, b: 2, ...c: 3[]) => a;
    class Made { constructor(a: 1, b: 2, c: 3) {} #hidden(this: Made, a: 1, b: 2, { c }: { c: 3 }) {} fine(this: Made, a: 1, b: 2) {} }
    interface Port { send(a: 1, b: 2, c: 3): void; fits(a: 1, b: 2): void }
    type Callback = (a: 1, b: 2, c: 3) => void;
    run(function (a, b, c) {});
    const text = 'function quoted(a, b, c) {}';
  `;
  assert.equal(
    withMoreThan(2, [
      { file: 'made/up.ts', text },
      { file: 'made/empty.ts', text: '' },
    ]),
    ['declared', 'arrow', 'Made', '#hidden', 'send', 'Callback', '(no name)'].map((name) => `made/up.ts ${name}`),
  );
});

test('no function has more than four positional parameters without a reason', () => {
  assert.equal(withMoreThan(PARAMETERS_MAX, PRODUCT), Object.keys(ALLOWED));
});

test.run();
