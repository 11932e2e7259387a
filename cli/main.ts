#!/usr/bin/env node
/** The `relay` executable: hands the process's arguments, environment and output to the command. */
import fs from 'node:fs';
import { printableLines } from '../core/text/printable.ts';
import { outliveRejections } from '../plugins/in-memory/stray-rejections.ts';
import { EXIT } from './io.ts';
import { main } from './relay.ts';
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
      if (code === 'EPIPE') process.exit(EXIT.ok);
      if (code !== 'EAGAIN') throw error;
    }
  }
}

// the log is one JSON line per event: keep the AWS library's notes to developers out of it
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// a plugin's promise that nobody waits for must not end the process; a run that is going on fails for it
outliveRejections((reason) => {
  const message = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  const problem = { code: 'unhandled_rejection', message: printableLines(message) };
  write(2, `relay: ${problem.code}: ${problem.message}\n`);
});

const standing = userFolder(process.env, process.cwd(), packageRoot());
if (standing !== null) process.chdir(standing);

process.exitCode = await main(process.argv.slice(2), {
  stdout: (data) => write(1, data),
  stderr: (text) => write(2, text),
  isTTY: process.stderr.isTTY === true,
  stdoutIsTTY: process.stdout.isTTY === true,
  env: process.env,
});
