#!/usr/bin/env node
/** The `relay` executable: hands the process's arguments, environment and output to the command. */
import fs from 'node:fs';
import { printable, printableLines } from '../core/text/printable.ts';
import { outliveStrays } from '../plugins/in-memory/stray-errors.ts';
import { failureDocument, printJson } from './failure.ts';
import { EXIT, type Terminal } from './io.ts';
import { main } from './relay.ts';
import { wantsJson } from './usage.ts';
import { userFolder } from './user-folder.ts';
import { packageRoot } from './version.ts';

/** Writes everything to a descriptor. If the reader has closed the pipe, the process ends without an error. */
function write(fd: number, data: Uint8Array | string): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') end(EXIT.ok);
      if (code !== 'EAGAIN') throw error;
    }
  }
}

/** Distinguishes files, pipes and the null device without Node's streams, which take some milliseconds to load. */
function isTerminal(fd: 1 | 2): boolean {
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isCharacterDevice() || stat.rdev === fs.statSync('/dev/null', { throwIfNoEntry: false })?.rdev)
      return false;
    return (fd === 1 ? process.stdout : process.stderr).isTTY === true;
  } catch {
    // the descriptor is closed
    return false;
  }
}

// the log is one JSON line per event: keep the AWS library's notes to developers out of it
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// standard output is for what commands print, including JSON, so output of plugins goes to standard error
console.log = console.info = console.debug = console.dir = console.error;

const argv = process.argv.slice(2);
const isService = ['serve', 'api', 'worker'].includes(argv[0] ?? '');
let isPrinted = false;
const terminal: Terminal = {
  stdout: (data) => {
    isPrinted = true;
    write(1, data);
  },
  stderr: (text) => write(2, text),
  isTTY: isTerminal(2),
  stdoutIsTTY: isTerminal(1),
  env: process.env,
};
// what writes to it is a plugin: Relay's own output goes to the descriptor. `process.stdout` of threads comes through here, too
Object.defineProperty(process, 'stdout', { get: () => process.stderr, configurable: true });

/** How long work that a finished command left behind may continue. */
const LINGER_MS = 2000;

/** True once the command has ended, so that the process may end. */
let isOver = false;

function end(exitCode: number): never {
  isOver = true;
  process.exit(exitCode);
}

// stray errors of plugins must not end the process with a stack; a run in progress fails because of them
outliveStrays(({ reason, origin }) => {
  const stack = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  if (origin === 'promise')
    return terminal.stderr(lineOf({ code: 'unhandled_rejection', message: printableLines(stack) }));
  // the state of the service is unknown after this, so it stops
  const message = isService ? printableLines(stack) : printable(thrownAt(reason, stack));
  report({ code: 'uncaught_exception', message });
  end(EXIT.failed);
});

// a plugin that ends the process would otherwise end the command silently, perhaps with success
process.on('exit', (code) => {
  if (isOver) return;
  const [, place = 'an unknown place'] =
    /at process\.exit .*\n +at (?:.*\()?(.+?)\)?$/m.exec(new Error().stack ?? '') ?? [];
  report({ code: 'ended_early', message: printable(`the process was ended with exit code ${code} at ${place}`) });
  process.exitCode = EXIT.failed;
});

/** At most one document goes to standard output; anything after it goes to standard error. */
function report({ code, message }: UsageProblem): void {
  if (wantsJson(argv) && !isPrinted) printJson(terminal, failureDocument(code, message));
  else terminal.stderr(lineOf({ code, message }));
}

interface UsageProblem {
  code: string;
  message: string;
}

function lineOf({ code, message }: UsageProblem): string {
  return `relay: ${code}: ${message}\n`;
}

/** The thrown error and its place, which shows whose code it is. */
function thrownAt(reason: unknown, stack: string): string {
  const [, place] = /^ {4}at (?:.*\()?(.+?)\)?$/m.exec(stack) ?? [];
  return place === undefined ? stack : `${reason} at ${place}`;
}

const standing = userFolder(process.env, process.cwd(), packageRoot());
if (standing !== null) process.chdir(standing);

// no top-level `await`: the built product is one CommonJS file
void main(argv, terminal).then((code) => {
  process.exitCode = code;
  isOver = true;
  // things that a plugin left behind, such as a timer, would keep the process alive for ever
  setTimeout(() => {
    if (!isService)
      report({
        code: 'left_running',
        message: 'a plugin left something running after the command, such as a timer; it was ended',
      });
    end(code);
  }, LINGER_MS).unref();
});
