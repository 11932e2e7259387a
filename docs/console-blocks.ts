/**
 * Runs the examples in the pages. Three kinds of fenced block count:
 *
 * - `csv file=feeds/a.csv` (any language): a file of that name in the page's folder.
 * - `console`: lines that start with `$` are commands, the rest is what they print. There are `relay …` (also as
 *   `npm run -s relay -- …`), with settings before it as in `NAME=value relay …`, and `cat FILE`, `ls DIR`, `cp FROM TO`.
 * - `ts run name.ts`: a module; a `text` block after it is what it prints.
 *
 * A page's blocks share one temporary folder, in their order.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { main } from '../cli/relay.ts';
import { SMALL_BUFFERS } from '../cli/testing/sandbox.ts';
import { blocksOf, type CodeBlock, ROOT } from './pages.ts';

/** The modification time of the files of the examples. */
const FILE_TIME = new Date('2026-10-31T18:00:00Z');

const LIBRARY = path.join(ROOT, 'index.ts');
const CONFORMANCE = path.join(ROOT, 'conformance/index.ts');
/** Measures a tenth of the budgets. */
export const SHORT_CONFORMANCE = path.join(ROOT, 'conformance/plugin/short-suite.ts');

/** The page with what its examples really print. Its modules get `conformance` as the library of that name. */
export async function refreshConsole(markdown: string, conformance = CONFORMANCE): Promise<string> {
  const blocks = blocksOf(markdown);
  const lines = markdown.split('\n');
  const results: Array<{ block: CodeBlock; lines: string[] }> = [];
  await inFolder(async (folder) => {
    for (const [i, block] of blocks.entries()) {
      writeFileBlock(block, folder);
      const next = blocks[i + 1];
      if (block.info === 'console') results.push({ block, lines: await runConsole(block.lines) });
      else if (block.info.startsWith('ts run ')) {
        const printed = await runModule(block, folder, conformance);
        if (printed.length > 0 && next?.info === 'text') results.push({ block: next, lines: printed });
      }
    }
  });
  for (const { block, lines: fresh } of results.reverse()) {
    lines.splice(block.first + 1, block.last - block.first - 1, ...fresh);
  }
  return lines.join('\n');
}

/** The `ts run` modules of a page by name, for the type check: the library's name is the path of its sources. */
export function modulesOf(markdown: string): Map<string, string> {
  const modules = new Map<string, string>();
  for (const { info, lines } of blocksOf(markdown)) {
    if (info.startsWith('ts run '))
      modules.set(
        info.slice(7),
        moduleText(lines, (file) => file.replaceAll('\\', '/')),
      );
  }
  return modules;
}

function moduleText(lines: readonly string[], name: (file: string) => string, conformance = CONFORMANCE): string {
  return `${lines.join('\n')}\n`
    .replaceAll("from 'relay-inventory'", `from '${name(LIBRARY)}'`)
    .replaceAll("from 'relay-inventory/conformance'", `from '${name(conformance)}'`);
}

/** Calls `use` with a new folder outside the repository that can import the repository's packages, and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-docs-')));
  const before = process.cwd();
  try {
    fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}\n');
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    process.chdir(folder);
    return await use(folder);
  } finally {
    process.chdir(before);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function writeFileBlock(block: CodeBlock, folder: string): void {
  const name = /(?:^| )file=(\S+)$/.exec(block.info)?.[1];
  if (name === undefined) return;
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${block.lines.join('\n')}\n`);
  fs.utimesSync(file, FILE_TIME, FILE_TIME);
}

async function runConsole(lines: readonly string[]): Promise<string[]> {
  const printed: string[] = [];
  for (const line of lines) {
    if (!line.startsWith('$ ')) continue;
    const { text, code } = await runCommand(line.slice(2));
    const output = settled(text).split('\n');
    if (output.at(-1) === '') output.pop();
    printed.push(line, ...output, ...(code === 0 ? [] : [`(exit code ${code})`]));
  }
  return printed;
}

async function runCommand(line: string): Promise<{ text: string; code: number }> {
  const words = line.replace('npm run -s relay -- ', 'relay ').split(' ');
  const env: Record<string, string> = { ...SMALL_BUFFERS };
  while (/^[A-Z_]+=/.test(words[0]!)) {
    const [name, value] = words.shift()!.split('=');
    env[name!] = value!;
  }
  const [command, ...argv] = words;
  switch (command) {
    case 'relay': {
      let text = '';
      const decoder = new TextDecoder();
      const io = {
        stdout: (data: Uint8Array | string) => {
          text += typeof data === 'string' ? data : decoder.decode(data);
        },
        stderr: (data: string) => {
          text += data;
        },
        isTTY: false,
        env,
      };
      const code = await main(argv, io);
      return { text, code };
    }
    case 'cat':
      return { text: fs.readFileSync(argv[0]!, 'utf8'), code: 0 };
    case 'ls':
      return { text: fs.readdirSync(argv[0]!).sort().join('\n'), code: 0 };
    case 'cp':
      fs.copyFileSync(path.resolve(ROOT, argv[0]!), argv[1]!);
      return { text: '', code: 0 };
    default:
      throw new Error(`the examples know no command ${command}`);
  }
}

async function runModule(block: CodeBlock, folder: string, conformance: string): Promise<string[]> {
  const file = path.join(folder, block.info.slice(7));
  fs.writeFileSync(
    file,
    moduleText(block.lines, (name) => pathToFileURL(name).href, conformance),
  );
  const printed: string[] = [];
  const log = console.log;
  console.log = (...values: unknown[]) => printed.push(...values.join(' ').split('\n'));
  try {
    await import(pathToFileURL(file).href);
  } finally {
    console.log = log;
  }
  return printed.at(-1) === '' ? printed.slice(0, -1) : printed;
}

/** Replaces timings, which differ from run to run, with fixed ones. */
function settled(text: string): string {
  const posix = path.sep === '\\' ? text.replaceAll('\\', '/') : text;
  return posix
    .replace(/ in \d+\.\d\d s$/gm, ' in 0.02 s')
    .replace(/("duration_seconds": )[\d.]+/g, '$10.02')
    .replace(/("(?:FETCH_INPUTS|NORMALIZE|MERGE_PRICE|WRITE_OUTPUTS|COMPLETE)": )[\d.]+/g, '$10.005')
    .replace(/("completed_at": )"[^"]+"/g, '$1"2026-11-01T06:00:01.000Z"');
}
