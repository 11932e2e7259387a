/**
 * Bundles the product into two CommonJS files, of which the second is loaded when something in it is first needed (`parts.ts`). As with
 * separate files, each module is evaluated on its first import, and all modules exist once.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import type { Entries } from './entries.ts';
import { namespacesOnDemand } from './namespaces.ts';
import { PACKAGE_CHANGES, yamlAsModules } from './packages.ts';
import { type Parts, partsOf } from './parts.ts';

/**
 * Packages that are not bundled: those of the service, which are large and load native code or credential files; and jschardet,
 * whose licence demands that it can be replaced. Some tables of iconv-lite stay outside too: see `tablesOnDemand`.
 */
const EXTERNAL = ['@aws-sdk/*', 'hono', '@hono/*', 'libsql', 'jschardet'];
/** Replaces `import.meta.url`, which CommonJS lacks, with the address that the source file would have below `dist/`. */
const ADDRESS = '__address';
/** Replaces `import()` of an address, which cached code cannot do. */
const IMPORT = '__importModule';
/** Replaces `import()` of a module of the second file in the first. */
const IMPORT_LATER = '__importLater';
export const BUNDLE = 'relay.cjs';
export const SECOND_BUNDLE = 'relay-more.cjs';
/**
 * A file is one function. As a CommonJS module it calls it; as a script, whose `this` is the global object, it gives it to `launch.ts`: to
 * wrap a text of this size would copy it. (`module` says nothing: `node -e` has a global one.) In parentheses of its own V8 takes it for a
 * function that is called at once, and does not parse it twice.
 */
const PARAMETERS = 'exports, require, module, __filename, __dirname';
const OPEN = [
  `(this === globalThis ? (product) => product : (product) => product(${PARAMETERS}))((function (${PARAMETERS}) {`,
  `const { importModule: ${IMPORT}, launch: __launch } = require('./launch.cjs');`,
  'const __builtins = {};',
  'const __builtin = (name) => __builtins[name] ??= Object.create(require(name), { default: { value: require(name) } });',
];
/** In the first file: gives what a module or entry of the second exports. */
const LATER = [
  'let __second = null;',
  'const __later = (name) => {',
  '  if (__second === null) {',
  `    __second = __launch(require('node:path').join(__dirname, '${SECOND_BUNDLE}'), { use: 'all', mayKeepCode: false });`,
  '    __second.follow(module.exports);',
  '  }',
  '  return __second[name]();',
  '};',
  `const ${IMPORT_LATER} = async (name) => __later(name);`,
];
/** In the second: the exports of the first. */
const FIRST = 'let __first = null;';
const FOLLOW = 'follow: (first) => { __first = first; }';
const CLOSE = '}));';
/** Characters, more or less: without white space there is little to read, but stacks still have lines and columns. */
const LINE_LENGTH = 160;
/** The oldest release that package.json allows. */
const TARGET = 'node20.19';

/** Further entries, for `keep-code.ts`. */
const MORE = ['cli/relay.ts'];

export interface Bundle {
  first: string;
  /** Bundles the second file. `namesOf` lists what a module of the first one exports. */
  second: (namesOf: (file: string) => string[]) => Promise<string>;
  /** Folders of the third-party packages that are in the bundles. */
  packages: string[];
}

export async function bundleProduct(root: string, { programs, libraries }: Entries): Promise<Bundle> {
  const entries = [...programs, ...libraries, ...MORE];
  const { metafile } = await bundle(root, entries.map(required), [addresses(root, null)]);
  const parts = partsOf(metafile, programs);
  const isFirst = (file: string): boolean => parts.first.has(file);
  const first = await bundle(
    root,
    [
      ...entries.map((file) => (isFirst(file) ? required(file) : `${JSON.stringify(file)}: () => __later('${file}')`)),
      ...parts.shared.filter((file) => !entries.includes(file)).map(required),
    ],
    [addresses(root, parts)],
    LATER,
  );
  return {
    first: first.text,
    second: async (namesOf) => {
      const later = [...entries.filter((file) => !isFirst(file)).map(required), ...parts.onDemand.map(imported)];
      const plugins = [ofTheFirst(root, parts, namesOf), addresses(root, null)];
      return (await bundle(root, [FOLLOW, ...later], plugins, [FIRST])).text;
    },
    packages: packagesIn(Object.keys(metafile.inputs).filter((file) => !file.startsWith('locales:'))),
  };
}

function required(file: string): string {
  return `${JSON.stringify(file)}: () => require('./${file}')`;
}

function imported(file: string): string {
  return `${JSON.stringify(file)}: () => import('./${file}')`;
}

async function bundle(
  root: string,
  exported: readonly string[],
  plugins: readonly Plugin[],
  helpers: readonly string[] = [],
): Promise<{ text: string; metafile: Metafile }> {
  const options = {
    stdin: { contents: `module.exports = {\n${exported.join(',\n')}\n};`, resolveDir: root, loader: 'js' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    external: EXTERNAL,
    alias: yamlAsModules(root),
    // `launch.ts` reads it as Latin-1
    charset: 'ascii',
    legalComments: 'none',
    minifyWhitespace: true,
    lineLimit: LINE_LENGTH,
    // packages of `EXTERNAL` that are imported on demand are CommonJS; `launch.ts` imports plugins. With its own idea of
    // `\p{L}`, esbuild would have an expression made anew at each call
    supported: { 'dynamic-import': false, 'regexp-unicode-property-escapes': true },
    define: { 'import.meta.url': ADDRESS },
    banner: { js: [...OPEN, ...helpers].join('\n') },
    footer: { js: CLOSE },
    plugins: [...plugins, ...PACKAGE_CHANGES],
    logLevel: 'error',
  } as const satisfies BuildOptions;
  const { outputFiles, metafile } = await build(options);
  return { text: inAscii(sharedBuiltins(namespacesOnDemand(outputFiles[0]!.text))), metafile };
}

/**
 * Gives all modules that import the same module of Node the same object. esbuild makes one for each of them, with a getter for each export:
 * `relay check` made 1,700 getters.
 */
function sharedBuiltins(text: string): string {
  return text.replace(/__toESM\(require\(("node:[\w/]+")\)(?:,1)?\)/g, '__builtin($1)');
}

/** `charset: 'ascii'` leaves regular expressions as they are. In a pattern, too, `\\u` and four digits mean the character. */
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Bundles a small file that works alone: `launch.ts`, or the API client. */
export async function bundleAlone(root: string, file: string, format: 'cjs' | 'esm'): Promise<string> {
  const platform = format === 'cjs' ? 'node' : 'neutral';
  const options = {
    bundle: true,
    write: false,
    format,
    platform,
    target: format === 'cjs' ? TARGET : 'es2022',
  } as const;
  const { outputFiles } = await build({ entryPoints: [path.join(root, file)], ...options, logLevel: 'error' });
  // each start loads `launch.ts`: no objects with getters for all exports of modules of Node, of which it uses the default ones
  return outputFiles[0]!.text.replace(/__toESM\((require\("node:\w+"\)), 1\)/g, '{ default: $1 }');
}

/** Takes modules of the first file from there. */
function ofTheFirst(root: string, parts: Parts, namesOf: (file: string) => string[]): Plugin {
  return {
    name: 'modules of the first file',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /./ }, ({ path: specifier, importer }) => {
        const file = parts.imported(placeIn(root, importer), specifier);
        return file !== null && parts.first.has(file) ? { path: file, namespace: 'first' } : null;
      });
      onLoad({ filter: /./, namespace: 'first' }, ({ path: file }) => {
        const taken = `__first[${JSON.stringify(file)}]()`;
        if (parts.isCommonJs(file)) return { contents: `module.exports = ${taken};`, loader: 'js' };
        // a name may be a word of the language
        const names = namesOf(file).map((name) => `const _${name} = taken.${name};\nexport { _${name} as ${name} };`);
        return { contents: `const taken = ${taken};\n${names.join('\n')}`, loader: 'js' };
      });
    },
  };
}

function placeIn(root: string, file: string): string {
  return path.relative(root, file).replaceAll(path.sep, '/');
}

/** `parts`: of the first file, which imports what is in the second from there. */
function addresses(root: string, parts: Parts | null): Plugin {
  return {
    name: 'addresses of files',
    setup: ({ onLoad }) => {
      // without the object that has all of zod, which only `index.ts` gives to plugins
      const zod = path.join(root, 'node_modules/zod/v4/classic/external.js');
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const text = fs.readFileSync(file, 'utf8');
        const source = placeIn(root, file);
        const later = (whole: string, specifier: string): string => {
          const named = parts?.imported(source, specifier) ?? null;
          return named === null || !parts?.onDemand.includes(named)
            ? whole
            : `${IMPORT_LATER}(${JSON.stringify(named)})`;
        };
        const contents = text
          .replace(/\bimport\(pathToFileURL/g, `${IMPORT}(pathToFileURL`)
          .replace(/\bimport\('([^'\n]+)'\)/g, later)
          .replace(/^import \{ z \} from 'zod';$/m, `import * as z from '${zod}';`);
        const here = `const ${ADDRESS} = new URL('${source.replace(/\.ts$/, '.js')}', require('node:url').pathToFileURL(__filename)).href;`;
        return { contents: text.includes('import.meta.url') ? `${here}\n${contents}` : contents, loader: 'ts' };
      });
    },
  };
}

function packagesIn(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}
