/** Bundles the product into one CommonJS file. A module in it is evaluated when it is first imported, as in its own file. */
import fs from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Entries } from './entries.ts';

/**
 * Packages that stay in files of their own: the service's, which are large and load native code or credentials' files;
 * and jschardet, whose licence wants it to be replaceable. Of iconv-lite the tables stay, see `tablesOnDemand`.
 */
const EXTERNAL = ['@aws-sdk/*', 'hono', '@hono/*', 'libsql', 'jschardet'];
/** Stands for `import.meta.url`, which CommonJS lacks: the address that a source file has as a file of its own below `dist/`. */
const ADDRESS = '__address';
/** Stands for `import()` of an address, which code from a cache cannot do. */
const IMPORT = '__importModule';
const BANNER = `const { importModule: ${IMPORT} } = require('./launch.cjs');`;
/** The oldest release that package.json allows. */
const TARGET = 'node20.19';

/** For `keep-code.ts`. */
const MORE = ['cli/relay.ts'];

export interface Bundle {
  text: string;
  /** Folders of the third-party packages whose code is in the file. */
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
    // the packages of `EXTERNAL` that are imported on demand are CommonJS; plugins are imported by `launch.ts`
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': ADDRESS },
    banner: { js: BANNER },
    plugins: [addresses(root), localesOnDemand, tablesOnDemand],
    logLevel: 'error',
  });
  return {
    text: outputFiles[0]!.text,
    packages: packagesIn(Object.keys(metafile.inputs).filter((file) => !file.startsWith('locales:'))),
  };
}

/** A small file that works without the rest: `launch.ts`, and the client of the API. */
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
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const text = fs.readFileSync(file, 'utf8');
        const place = path.relative(root, file).replaceAll(path.sep, '/').replace(/\.ts$/, '.js');
        const contents = text.replace(/\bimport\(pathToFileURL/g, `${IMPORT}(pathToFileURL`);
        const here = `const ${ADDRESS} = new URL('${place}', require('node:url').pathToFileURL(__filename)).href;`;
        return { contents: text.includes('import.meta.url') ? `${here}\n${contents}` : contents, loader: 'ts' };
      });
    },
  };
}

/** zod's messages in fifty languages, which plugins can ask for as `z.locales`: from the installed package. */
const localesOnDemand: Plugin = {
  name: 'locales on demand',
  setup: ({ onResolve, onLoad }) => {
    // CommonJS, which that package's files are not: only there can an export be loaded when it is asked for
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

/** Letters of the encodings of East Asia, which most feeds do not need: from the installed package. */
const tablesOnDemand: Plugin = {
  name: 'tables on demand',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/tables\/.*\.json$/ }, ({ path: file, resolveDir }) => {
      if (!/iconv-lite[\\/]encodings$/.test(resolveDir)) return null;
      return { path: `iconv-lite/encodings/${file.slice(2)}`, external: true };
    });
  },
};

/** The same package as modules: bundled, they load in half the time. */
function yamlAsModules(root: string): Record<string, string> {
  return { yaml: fs.realpathSync(path.join(root, 'node_modules/yaml/browser/dist/index.js')) };
}

function packagesIn(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}
