/** `relay conformance`: replays golden cases, or rewrites their expected files and shows the change. */
import fs from 'node:fs';
import path from 'node:path';
import type { Registry } from '../../core/registry.ts';
import { counted } from '../../core/text/counted.ts';
import { green, lines, red, type Text, yellow } from '../colour.ts';
import { failureDocument, printJson } from '../failure.ts';
import { BadCase, caseFolders, readCase } from '../golden/cases.ts';
import {
  compareFiles,
  compareOutcome,
  type FileDifference,
  replayCase,
  runGolden,
  writtenFiles,
} from '../golden/replay.ts';
import { EXIT, type Io } from '../io.ts';
import { CONFORMANCE } from '../manual/commands.ts';
import { openRegistry } from '../plugins/load.ts';
import { readBaseSettings } from '../settings.ts';
import { readArgs, UsageError } from '../usage.ts';

interface CaseResult {
  name: string;
  dir: string;
  status: 'passed' | 'updated' | 'failed';
  differences: FileDifference[];
  /** Why the case could not run; null if it did. */
  message: string | null;
}

export async function conformance(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, CONFORMANCE.options);
  const registry = await openRegistry(readBaseSettings(io.env));
  const results: CaseResult[] = [];
  for (const dir of foldersOf(positionals)) {
    const result = await runAction(values.update ? updateCase : checkCase, dir, registry);
    if (!values.json) io.stdout(describe(result));
    results.push(result);
  }
  const failed = results.filter((result) => result.status === 'failed').length;
  const passed = results.length - failed;
  if (values.json) {
    const failure =
      failed === 0 ? {} : failureDocument('CASE_FAILED', `${counted(failed, 'case')} of ${results.length} failed`);
    printJson(io, { ...failure, passed, failed, cases: results });
  } else io.stdout(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

function foldersOf(named: readonly string[]): string[] {
  try {
    return caseFolders(named.length > 0 ? named : ['.']);
  } catch (error) {
    if (error instanceof BadCase) throw new UsageError(error.message);
    throw error;
  }
}

type CaseAction = (dir: string, registry: Registry) => Promise<Pick<CaseResult, 'status' | 'differences'>>;

/** A case that cannot run counts as failed, and the next ones still run. */
async function runAction(action: CaseAction, dir: string, registry: Registry): Promise<CaseResult> {
  const name = path.basename(path.resolve(dir));
  try {
    return { name, dir, ...(await action(dir, registry)), message: null };
  } catch (error) {
    const message = (error as Error).message.replace(`${name}: `, '');
    return { name, dir, status: 'failed', differences: [], message };
  }
}

const checkCase: CaseAction = async (dir, registry) => {
  const { passed, differences } = await replayCase(dir, registry);
  return { status: passed ? 'passed' : 'failed', differences };
};

/** If the run does not end as `case.json` says, the case fails and no file changes. */
const updateCase: CaseAction = async (dir, registry) => {
  const one = readCase(dir);
  const result = await runGolden(one, registry);
  const ending = compareOutcome(one, result.outcome);
  if (ending.length > 0) return { status: 'failed', differences: ending };
  const actual = writtenFiles(result);
  const differences = compareFiles(one.expected, actual);
  for (const { file } of differences) {
    const target = path.join(dir, 'expected', file);
    const text = actual.get(file);
    if (text === undefined) fs.rmSync(target);
    else {
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, text);
    }
  }
  return { status: differences.length === 0 ? 'passed' : 'updated', differences };
};

function describe({ name, status, differences, message }: CaseResult): Text {
  if (status === 'passed') return '';
  const paint = status === 'failed' ? red : yellow;
  const shown: Text[] = [[paint(status.toUpperCase()), ` ${name}${message === null ? '' : `: ${message}`}`]];
  for (const { file, kind, lines: changed } of differences) {
    shown.push(`  ${file}${kind === 'changed' ? '' : ` (${kind})`}`, ...changed.map(changedLine));
  }
  return lines(shown);
}

function changedLine(line: string): Text {
  const text = `    ${line}`;
  return line.startsWith('-') ? red(text) : line.startsWith('+') ? green(text) : text;
}
