/**
 * Loads the built product: one file, `dist/relay.cjs`, with the code cache that `npm run build` wrote beside it. With
 * the cache, V8 neither parses the file nor compiles the functions that a run calls. `deploy/package/` builds the file
 * as CommonJS, which Node starts sooner than modules. See decision 0030.
 */
import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/** Runs a source file that is an entry of the product, such as `cli/main.ts`, and returns what it exports. */
export type Product = Readonly<Record<string, () => unknown>>;

/**
 * V8 makes all functions of a cache at once, also those that nobody calls, so `relay check` has a cache of its own: it needs half of the
 * one for all commands.
 */
export const CODE_USES = ['all', 'check'] as const;
export type CodeUse = (typeof CODE_USES)[number];

interface Launch {
  use: CodeUse;
  /** True if Node may keep compiled code in the user's cache folder, if the build has none for this release of Node. */
  mayKeepCode: boolean;
}

/** Loads the product, once per thread. Later imports of `relay-inventory` get the same instance. */
export function launch(bundle: string, { use, mayKeepCode }: Launch): Product {
  const require = Module.createRequire(bundle);
  const loaded = require.cache[bundle];
  if (loaded !== undefined) return loaded.exports;
  const cached = readCode(bundle, use);
  if (cached !== null) return evaluate(bundle, cached, require);
  if (mayKeepCode) keepCode();
  return require(bundle);
}

/** Imports a module, such as a plugin's. The product calls this because code from a cache cannot import by itself. */
export function importModule(address: string): Promise<unknown> {
  return import(address);
}

/**
 * The file with the code cache of a bundle. Each release of V8 needs its own, and each version of Node has its own V8.
 */
export function codeFile(bundle: string, use: CodeUse): string {
  return `${bundle}.${process.version}-${process.platform}-${process.arch}.${use}.code`;
}

/** The product as a script. `source` is all ASCII: reading it as Latin-1 spares the decoding. */
export function productScript(bundle: string, cachedData?: Buffer): vm.Script {
  return new vm.Script(fs.readFileSync(bundle, 'latin1'), {
    filename: bundle,
    ...(cachedData !== undefined && { cachedData }),
  });
}

/** Runs the script as Node runs a CommonJS file, and registers it with Node as loaded. */
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

/** Null if the build has no cache for this Node, or if V8 refuses it: options of V8 change the code that it makes. */
function readCode(bundle: string, use: CodeUse): vm.Script | null {
  let code: Buffer;
  try {
    code = fs.readFileSync(codeFile(bundle, use));
  } catch {
    return null;
  }
  const script = withoutHeapOption(() => productScript(bundle, code));
  return script.cachedDataRejected === false ? script : null;
}

/**
 * Removes V8's option for the heap limit while `work` runs: V8 refuses a code cache for this option too, which each
 * runner process has. The heap was already made with the limit, and threads that start later have the option again.
 */
function withoutHeapOption<T>(work: () => T): T {
  const option = process.execArgv.findLast((argument) => /^--max-old-space-size=\d+$/.test(argument));
  if (option === undefined) return work();
  // loaded here: most commands have no limit, and it loads streams
  const v8 = process.getBuiltinModule('node:v8');
  v8.setFlagsFromString('--max-old-space-size=0');
  try {
    return work();
  } finally {
    v8.setFlagsFromString(option);
  }
}

/** For Node 22.1 and later. Checks what it reads, and stays silent if it cannot write. */
function keepCode(): void {
  const { XDG_CACHE_HOME: caches = path.join(process.getBuiltinModule('node:os').homedir(), '.cache') } = process.env;
  (Module as { enableCompileCache?(folder: string): unknown }).enableCompileCache?.(
    path.join(caches, 'relay-inventory'),
  );
}
