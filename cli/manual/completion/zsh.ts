/** Completion for zsh, as a file `_relay` in `fpath` or sourced after `compinit`. */
import {
  type CommandWords,
  type CompletionTable,
  optionCases,
  shortText,
  type Values,
  valueOptions,
  type Word,
} from './words.ts';

export function zshScript({ first, groups, commands }: CompletionTable): string {
  const plain = (list: readonly Word[]) => list.map(({ word }) => word).join(' ');
  return `#compdef relay
# Completes relay in zsh: source <(relay completion zsh), after compinit
_relay() {
  local cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}" start=3 command="\${words[2]}" word skip=''
  local -a entries actions
  integer i place=0
  if (( CURRENT == 2 )); then
    entries=(
${first.map(entry).join('\n')}
    )
    _describe command entries
    return
  fi
  case "$command" in
${[...groups].map(([group, list]) => `    ${group})\n      actions=(\n${list.map(entry).join('\n')}\n      ) ;;`).join('\n')}
    help)
      [[ "$cur" == -* ]] || case "$prev" in
        help) compadd -- ${plain(first)} ;;
${[...groups].map(([group, list]) => `        ${group}) compadd -- ${plain(list)} ;;`).join('\n')}
      esac
      [[ "$cur" == -* ]] || return 0 ;;
  esac
  if (( $#actions )); then
    if (( CURRENT == 3 )); then
      _describe action actions
      return
    fi
    command="$command \${words[3]}"
    start=4
  fi
  case "$cur" in
    --*=*)
      prev="\${cur%%=*}"
      compset -P '*=' ;;
  esac
  case "$command $prev" in
${commands.flatMap((command) => optionCases(command, offer)).join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    case "$command" in
${commands.map(({ name, options }) => `      '${name}')\n        entries=(\n${options.map(entry).join('\n')}\n        ) ;;`).join('\n')}
    esac
    _describe option entries
    return
  fi
  # the place among the arguments
  for ((i = start; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ -n "$skip" ]]; then skip=''; continue; fi
    case "$command $word" in
      ${valueOptions(commands)}) skip=1 ;;
      *' -'*) ;;
      *) place+=1 ;;
    esac
  done
  case "$command $place" in
${commands.flatMap(argumentCases).join('\n')}
  esac
}

if [[ "\${funcstack[1]}" == _relay ]]; then
  _relay "$@"
else
  compdef _relay relay
fi
`;
}

/** `word:text` for \`_describe\`. */
function entry({ word, text }: Word): string {
  return `      '${`${word}:${shortText(text)}`.replaceAll("'", "'\\''")}'`;
}

function argumentCases({ name, arguments: given }: CommandWords): string[] {
  return given.flatMap(({ values, multiple }, i) =>
    values === 'none' ? [] : [`    '${name} '${multiple ? '*' : i}) ${offer(values)};;`],
  );
}

function offer(values: Values): string {
  if (values === 'none') return '';
  if (values === 'id=file') return "compset -P '*=' && _files; ";
  if (values === 'file') return '_files; ';
  if (values === 'folder') return '_files -/; ';
  return `compadd -- ${values.join(' ')}; `;
}
