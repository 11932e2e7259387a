/** Bundles the product into one CommonJS file. As with separate files, each module is evaluated on its first import. */
import fs from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Entries } from './entries.ts';
import { namespacesOnDemand } from './namespaces.ts';

/**
 * Packages that are not bundled: those of the service, which are large and load native code or credential files; and jschardet,
 * whose licence demands that it can be replaced. Some tables of iconv-lite stay outside too: see `tablesOnDemand`.
 */
const EXTERNAL = ['@aws-sdk/*', 'hono', '@hono/*', 'libsql', 'jschardet'];
/** Replaces `import.meta.url`, which CommonJS lacks, with the address that the source file would have below `dist/`. */
const ADDRESS = '__address';
/** Replaces `import()` of an address, which cached code cannot do. */
const IMPORT = '__importModule';
/**
 * The file is one function. As a CommonJS module it calls it; as a script, which knows no `module`, it gives it to `launch.ts`: to wrap a text of
 * this size would copy it. In parentheses of its own V8 takes it for a function that is called at once, and does not parse it twice.
 */
const PARAMETERS = 'exports, require, module, __filename, __dirname';
const BANNER = [
  `(typeof module === 'undefined' ? (product) => product : (product) => product(${PARAMETERS}))((function (${PARAMETERS}) {`,
  `const { importModule: ${IMPORT} } = require('./launch.cjs');`,
  'const __builtins = {};',
  'const __builtin = (name) => __builtins[name] ??= Object.create(require(name), { default: { value: require(name) } });',
].join('\n');
const FOOTER = '}));';
/** Characters, more or less: without white space there is little to read, but stacks still have lines and columns. */
const LINE_LENGTH = 160;
/** The oldest release that package.json allows. */
const TARGET = 'node20.19';

/** Further entries, for `keep-code.ts`. */
const MORE = ['cli/relay.ts'];

export interface Bundle {
  text: string;
  /** Folders of the third-party packages that are in the bundle. */
  packages: string[];
}

export async function bundleProduct(root: string, { programs, libraries }: Entries): Promise<Bundle> {
  const entries = [...programs, ...libraries, ...MORE].map(
    (file) => `${JSON.stringify(file)}: () => require('./${file}')`,
  );
  const { outputFiles, metafile } = await build({
    stdin: { contents: `module.exports = {\n${entries.join(',\n')}\n};`, resolveDir: root, loader: 'js' },
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
    banner: { js: BANNER },
    footer: { js: FOOTER },
    plugins: [addresses(root), namesOfZod, localesOnDemand, tablesOnDemand, encodeTablesOnDemand],
    logLevel: 'error',
  });
  return {
    text: inAscii(sharedBuiltins(namespacesOnDemand(outputFiles[0]!.text))),
    packages: packagesIn(Object.keys(metafile.inputs).filter((file) => !file.startsWith('locales:'))),
  };
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
  return outputFiles[0]!.text;
}

function addresses(root: string): Plugin {
  return {
    name: 'addresses of files',
    setup: ({ onLoad }) => {
      // without the object that has all of zod, which only `index.ts` gives to plugins
      const zod = path.join(root, 'node_modules/zod/v4/classic/external.js');
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const text = fs.readFileSync(file, 'utf8');
        const place = path.relative(root, file).replaceAll(path.sep, '/').replace(/\.ts$/, '.js');
        const contents = text
          .replace(/\bimport\(pathToFileURL/g, `${IMPORT}(pathToFileURL`)
          .replace(/^import \{ z \} from 'zod';$/m, `import * as z from '${zod}';`);
        const here = `const ${ADDRESS} = new URL('${place}', require('node:url').pathToFileURL(__filename)).href;`;
        return { contents: text.includes('import.meta.url') ? `${here}\n${contents}` : contents, loader: 'ts' };
      });
    },
  };
}

/** Leaves zod's messages in fifty languages (`z.locales`, for plugins) in the installed package. */
const localesOnDemand: Plugin = {
  name: 'locales on demand',
  setup: ({ onResolve, onLoad }) => {
    // as CommonJS, unlike the package's own files, because only there can an export be loaded on first use
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ resolveDir }) => ({
      path: path.join(resolveDir, '../locales/index.js'),
      namespace: 'locales',
    }));
    onLoad({ filter: /./, namespace: 'locales' }, ({ path: file }) => {
      const names = [...fs.readFileSync(file, 'utf8').matchAll(/default as (\w+) .*"\.\/(.+)\.js"/g)];
      const getters = names.map(([, name, module]) => `get ${name}() { return load(${JSON.stringify(module)}); }`);
      const load = "const load = (name) => require('zod/v4/locales/' + name + '.cjs');";
      return { contents: `${load}\nmodule.exports = {\n${getters.join(',\n')}\n};`, loader: 'js' };
    });
  },
};

/** Leaves the tables of East Asian encodings, which most feeds do not need, in the installed package. */
const tablesOnDemand: Plugin = {
  name: 'tables on demand',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/tables\/.*\.json$/ }, ({ path: file, resolveDir }) => {
      if (!/iconv-lite[\\/]encodings$/.test(resolveDir)) return null;
      return { path: `iconv-lite/encodings/${file.slice(2)}`, external: true };
    });
  },
};

/** Spares zod an object of its own with all of its functions, for JSON Schemas, which nothing here reads. */
const namesOfZod: Plugin = {
  name: 'names of zod',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod[\\/]v4[\\/]classic[\\/]from-json-schema\.js$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, 'utf8');
      const contents = text.replace(/^const z = \{[^}]*\};$/m, 'import * as z from "./external.js";');
      if (contents === text) throw new Error(`${file} has another form`);
      return { contents, loader: 'js' };
    });
  },
};

/** Has iconv-lite make the table with which it encodes when it first encodes: that takes longer than to decode a small feed. */
const encodeTablesOnDemand: Plugin = {
  name: 'encode tables on demand',
  setup: ({ onLoad }) => {
    onLoad({ filter: /iconv-lite[\\/]encodings[\\/]dbcs-codec\.js$/ }, ({ path: file }) => {
      const [before, constructed, encoder, ...rest] = fs
        .readFileSync(file, 'utf8')
        .split(/(?<=\n) {2}this\.encodeTable = \[\]\n|(?<=\nfunction DBCSEncoder \(options, codec\) \{\n)/);
      if (encoder === undefined || rest.length > 0) throw new Error(`${file} has another form`);
      const onDemand = `  this.encodeTable = null
  this._fillEncodeTables = function () {
    if (this.encodeTable === null) fillEncodeTables.call(this, codecOptions, iconv)
  }
}

function fillEncodeTables (codecOptions, iconv) {
  this.encodeTable = []
`;
      return { contents: `${before}${onDemand}${constructed}  codec._fillEncodeTables()\n${encoder}`, loader: 'js' };
    });
  },
};

/** Takes the package's ES modules, which load in half the time once bundled. */
function yamlAsModules(root: string): Record<string, string> {
  return { yaml: fs.realpathSync(path.join(root, 'node_modules/yaml/browser/dist/index.js')) };
}

function packagesIn(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}
