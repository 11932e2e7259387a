/** The output and the environment that commands get, so that tests can run commands in their own process. */

import { printableLines } from '../core/text/printable.ts';
import { type Env, hasColour, rendered, type Text } from './colour.ts';

export interface Io {
  /** Text is for people: control characters are spelled out. Bytes are data, and are exact in a pipe or a file. */
  stdout(data: Uint8Array | Text): void;
  stderr(text: Text): void;
  /** Whether progress may be shown on stderr. */
  isTTY: boolean;
  env: Env;
}

/** Gives the exit code. */
export type Command = (argv: readonly string[], io: Io) => Promise<number>;

/** The process's own output. */
export interface Terminal {
  stdout(data: Uint8Array | string): void;
  stderr(text: string): void;
  /** Whether standard error is a terminal. */
  isTTY: boolean;
  /** Whether standard output is one; false by default. */
  stdoutIsTTY?: boolean;
  env: Env;
}

/** All output of commands goes through this. Even data is spelled out where a terminal shows it. */
export function ioFor({ stdout, stderr, isTTY, stdoutIsTTY = false, env }: Terminal): Io {
  const outInColour = hasColour(env, stdoutIsTTY);
  const errorInColour = hasColour(env, isTTY);
  const decoder = new TextDecoder();
  const shown = (bytes: Uint8Array): string => printableLines(decoder.decode(bytes, { stream: true }));
  return {
    stdout: (data) => {
      if (!(data instanceof Uint8Array)) stdout(rendered(data, outInColour));
      else stdout(stdoutIsTTY ? shown(data) : data);
    },
    stderr: (text) => stderr(rendered(text, errorInColour)),
    isTTY,
    env,
  };
}

/** Exit codes, as the contract has them. */
export const EXIT = { ok: 0, usage: 2, failed: 3 } as const;
