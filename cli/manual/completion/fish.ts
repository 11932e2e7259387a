/** Completion for fish. */
import { type CompletionTable, shortText, type Values, type Word } from './words.ts';

export function fishScript({ first, groups, commands }: CompletionTable): string {
  const plain = (list: readonly Word[]) => list.map(({ word }) => word).join(' ');
  const lines = [
    '# Completes relay in fish: relay completion fish > ~/.config/fish/completions/relay.fish',
    'function __relay_is',
    '    set -l words (commandline -opc)',
    '    set -e words[1]',
    '    string match -q -- "$argv[1] *" "$words "',
    'end',
    'function __relay_words_are',
    '    set -l words (commandline -opc)',
    '    set -e words[1]',
    '    test "$words" = "$argv[1]"',
    'end',
    'complete -c relay -e',
    'complete -c relay -f',
    ...first.map((word) => completionLine('test (count (commandline -opc)) -eq 1', word)),
    ...[...groups].flatMap(([group, list]) => list.map((word) => completionLine(`__relay_words_are ${group}`, word))),
    `complete -c relay -n '__relay_words_are help' -a '${plain(first)}'`,
    ...[...groups].map(
      ([group, list]) => `complete -c relay -n '__relay_words_are "help ${group}"' -a '${plain(list)}'`,
    ),
  ];
  for (const { name, options, arguments: given } of commands) {
    const condition = `-n '__relay_is "${name}"'`;
    for (const { word, text, value } of options) {
      const about = `-l ${word.slice(2)} -d ${quoted(shortText(text))}`;
      lines.push(`complete -c relay ${condition} ${about}${value === null ? '' : offer(value)}`);
    }
    for (const { values } of given) {
      if (values !== 'none') lines.push(`complete -c relay ${condition}${offer(values).replace(/ -[rx]\b/, '')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function completionLine(condition: string, { word, text }: Word): string {
  return `complete -c relay -n ${quoted(condition)} -a ${word} -d ${quoted(shortText(text))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function offer(values: Values): string {
  if (values === 'none') return ' -x';
  if (values === 'file' || values === 'id=file') return ' -r -F';
  if (values === 'folder') return " -x -a '(__fish_complete_directories (commandline -ct))'";
  return ` -x -a '${values.join(' ')}'`;
}
