/** Compiles the kernel (`core/kernel/assembly/`) with AssemblyScript, and makes the module that holds its bytes. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../core/kernel/assembly/kernel.ts', import.meta.url));
/** The generated module. */
export const BYTES_FILE = fileURLToPath(new URL('../../core/kernel/bytes.ts', import.meta.url));

const OPTIONS = [
  ...['-O3', '--noAssert'],
  ...['--runtime', 'stub', '--importMemory'],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
  ...['-o', 'kernel.wasm'],
];

/** Throws an error with the compiler's messages if it refuses the sources. */
export async function compileKernel(): Promise<Uint8Array> {
  // loaded only here, because loading the compiler takes seconds
  const { default: asc } = await import('assemblyscript/asc');
  const folder = path.dirname(ENTRY);
  let compiled: Uint8Array | null = null;
  const { error, stderr } = await asc.main([path.basename(ENTRY), '--baseDir', folder, ...OPTIONS], {
    readFile: (name, base) => {
      const file = path.resolve(base, name);
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
    },
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') compiled = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === null) throw new Error(`the kernel does not compile:\n${stderr.toString()}`);
  return compiled;
}

/** The text of `core/kernel/bytes.ts`. Its digest covers the bytes and everything they are made from. */
export function bytesModule(compiled: Uint8Array): string {
  const base64 = Buffer.from(compiled).toString('base64');
  return `/**
 * The compiled kernel, as base64. Generated from \`assembly/\` by \`npm run build:kernel\`; a long test compiles it again.
 *
 * ${digestOf(base64)}
 */
export const KERNEL_BYTES =
  '${base64}';
`;
}

/** The digest that `core/kernel/bytes.ts` must have with these bytes. */
export function digestOf(base64: string): string {
  const digest = createHash('sha256').update(base64).update(OPTIONS.join(' ')).update(compilerVersion());
  const folder = path.dirname(ENTRY);
  for (const name of fs.readdirSync(folder).sort()) {
    digest.update(`\0${name}\0`).update(fs.readFileSync(path.join(folder, name)));
  }
  return `sha256 ${digest.digest('hex')}`;
}

function compilerVersion(): string {
  return (createRequire(import.meta.url)('assemblyscript/package.json') as { version: string }).version;
}
