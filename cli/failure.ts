/**
 * How every command reports a failure: one line on standard error, or with `--json` one document on standard output.
 * Never a stack.
 */
import { ConfigInvalid } from '../core/config/invalid.ts';
import { RelayError } from '../core/errors.ts';
import type { ConfigProblem } from '../core/plugin.ts';
import { red } from './colour.ts';
import { errorLine } from './error-line.ts';
import { EXIT, type Io } from './io.ts';
import { UsageError } from './usage.ts';

/** The document of a failure, in the shape of the API's errors. */
export interface FailureDocument {
  error: string;
  message: string;
  issues?: readonly ConfigProblem[];
  /** What to do. */
  hint: string;
}

/** Advice for codes that need more than their message. */
const HINTS: Readonly<Record<string, string>> = {
  CONFIG_INVALID: 'Correct the config; "relay check CONFIG" lists every problem.',
  missing_tenant_config: 'Give the path of the config.',
  setting_invalid: 'Correct the environment variables; docs/CLI.md of the package relay-inventory lists them.',
  FILE_NOT_FOUND: 'Correct the path.',
  internal_error: 'Report it with the version, the command and the config.',
};

/** If a plugin makes a run fail, the run's code is `internal_error`, and its message begins with the plugin's code. */
const PLUGIN_HINT = "Tell the plugin's maintainer; the message names the plugin.";

export function failureDocument(code: string, message: string, issues?: readonly ConfigProblem[]): FailureDocument {
  const isOfPlugin = code === 'internal_error' && message.startsWith('plugin_failed:');
  const hint = isOfPlugin
    ? PLUGIN_HINT
    : (HINTS[code] ?? `Look up ${code} in docs/ERRORS.md of the package relay-inventory.`);
  return { error: code, message, ...(issues === undefined ? {} : { issues }), hint };
}

export function printJson(io: Io, value: unknown): void {
  io.stdout(`${JSON.stringify(value, null, 2)}\n`);
}

interface Reporting {
  /** The command whose help explains correct use. */
  help: string;
  /** How the command is written; null if there is none. */
  form?: string | null;
  json: boolean;
}

/** Reports what a command threw and returns the exit code. */
export function reportError(error: unknown, io: Io, { help, form = null, json }: Reporting): number {
  if (error instanceof UsageError) {
    const advice = [...(error.showsForm && form !== null ? [`Write: ${form}`] : []), `See "${help}".`];
    if (json) printJson(io, usageDocument(error, advice.join('. ')));
    else io.stderr([red('relay:'), ` ${error.message}\n${advice.join('\n')}\n`]);
    return EXIT.usage;
  }
  if (error instanceof RelayError) {
    const issues = error instanceof ConfigInvalid ? error.problems : undefined;
    if (json) printJson(io, failureDocument(error.code, error.message, issues));
    else io.stderr(errorLine(error.code, error.message));
    return error.code === 'CONFIG_INVALID' || error.code === 'setting_invalid' ? EXIT.usage : EXIT.failed;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `this should not happen, please report it: ${text}`;
  if (json) printJson(io, failureDocument('internal_error', message));
  else io.stderr(errorLine('internal_error', message));
  return EXIT.failed;
}

/** Some usage errors have a code of their own at the start of their message. */
function usageDocument({ message }: UsageError, hint: string): FailureDocument {
  const [, code = 'USAGE', rest = message] = /^([A-Z]+_[A-Z_]+): (.*)$/s.exec(message) ?? [];
  return { error: code, message: rest, hint };
}
