/** How the build changes the packages that it bundles, so that a start does not pay for what it does not use. */
import fs from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';

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
export function yamlAsModules(root: string): Record<string, string> {
  return { yaml: fs.realpathSync(path.join(root, 'node_modules/yaml/browser/dist/index.js')) };
}

export const PACKAGE_CHANGES: readonly Plugin[] = [namesOfZod, localesOnDemand, tablesOnDemand, encodeTablesOnDemand];
