/** Shell completion from the command tree: words for each place in it, in the three shells' spellings. Pure. */
import type { Command } from './command.ts';
import { allOptions } from './parse/program.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow: `words` after the path, and the choices of options that have them. */
interface Place {
  readonly path: string;
  readonly words: readonly string[];
}

export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const places = [...groupPlaces(commands), ...commands.map(leafPlace)];
  switch (shell) {
    case 'bash':
      return bash(places);
    case 'zsh':
      return zsh(places);
    case 'fish':
      return fish(places);
    default:
      return shell satisfies never;
  }
}

function groupPlaces(commands: readonly Command[]): Place[] {
  const words = new Map<string, Set<string>>([
    ['', new Set(['completion'])],
    ['completion', new Set(SHELLS)],
  ]);
  for (const { path } of commands) {
    for (const [index, word] of path.entries()) {
      const group = path.slice(0, index).join(' ');
      words.set(group, (words.get(group) ?? new Set()).add(word));
    }
  }
  return [...words].map(([path, set]) => ({ path, words: [...set] }));
}

function leafPlace(command: Command): Place {
  const flags = Object.values(allOptions(command)).flatMap((option) => option.flags);
  return { path: command.path.join(' '), words: [...flags, '--help'] };
}

const WORDS_SO_FAR = 'path="${path:+$path }$word"';

function bash(places: readonly Place[]): string {
  return `# bash completion of farled
_farled() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    ${WORDS_SO_FAR}
  done
  case "$path" in
${cases(places)}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _farled farled
`;
}

function zsh(places: readonly Place[]): string {
  return `#compdef farled
# zsh completion of farled
_farled() {
  local path_so_far= word words_here=
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$word" in -*) break ;; esac
    path_so_far="\${path_so_far:+$path_so_far }$word"
  done
  case "$path_so_far" in
${cases(places).replaceAll('words=', 'words_here=')}
  esac
  compadd -- \${=words_here}
  _files
}
compdef _farled farled
`;
}

function cases(places: readonly Place[]): string {
  return places.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n');
}

function fish(places: readonly Place[]): string {
  const lines = places.map(
    ({ path, words }) => `complete -c farled -n '__farled_at "${path}"' -a '${words.join(' ')}'`,
  );
  return `# fish completion of farled
function __farled_at
  set -l so_far
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and break
    set -a so_far $word
  end
  test "$so_far" = "$argv[1]"
end
${lines.join('\n')}
`;
}
