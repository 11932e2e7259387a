/**
 * Loads the built product: one file, `dist/relay.cjs`, with the code cache that `npm run build` left beside it. V8 then neither
 * parses the file nor compiles the functions that a run calls. `deploy/package/` builds this file as CommonJS: Node starts
 * CommonJS sooner than modules. Decision 0030 says more.
 */
import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';

/** Runs a source file that is an entry of the product, such as `cli/main.ts`, and returns what it exports. */
export type Product = Readonly<Record<string, () => unknown>>;

interface Launch {
  /** True if Node may keep compiled code in the user's cache folder where the build left none for this release of Node. */
  mayKeepCode: boolean;
}

/** Loads the product once for each thread. What imports `relay-inventory` later gets the same one. */
export function launch(bundle: string, { mayKeepCode }: Launch): Product {
  const require = createRequire(bundle);
  const loaded = require.cache[bundle];
  if (loaded !== undefined) return loaded.exports;
  const cached = readCode(bundle);
  if (cached !== null) return evaluate(bundle, cached, require);
  if (mayKeepCode) keepCode();
  return require(bundle);
}

/** Imports a module, such as a plugin's. Code from a cache cannot do so itself: the product calls this. */
export function importModule(address: string): Promise<unknown> {
  return import(address);
}

/** The file with the code cache of a bundle. V8 refuses that of another release, and Node has one release of V8 a version. */
export function codeFile(bundle: string): string {
  return `${bundle}.${process.version}-${process.platform}-${process.arch}.code`;
}

/** The product as a script. `source` is all ASCII: reading it as Latin-1 spares the decoding. */
export function productScript(bundle: string, cachedData?: Buffer): vm.Script {
  return new vm.Script(`${Module.wrap(fs.readFileSync(bundle, 'latin1'))}`, {
    filename: bundle,
    ...(cachedData !== undefined && { cachedData }),
  });
}

/** Runs the script as Node runs a CommonJS file, and leaves it where Node looks for one that is loaded. */
export function evaluate(bundle: string, script: vm.Script, require: NodeJS.Require): Product {
  const module = new Module(bundle);
  module.filename = bundle;
  require.cache[bundle] = module;
  try {
    script.runInThisContext()(module.exports, require, module, bundle, path.dirname(bundle));
    module.loaded = true;
    return module.exports;
  } catch (error) {
    delete require.cache[bundle];
    throw error;
  }
}

/** Null where the build left no code for this Node, or V8 refuses it: options of V8 change the code that it makes. */
function readCode(bundle: string): vm.Script | null {
  let code: Buffer;
  try {
    code = fs.readFileSync(codeFile(bundle));
  } catch {
    return null;
  }
  const script = withoutHeapOption(() => productScript(bundle, code));
  return script.cachedDataRejected === false ? script : null;
}

/**
 * V8 refuses the code also where only the heap's limit is an option, as it is of each runner process. The heap was made with it before
 * this runs, so it can be taken back for a while; threads that start later have it again.
 */
function withoutHeapOption<T>(work: () => T): T {
  const option = process.execArgv.findLast((argument) => /^--max-old-space-size=\d+$/.test(argument));
  if (option === undefined) return work();
  v8.setFlagsFromString('--max-old-space-size=0');
  try {
    return work();
  } finally {
    v8.setFlagsFromString(option);
  }
}

/** From Node 22.1 on. It checks what it reads, and says nothing if it cannot write. */
function keepCode(): void {
  const { XDG_CACHE_HOME: caches = path.join(os.homedir(), '.cache') } = process.env;
  (Module as { enableCompileCache?(folder: string): unknown }).enableCompileCache?.(
    path.join(caches, 'relay-inventory'),
  );
}
