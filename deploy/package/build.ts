/**
 * `npm run build`: writes the package to `dist/`. `relay.cjs` is the whole product. Small files load it for the command, its processes
 * and threads, and the library entries. Options: `--out DIR`; `--no-types` leaves out the types, for tests.
 */
import { type StdioOptions, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CODE_USES, evaluate, productScript } from '../../cli/launch.ts';
import { BUNDLE, type Bundle, bundleAlone, bundleProduct, SECOND_BUNDLE } from './bundle.ts';
import { CLIENT, COMMAND, type Entries, entriesOf } from './entries.ts';
import { thirdPartyNotices } from './notices.ts';
import { libraryFile, programFile } from './small-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: path.join(ROOT, 'dist') }, 'no-types': { type: 'boolean' } },
  });
  const out = path.resolve(values.out);
  // keep `dist/edge`, which another build makes
  for (const name of fs.existsSync(out) ? fs.readdirSync(out) : []) {
    if (name !== 'edge') fs.rmSync(path.join(out, name), { recursive: true });
  }
  const entries = entriesOf(ROOT);
  const bundle = await bundleProduct(ROOT, entries);
  await writeFiles(out, entries, bundle);
  for (const use of [...CODE_USES, SECOND_BUNDLE]) {
    const keepCode = ['--import', 'tsx', path.join(import.meta.dirname, 'keep-code.ts'), path.join(out, BUNDLE), use];
    run('keep the compiled code', keepCode, ['ignore', 'ignore', 'inherit']);
  }
  if (values['no-types']) return;
  run('write the types', [
    path.join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    'tsconfig.build.json',
    '--outDir',
    out,
  ]);
}

async function writeFiles(out: string, entries: Entries, { first, second, packages }: Bundle): Promise<void> {
  const write = (file: string, content: string | Uint8Array) => {
    fs.mkdirSync(path.dirname(path.join(out, file)), { recursive: true });
    fs.writeFileSync(path.join(out, file), content);
  };
  write(BUNDLE, first);
  write('launch.cjs', await bundleAlone(ROOT, 'cli/launch.ts', 'cjs'));
  write('NOTICES.txt', thirdPartyNotices(ROOT, packages));
  write(CLIENT.replace(/ts$/, 'js'), await bundleAlone(ROOT, CLIENT, 'esm'));
  // Node starts CommonJS faster than ES modules
  write('cli/package.json', '{ "type": "commonjs" }\n');
  for (const program of entries.programs) write(program.replace(/ts$/, 'js'), programFile(program, BUNDLE));
  fs.chmodSync(path.join(out, COMMAND.replace(/ts$/, 'js')), 0o755);
  const built = path.join(out, BUNDLE);
  // load it as the command does, which also proves that it loads
  const product = evaluate(built, productScript(built), createRequire(built));
  write(SECOND_BUNDLE, await second((file) => Object.keys(product[file]!() as object)));
  for (const library of entries.libraries) {
    const names = Object.keys(product[library]!() as object).sort();
    write(library.replace(/ts$/, 'js'), libraryFile(library, BUNDLE, names));
  }
  for (const asset of entries.assets) write(asset, fs.readFileSync(path.join(ROOT, asset)));
}

function run(what: string, args: readonly string[], stdio: StdioOptions = 'inherit'): void {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio });
  if (status !== 0) throw new Error(`could not ${what}`);
}

await main();
