/** Node's hooks of `compiled-loader.ts`. */
import fs from 'node:fs';
import { createRequire, type InitializeHook, type LoadFnOutput, type LoadHook, type ResolveHook } from 'node:module';

export interface Places {
  /** The address of the sources' folder. */
  root: string;
  /** The folder with their compiled forms. */
  made: string;
}

let places: Places = { root: '', made: '' };

const takePlaces: InitializeHook<Places> = (given) => {
  places = given;
};

/** Compiled files import each other as `.js`. */
const resolveCompiled: ResolveHook = (name, context, next) => {
  const { parentURL = '' } = context;
  if (!name.startsWith('.') || !name.endsWith('.js') || !isSource(parentURL)) return next(name, context);
  return { url: new URL(name.replace(/js$/, 'ts'), parentURL).href, format: 'module', shortCircuit: true };
};

const loadCompiledSource: LoadHook = (url, context, next) => {
  if (!isSource(url)) return url.endsWith('.ts') ? compiledModule(url) : next(url, context);
  const file = decodeURIComponent(url.slice(places.root.length)).replace(/ts$/, 'js');
  return { format: 'module', source: fs.readFileSync(places.made + file), shortCircuit: true };
};

export { loadCompiledSource as load, resolveCompiled as resolve, takePlaces as initialize };

/** A module that a test has written. */
function compiledModule(url: string): LoadFnOutput {
  const { transformSync } = createRequire(places.root)('esbuild') as typeof import('esbuild');
  const text = fs.readFileSync(new URL(url), 'utf8');
  return { format: 'module', source: transformSync(text, { loader: 'ts' }).code, shortCircuit: true };
}

function isSource(url: string): boolean {
  return url.startsWith(places.root) && url.endsWith('.ts');
}
