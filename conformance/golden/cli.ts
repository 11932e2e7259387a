/** `npm run golden [-- --update] [FOLDER …]`: replays the golden cases, or rewrites what they expect and shows the change. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadCase, caseFolders, DEFAULT_FOLDERS, readCase } from './cases.ts';
import { compareFiles, compareOutcome, type FileDifference, filesOf, replayCase, runGolden } from './replay.ts';

/** Returns the exit code: 0 all passed, 1 something failed, 2 wrong use. */
export async function golden(argv: readonly string[], print: (line: string) => void): Promise<number> {
  const unknown = argv.find((argument) => argument.startsWith('-') && argument !== '--update');
  if (unknown !== undefined) {
    print(`golden: unknown option ${unknown}; there is --update`);
    return 2;
  }
  const named = argv.filter((argument) => argument !== '--update');
  const one = argv.includes('--update') ? updateCase : checkCase;
  let folders: string[];
  try {
    folders = caseFolders(named.length > 0 ? named : DEFAULT_FOLDERS);
  } catch (error) {
    if (!(error instanceof BadCase)) throw error;
    print(`golden: ${error.message}`);
    return 2;
  }
  let failed = 0;
  for (const folder of folders) if (!(await settle(one, folder, print))) failed++;
  print(`${folders.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

type Action = (folder: string, print: (line: string) => void) => Promise<boolean>;

/** A case that cannot be run has failed; the others still have their turn. */
async function settle(action: Action, folder: string, print: (line: string) => void): Promise<boolean> {
  try {
    return await action(folder, print);
  } catch (error) {
    print(`FAILED ${path.basename(folder)}: ${(error as Error).message}`);
    return false;
  }
}

const checkCase: Action = async (folder, print) => {
  const { name, passed, differences } = await replayCase(folder);
  if (!passed) report(`FAILED ${name}`, differences, print);
  return passed;
};

/** Writes what the engine gives; a run that ends otherwise than `case.json` says is a failure and changes nothing. */
const updateCase: Action = async (folder, print) => {
  const one = readCase(folder);
  const result = await runGolden(one);
  const ending = compareOutcome(one, result.outcome);
  if (ending.length > 0) {
    report(`FAILED ${one.name}, not updated: it ends otherwise than its case.json says`, ending, print);
    return false;
  }
  const actual = filesOf(result);
  const differences = compareFiles(one.expected, actual);
  if (differences.length > 0) report(`UPDATED ${one.name}`, differences, print);
  for (const { file, kind } of differences) {
    const target = path.join(folder, 'expected', file);
    if (kind === 'missing') fs.rmSync(target);
    else {
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, actual.get(file)!);
    }
  }
  return true;
};

function report(title: string, differences: readonly FileDifference[], print: (line: string) => void): void {
  print(title);
  for (const { file, kind, lines } of differences) {
    print(`  ${file}${kind === 'changed' ? '' : ` (${kind})`}`);
    for (const line of lines) print(`    ${line}`);
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await golden(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
}
