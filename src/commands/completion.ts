import type { Command } from 'commander';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import type { CommandContext } from './context.ts';

/** One command line as far as its commands go, and what may follow. */
interface Place {
  /** Such as `iso build`; empty for relight itself. */
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
  readonly takesGuest: boolean;
}

/** `relight completion SHELL`: a script for bash, zsh or fish, made of the very table of commands that relight runs. */
export function runCompletion(context: CommandContext, shell: string, program: Command): ExitStatus {
  const places = listPlaces(program, []);
  const script = { bash: formatBash, zsh: formatZsh, fish: formatFish }[shell];
  if (script === undefined) throw makeFailure(EXIT.usage, 'RL0782', { value: shell });
  context.print(script(places));
  return EXIT.done;
}

function listPlaces(command: Command, path: readonly string[]): Place[] {
  const place = {
    path: path.join(' '),
    commands: command.commands.map((each) => each.name()),
    options: command.options.flatMap(({ long }) => long ?? []),
    takesGuest: command.registeredArguments.some((argument) => /^names?$/.test(argument.name())),
  };
  return [place, ...command.commands.flatMap((each) => listPlaces(each, [...path, each.name()]))];
}

/** Names of guests, as the files of the site name them. */
const LIST_GUESTS =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
  'for f in "${RELIGHT_SITE:-/etc/relight}"/domus/*.yaml; do [ -e "$f" ] && basename "$f" .yaml; done';

function formatBash(places: readonly Place[]): string {
  const cases = places.map(({ path, commands, options, takesGuest }) => {
    const guests = takesGuest ? ' $(_relight_guests)' : '';
    return `    "${path}") words="${[...commands, ...options].join(' ')}${guests}" ;;`;
  });
  const known = places.map(({ path }) => `"${path}"`).filter((path) => path !== '""');
  return `# relight completion for bash: relight completion bash >/etc/bash_completion.d/relight
_relight_guests() { ${LIST_GUESTS}; }
_relight() {
  local place='' word words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${place:+$place }\${COMP_WORDS[i]}"
    case "$word" in
    ${known.join(' | ')}) place=$word ;;
    esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _relight relight
`;
}

function formatZsh(places: readonly Place[]): string {
  const body = formatBash(places)
    .replace(
      /^.*\n/,
      '# relight completion for zsh: source <(relight completion zsh)\nautoload -U +X bashcompinit && bashcompinit\n',
    )
    .replace(/ {2}mapfile -t COMPREPLY < <\((.*)\)\n/, '  COMPREPLY=($($1))\n');
  return body;
}

function formatFish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options, takesGuest }) => {
    const test =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const complete = `complete -c relight -n '${test}'`;
    return [
      ...commands.map((name) => `${complete} -f -a ${name}`),
      ...options.map((name) => `${complete} -l ${name.slice(2)}`),
      ...(takesGuest ? [`${complete} -f -a '(__relight_guests)'`] : []),
    ];
  });
  const guests =
    'set -q RELIGHT_SITE; or set -l RELIGHT_SITE /etc/relight; for f in $RELIGHT_SITE/domus/*.yaml; basename $f .yaml; end';
  return `# relight completion for fish: relight completion fish >~/.config/fish/completions/relight.fish\nfunction __relight_guests; ${guests}; end\n${lines.join('\n')}\n`;
}
