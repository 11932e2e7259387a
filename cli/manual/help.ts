/** Help texts, made from the manual. */
import { didYouMean } from '../../core/text/suggest.ts';
import { version } from '../version.ts';
import type { CommandEntry, OptionEntry } from './command.ts';
import { COMMANDS, GROUPS, type NamedCommand } from './commands.ts';

const WIDTH = 100;
/** Longer usages and labels have their text on the next line. */
const LABEL_MAX = 22;

/** What `relay help WORDS` is about: all commands, one, or those of a group. */
export type Topic =
  | { kind: 'all' }
  | { kind: 'command'; command: NamedCommand }
  | { kind: 'group'; name: string; summary: string; commands: readonly NamedCommand[] };

/** The topic that the first words name, and how many words did. Null, with a did-you-mean, for an unknown command. */
export function findTopic(words: readonly string[]): { topic: Topic; taken: number } | { unknown: string } {
  const [first, second] = words;
  if (first === undefined) return { topic: { kind: 'all' }, taken: 0 };
  const command = COMMANDS.find(({ name }) => name === first);
  if (command !== undefined) return { topic: { kind: 'command', command }, taken: 1 };
  const group = GROUPS.find(({ name }) => name === first);
  if (group === undefined)
    return {
      unknown: `"${first}" is not a command${didYouMean(first, [
        ...firstWords().map(({ word }) => word),
        '--help',
        '--version',
      ])}`,
    };
  const commands = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (second === undefined || second.startsWith('-')) return { topic: { kind: 'group', ...group, commands }, taken: 1 };
  const action = commands.find(({ name }) => name === `${first} ${second}`);
  if (action !== undefined) return { topic: { kind: 'command', command: action }, taken: 2 };
  const names = commands.map(({ name }) => lastWord(name));
  return {
    unknown: `"${second}" is not an action${didYouMean(second, names)}; relay ${first} takes one of ${names.join(', ')}`,
  };
}

/** `run`, `dlq` and the other words that can come first, with what they are for. */
export function firstWords(): { word: string; text: string }[] {
  const words = new Map(COMMANDS.map(({ name, summary }) => [name.replace(/ .*$/, ''), summary]));
  for (const { name, summary } of GROUPS) words.set(name, summary);
  return Array.from(words, ([word, text]) => ({ word, text }));
}

export function lastWord(name: string): string {
  return name.replace(/^.* /, '');
}

export function helpText(topic: Topic): string {
  if (topic.kind === 'command') return commandHelp(topic.command);
  return topic.kind === 'group' ? groupHelp(topic) : overview();
}

/** The same for `--json`. */
export function helpJson(topic: Topic): object {
  if (topic.kind === 'command') return commandJson(topic.command);
  const commands = topic.kind === 'group' ? topic.commands : COMMANDS;
  return { version: version(), commands: commands.map(({ name, summary }) => ({ name, summary })) };
}

function overview(): string {
  const lines = firstWords().map(({ word, text }) => `  relay ${word.padEnd(12)} ${text}`);
  return `Relay Inventory ${version()}: many vendors' feeds in, one clean, priced feed out.\n\n${lines.join('\n')}\n\n"relay help COMMAND" says more. With --json every command prints one JSON document.\n`;
}

function groupHelp({ name: group, commands }: Extract<Topic, { kind: 'group' }>): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  relay ${name.padEnd(width)}  ${summary}`);
  return `relay ${group} ACTION\n\n${lines.join('\n')}\n\n"relay help ${group} ACTION" says more.\n`;
}

function commandHelp({ name, usage, text, options, notes = [], exits, examples }: CommandEntry): string {
  const parts = [
    `relay ${name} ${usage}`,
    ...text.map((paragraph) => wrapped(paragraph, '')),
    labelled([
      ...Object.entries(options).map(([option, entry]) => optionLine(option, entry)),
      ['--help, -h', 'prints this text'],
    ]),
    ...notes.map((paragraph) => wrapped(paragraph, '')),
    `Exit codes\n${labelled(Object.entries(exits))}`,
    `Examples\n${examples.map((line) => `  ${line}`).join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function optionLine(name: string, { value, text, default: fallback }: OptionEntry): [string, string] {
  const label = `--${name}${value === undefined ? '' : ` ${value}`}`;
  return [label, fallback === undefined ? text : `${text} (default: ${fallback})`];
}

/** Labels in a column of their own, texts beside them. */
function labelled(rows: ReadonlyArray<readonly [string, string]>): string {
  const width = Math.min(LABEL_MAX, Math.max(...rows.map(([label]) => label.length)));
  const indent = ' '.repeat(width + 4);
  return rows
    .map(([label, text]) => `  ${label.padEnd(width)}  ${wrapped(text, indent).slice(indent.length)}`)
    .join('\n');
}

/** Lines of at most `WIDTH` characters, each after `indent`. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const next = line === indent ? `${indent}${word}` : `${line} ${word}`;
    if (next.length > WIDTH && line !== indent) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = next;
  }
  return [...lines, line].join('\n');
}

function commandJson({ name, summary, usage, text, options, notes = [], exits, examples }: CommandEntry): object {
  return {
    command: name,
    summary,
    usage: `relay ${name} ${usage}`,
    text: [...text, ...notes],
    options: Object.entries(options).map(
      ([option, { value = null, text, default: fallback = null, multiple = false }]) => ({
        name: `--${option}`,
        value,
        text,
        default: fallback,
        multiple,
      }),
    ),
    exit_codes: exits,
    examples,
  };
}
