/**
 * `tsx conformance/support/compiled-main.ts FILE [ARG…]`: runs a program of the sources as compiled JavaScript. A program that
 * computes for long needs a quarter less CPU than under tsx.
 */
import { spawnSync } from 'node:child_process';
import { compiledLoader, withSharedFolder } from '../../cli/testing/compiled.ts';

process.exitCode = await withSharedFolder(async () => {
  const args = ['--import', compiledLoader(), ...process.argv.slice(2)];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
});
