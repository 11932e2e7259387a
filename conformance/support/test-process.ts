/** The process of a `TestWorker`: runs each file that it is sent in uvu, and answers with uvu's exit code. */
import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { keepTemporaryFilesIn } from '../../cli/testing/memory-folder.ts';

/** What uvu's own command line sets: a queue of tests for each file. */
const uvu = globalThis as typeof globalThis & { UVU_DEFER?: number; UVU_INDEX?: number; UVU_QUEUE?: unknown[][] };
uvu.UVU_DEFER = 1;
uvu.UVU_INDEX = 0;

const [colours, temporary = ''] = process.argv.slice(2); // the rest is for uvu-of-tests.ts
// set here and not by the parent: tsx, if it is used, has chosen its cache folder by now, and the next process must find the same one
if (temporary !== '') keepTemporaryFilesIn(temporary);
const wrappers = {
  uvu: new URL('uvu-of-tests.ts', import.meta.url).href,
  'fast-check': new URL('fast-check-of-tests.ts', import.meta.url).href,
};
const hook = `const wrappers = new Map(Object.entries(${JSON.stringify(wrappers)}));
export const resolve = (name, context, next) => {
  const wrapper = wrappers.get(name);
  return next(wrapper === undefined || context.parentURL.startsWith(wrapper) ? name : wrapper, context);
};`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
// uvu asks once whether it writes to a terminal; only the parent process knows
process.stdout.isTTY = colours === 'colours';
const { exec } = await import('uvu');
process.stdout.isTTY = false;

async function run(file: string): Promise<void> {
  // without this channel nothing keeps the process alive, so a test whose promise never settles ends it
  process.channel?.unref();
  uvu.UVU_QUEUE = [[file]];
  try {
    await import(pathToFileURL(path.resolve(file)).href);
    await exec();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  process.channel?.ref();
  process.send?.(Number(process.exitCode ?? 0));
  process.exitCode = 0;
}

process.on('message', (file: string) => void run(file));
