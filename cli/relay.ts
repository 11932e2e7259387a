/** The `relay` command: finds the subcommand, and turns what it throws into one line and an exit code. */

import { ConfigInvalid } from '../core/config/invalid.ts';
import { RelayError } from '../core/errors.ts';
import { didYouMean } from '../core/text/suggest.ts';
import { red } from './colour.ts';
import { errorLine } from './error-line.ts';
import { EXIT, type Io, ioFor, type Terminal } from './io.ts';
import { UsageError } from './usage.ts';
import { version } from './version.ts';

interface Command {
  summary: string;
  /** Loads a command only when it is called: none pays for what another imports. */
  load(): Promise<{ help: string; run(argv: string[], io: Io): Promise<number> }>;
}

const COMMANDS: Record<string, Command> = {
  run: {
    summary: 'read vendor feeds, write one merged, priced feed with its reports',
    load: async () => {
      const { RUN_HELP: help, run } = await import('./commands/run/index.ts');
      return { help, run };
    },
  },
  serve: {
    summary: 'start the API and a worker on one machine',
    load: async () => {
      const { SERVE_HELP: help, serve: run } = await import('./commands/serve.ts');
      return { help, run };
    },
  },
  api: {
    summary: 'start the API alone',
    load: async () => {
      const { API_HELP: help, api: run } = await import('./commands/serve.ts');
      return { help, run };
    },
  },
  worker: {
    summary: 'start a worker alone',
    load: async () => {
      const { WORKER_HELP: help, worker: run } = await import('./commands/serve.ts');
      return { help, run };
    },
  },
  dlq: {
    summary: 'list, replay or discard dead letters: jobs that failed too often',
    load: async () => {
      const { DLQ_HELP: help, dlq: run } = await import('./commands/dlq.ts');
      return { help, run };
    },
  },
  check: {
    summary: 'check a tenant config',
    load: async () => {
      const { CHECK_HELP: help, check: run } = await import('./commands/check.ts');
      return { help, run };
    },
  },
  suggest: {
    summary: 'show how a file is read, with a config block to paste',
    load: async () => {
      const { SUGGEST_HELP: help, suggest: run } = await import('./commands/suggest/index.ts');
      return { help, run };
    },
  },
  clean: {
    summary: 'turn any readable table into plain CSV',
    load: async () => {
      const { CLEAN_HELP: help, clean: run } = await import('./commands/clean/index.ts');
      return { help, run };
    },
  },
  conformance: {
    summary: 'replay golden cases',
    load: async () => {
      const { CONFORMANCE_HELP: help, conformance: run } = await import('./commands/conformance.ts');
      return { help, run };
    },
  },
  plugin: {
    summary: 'create a plugin, or list the available plugins',
    load: async () => {
      const { PLUGIN_HELP: help, plugin: run } = await import('./commands/plugin/index.ts');
      return { help, run };
    },
  },
};

export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const io = ioFor(terminal);
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.stdout(helpText());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version') {
    io.stdout(`${version()}\n`);
    return EXIT.ok;
  }
  try {
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (entry === undefined) {
      throw new UsageError(`"${name}" is not a command${didYouMean(name, Object.keys(COMMANDS))}`);
    }
    const command = await entry.load();
    if (rest.includes('--help') || rest.includes('-h')) {
      io.stdout(command.help);
      return EXIT.ok;
    }
    return await command.run(rest, io);
  } catch (error) {
    return reportError(error, io, name, rest.includes('--json'));
  }
}

/** Prints one line on stderr, or with `--json` an object on stdout. Never a stack. */
function reportError(error: unknown, io: Io, name: string, json: boolean): number {
  if (error instanceof UsageError) {
    const help = Object.hasOwn(COMMANDS, name) ? `relay ${name} --help` : 'relay help';
    if (json) io.stdout(`${JSON.stringify({ error: error.code, message: error.message }, null, 2)}\n`);
    else io.stderr([red('relay:'), ` ${error.message}\nSee "${help}".\n`]);
    return EXIT.usage;
  }
  if (error instanceof RelayError) {
    const issues = error instanceof ConfigInvalid ? { issues: error.problems } : {};
    if (json) io.stdout(`${JSON.stringify({ error: error.code, message: error.message, ...issues }, null, 2)}\n`);
    else io.stderr(errorLine(error.code, error.message));
    return error.code === 'CONFIG_INVALID' || error.code === 'setting_invalid' ? EXIT.usage : EXIT.failed;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  io.stderr(errorLine('internal_error', `this should not happen, please report it: ${text}`));
  return EXIT.failed;
}

function helpText(): string {
  const lines = Object.entries(COMMANDS).map(([name, command]) => `  relay ${name.padEnd(11)} ${command.summary}`);
  return `Relay Inventory ${version()}: many vendors' feeds in, one clean, priced feed out.\n\n${lines.join('\n')}\n\n"relay COMMAND --help" says more.\n`;
}
