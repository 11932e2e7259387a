/** Compiles the kernel (`core/kernel/assembly/`) with AssemblyScript, and makes the module that holds its bytes. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ENTRY = fileURLToPath(new URL('../../core/kernel/assembly/kernel.ts', import.meta.url));
/** The generated module. */
export const BYTES_FILE = fileURLToPath(new URL('../../core/kernel/bytes.ts', import.meta.url));

const OPTIONS = [
  ...['-O3', '--noAssert'],
  ...['--runtime', 'stub', '--importMemory'],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
  ...['-o', 'kernel.wasm'],
];

/** Throws with what the compiler says if it refuses the sources. */
export async function compileKernel(): Promise<Uint8Array> {
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

/** The text of `core/kernel/bytes.ts`. */
export function bytesModule(compiled: Uint8Array): string {
  return `/** The compiled kernel, as base64. Generated from \`assembly/\` by \`npm run build:kernel\`; a test compiles it again. */
export const KERNEL_BYTES =
  '${Buffer.from(compiled).toString('base64')}';
`;
}
