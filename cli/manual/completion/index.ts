/** Completion scripts, made from the manual. They start no process: all words are in the script. */

import type { Completion } from '../command.ts';
import { COMMANDS, GROUPS } from '../commands.ts';
import { firstWords, lastWord } from '../help.ts';
import type { SHELLS } from '../values.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { ArgumentWords, CommandWords, CompletionTable, OptionWords, Values, Word } from './words.ts';
import { zshScript } from './zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export async function completionScript(shell: (typeof SHELLS)[number]): Promise<string> {
  return SCRIPTS[shell](await completionTable());
}

async function completionTable(): Promise<CompletionTable> {
  const groups = new Map(GROUPS.map(({ name }) => [name, actionsOf(name)]));
  const commands: CommandWords[] = [];
  for (const { name, options, arguments: given } of COMMANDS) {
    const ownOptions: OptionWords[] = [{ word: '--help', text: 'prints how to use it', value: null }];
    for (const [option, { value, text, complete }] of Object.entries(options)) {
      const values = value === undefined ? null : await valuesOf(complete);
      ownOptions.push({ word: `--${option}`, text, value: values });
    }
    const ownArguments: ArgumentWords[] = [];
    for (const { complete, multiple = false } of given) {
      ownArguments.push({ values: await valuesOf(complete), multiple });
    }
    commands.push({ name, options: ownOptions, arguments: ownArguments });
  }
  return { first: firstWords(), groups, commands };
}

function actionsOf(group: string): Word[] {
  const own = COMMANDS.filter(({ name }) => name.startsWith(`${group} `));
  return own.map(({ name, summary }) => ({ word: lastWord(name), text: summary }));
}

async function valuesOf(complete: Completion | undefined): Promise<Values> {
  if (complete === undefined) return 'none';
  return typeof complete === 'function' ? complete() : complete;
}
