/** The `relay` command: finds the subcommand, and turns what it throws into a report and an exit code. */
import { didYouMean } from '../core/text/suggest.ts';
import { orStall } from '../plugins/in-memory/stalls.ts';
import { printJson, reportError } from './failure.ts';
import { type Command, EXIT, type Io, ioFor, type Terminal } from './io.ts';
import { type CommandName, HELP } from './manual/commands.ts';
import { findTopic, helpJson, helpText, type Topic } from './manual/help.ts';
import { readArgs, refuseExtra, UsageError, wantsHelp, wantsJson } from './usage.ts';
import { version } from './version.ts';

/** Loads a command only when it is called, so that no command pays for the imports of another. */
const LOADERS: Record<Exclude<CommandName, 'help'>, () => Promise<Command>> = {
  run: async () => (await import('./commands/run/index.ts')).run,
  diff: async () => (await import('./commands/diff.ts')).diff,
  history: async () => (await import('./commands/history.ts')).history,
  verify: async () => (await import('./commands/verify.ts')).verify,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  'holds list': async () => (await import('./commands/holds.ts')).holdsList,
  'holds accept': async () => (await import('./commands/holds.ts')).holdsAccept,
  'holds reject': async () => (await import('./commands/holds.ts')).holdsReject,
  push: async () => (await import('./commands/remote.ts')).push,
  pull: async () => (await import('./commands/remote.ts')).pull,
  init: async () => (await import('./commands/init/index.ts')).init,
  simulate: async () => (await import('./commands/simulate/index.ts')).simulate,
  serve: async () => (await import('./commands/serve.ts')).serve,
  api: async () => (await import('./commands/serve.ts')).api,
  worker: async () => (await import('./commands/serve.ts')).worker,
  'dlq list': async () => (await import('./commands/dlq.ts')).dlqList,
  'dlq show': async () => (await import('./commands/dlq.ts')).dlqShow,
  'dlq replay': async () => (await import('./commands/dlq.ts')).dlqReplay,
  'dlq discard': async () => (await import('./commands/dlq.ts')).dlqDiscard,
  prune: async () => (await import('./commands/prune.ts')).prune,
  check: async () => (await import('./commands/check/index.ts')).check,
  suggest: async () => (await import('./commands/suggest/index.ts')).suggest,
  clean: async () => (await import('./commands/clean/index.ts')).clean,
  conformance: async () => (await import('./commands/conformance.ts')).conformance,
  'plugin new': async () => (await import('./commands/plugin/index.ts')).pluginNew,
  'plugin list': async () => (await import('./commands/plugin/index.ts')).listPlugins,
  completion: async () => (await import('./commands/completion.ts')).completion,
};

export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const io = ioFor(terminal);
  const json = wantsJson(argv);
  const output = watched(io);
  let help = 'relay help';
  let form: string | null = null;
  try {
    const [first] = argv;
    if (first === undefined) {
      io.stdout(helpText({ kind: 'all' }));
      return EXIT.usage;
    }
    if (first === '--version' || first === '-V' || first === '-v') return printVersion(argv.slice(1), io, json);
    if (first === 'help' || (first.startsWith('-') && wantsHelp([first]))) return printHelp(argv.slice(1), io, json);
    if (first.startsWith('-')) {
      const near = didYouMean(first, ['--help', '--version']);
      throw new UsageError(near === '' ? `name a command before ${first}` : `"${first}" is not a command${near}`);
    }
    const found = findTopic(argv);
    if ('unknown' in found) {
      help = helpFor(argv);
      throw new UsageError(found.unknown);
    }
    const { topic, taken } = found;
    help = helpOf(topic);
    if (topic.kind === 'command') form = `relay ${topic.command.name} ${topic.command.usage}`;
    const rest = argv.slice(taken);
    if (wantsHelp(rest)) return show(topic, io, json);
    if (topic.kind !== 'command') throw new UsageError(needsAction(topic));
    const { name } = topic.command;
    if (name === 'help') return printHelp(rest, io, json);
    const run = await LOADERS[name]();
    return await orStall(
      () => run(rest, output),
      () => new Error('the command waits for something that can no longer happen'),
    );
  } catch (error) {
    // at most one document on standard output: a later error goes to standard error
    return reportError(error, io, { help, form, json: json && !output.isUsed() });
  }
}

/** An output that remembers if something was written to standard output. */
function watched(io: Io): Io & { isUsed(): boolean } {
  let used = false;
  return {
    ...io,
    stdout: (data) => {
      used = true;
      io.stdout(data);
    },
    isUsed: () => used,
  };
}

function printVersion(rest: readonly string[], io: Io, json: boolean): number {
  const { positionals } = readArgs(rest, HELP.options);
  refuseExtra(positionals);
  if (json) printJson(io, { version: version() });
  else io.stdout(`${version()}\n`);
  return EXIT.ok;
}

function printHelp(rest: readonly string[], io: Io, json: boolean): number {
  if (wantsHelp(rest)) return show(topicOf(['help']), io, json);
  return show(topicOf(readArgs(rest, HELP.options).positionals), io, json);
}

function topicOf(words: readonly string[]): Topic {
  const found = findTopic(words);
  if ('unknown' in found) throw new UsageError(found.unknown);
  refuseExtra(words.slice(found.taken));
  return found.topic;
}

function show(topic: Topic, io: Io, json: boolean): number {
  if (json) printJson(io, helpJson(topic));
  else io.stdout(helpText(topic));
  return EXIT.ok;
}

function helpOf(topic: Topic): string {
  if (topic.kind === 'all') return 'relay help';
  return `relay ${topic.kind === 'command' ? topic.command.name : topic.name} --help`;
}

/** The help for an unknown action of a group is the group's help. */
function helpFor([first = '']: readonly string[]): string {
  return 'unknown' in findTopic([first]) ? 'relay help' : `relay ${first} --help`;
}

function needsAction(topic: Exclude<Topic, { kind: 'command' }>): string {
  if (topic.kind === 'all') return 'name a command';
  const names = topic.commands.map(({ name }) => name.slice(topic.name.length + 1));
  return `relay ${topic.name} takes one of ${names.join(', ')}`;
}
