/** Completion for bash. It needs no bash-completion package, and works with bash 3.2 except for names with spaces. */
import { type CommandWords, type CompletionTable, optionCases, type Values, valueOptions } from './words.ts';

export function bashScript({ first, groups, commands }: CompletionTable): string {
  const words = (list: readonly { word: string }[]) => list.map(({ word }) => word).join(' ');
  const second = [...groups].map(([group, actions]) => `    ${group}) actions='${words(actions)}' ;;`);
  return `# Completes relay in bash: source <(relay completion bash)
_relay() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" start=2 actions='' values='' command i
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    _relay_words '${words(first)} --help --version' "$cur"
    return
  fi
  command="\${COMP_WORDS[1]}"
  case "$command" in
${second.join('\n')}
  esac
  if [ -n "$actions" ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then
      _relay_words "$actions --help" "$cur"
      return
    fi
    command="$command \${COMP_WORDS[2]}"
    start=3
  fi
  if [ "$command" = help ] && [ "\${cur#-}" = "$cur" ]; then
    case "$prev" in
      help) _relay_words '${words(first)}' "$cur" ;;
${[...groups].map(([group, actions]) => `      ${group}) _relay_words '${words(actions)}' "$cur" ;;`).join('\n')}
    esac
    return
  fi
  # bash splits words at "=": --option=value and --vendor ID=FILE have one
  local option="$prev" equals=''
  if [ "$cur" = = ]; then
    cur=''
    equals=1
  elif [ "$prev" = = ]; then
    option="\${COMP_WORDS[COMP_CWORD-2]}"
    equals=1
  fi
  if [ -n "$equals" ] && [ "$COMP_CWORD" -ge 4 ] && [ "\${COMP_WORDS[COMP_CWORD-3]}" = --vendor ]; then option=--vendor=; fi
  case "$command $option" in
    'run --vendor=') _relay_files "$cur"; return ;;
${commands.flatMap((command) => optionCases(command, offer)).join('\n')}
  esac
  case "$cur" in
    -*) ;;
    *)
      # the place among the arguments
      local place=0 word skip=''
      for ((i = start; i < COMP_CWORD; i++)); do
        word="\${COMP_WORDS[i]}"
        if [ "$word" = = ]; then skip=1; continue; fi
        if [ -n "$skip" ]; then skip=''; continue; fi
        case "$command $word" in
          ${valueOptions(commands)}) skip=1 ;;
          *' -'*) ;;
          *) place=$((place + 1)) ;;
        esac
      done
      case "$command $place" in
${commands.flatMap(argumentCases).join('\n')}
      esac
      ;;
  esac
  case "$command" in
${commands.map(({ name, options }) => `    '${name}') _relay_words '${words(options)}' "$cur" ;;`).join('\n')}
  esac
}

_relay_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=( $(compgen -W "$1" -- "$2") )
}

_relay_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=( $(compgen -f -- "$1") )
}

_relay_folders() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=( $(compgen -d -- "$1") )
}

complete -F _relay relay
`;
}

function argumentCases({ name, arguments: given }: CommandWords): string[] {
  return given.flatMap(({ values, multiple }, i) =>
    values === 'none' ? [] : [`        '${name} '${multiple ? '*' : i}) ${offer(values)}return ;;`],
  );
}

function offer(values: Values): string {
  if (values === 'none' || values === 'id=file') return '';
  if (values === 'file') return '_relay_files "$cur"; ';
  if (values === 'folder') return '_relay_folders "$cur"; ';
  return `_relay_words '${values.join(' ')}' "$cur"; `;
}
