/** `npm run build:kernel`: compiles the kernel, and writes its bytes to `core/kernel/bytes.ts`. */
import fs from 'node:fs';
import { BYTES_FILE, bytesModule, compileKernel } from './compile.ts';

const compiled = await compileKernel();
fs.writeFileSync(BYTES_FILE, bytesModule(compiled));
console.log(`core/kernel/bytes.ts: ${compiled.length} bytes of WebAssembly`);
