import { groupBy } from './group-by.js';
/** One command, as a shell completes it. */
export interface Completion {
  words: string[];
  summary: string;
  options: { name: string; description: string; choices: string[]; isFlag: boolean }[];
}

/** One script for each shell. Values without choices are completed as files. */
export const renderers: Record<string, (commands: Completion[]) => string> = { bash, zsh, fish };

function bash(commands: Completion[]): string {
  const cases = commands.map(({ words, options }) => {
    const choices = options
      .filter((option) => option.choices.length > 0)
      .map(({ name, choices: values }) => `      ${name}) words='${values.join(' ')}'; return ;;`);
    const flags = options.filter(({ isFlag }) => isFlag).map(({ name }) => name);
    return [
      `    '${words.join(' ')}')`,
      ...(choices.length === 0 ? [] : ['      case "$previous" in', ...choices, '      esac']),
      `      flags='${flags.join(' ')}'`,
      `      words='${options.map(({ name }) => name).join(' ')}' ;;`,
    ].join('\n');
  });
  return `# bash completion for assay
_assay_words() {
  local previous=$2
  case "$1" in
${cases.join('\n')}
  esac
}
_assay() {
  local words='' flags='' current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local first=\${COMP_WORDS[1]} second=\${COMP_WORDS[2]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${firstWords(commands).join(' ')} help'
  else
    case "$first" in
${groupCases(commands)}
    esac
    if [ -z "$words" ]; then
      _assay_words "$first $second" "$previous"
      [ -n "$words" ] || _assay_words "$first" "$previous"
      if [[ $previous == --* && " $flags " != *" $previous "* && $words == --* ]]; then
        COMPREPLY=($(compgen -f -- "$current"))
        return
      fi
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _assay assay
`;
}

function groupCases(commands: Completion[]): string {
  return [...groupsOf(commands)]
    .map(
      ([first, seconds]) =>
        `      ${first}) [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* ]] && words='${seconds.join(' ')}' ;;`,
    )
    .join('\n');
}

function zsh(commands: Completion[]): string {
  const cases = commands.map(({ words, options }) => {
    const specs = options.map(({ name, description, choices, isFlag }) => {
      const text = zshText(description);
      if (isFlag) return `'${name}[${text}]'`;
      return choices.length > 0
        ? `'${name}=[${text}]:value:(${choices.join(' ')})'`
        : `'${name}=[${text}]:value:_files'`;
    });
    return `    '${words.join(' ')}') _arguments ${specs.join(' ')} '*:file:_files' ;;`;
  });
  const groups = [...groupsOf(commands)].map(
    ([first, seconds]) =>
      `    ${first}) (( CURRENT == 3 )) && { compadd -- ${seconds.join(' ')}; return } ;;`,
  );
  return `#compdef assay
_assay() {
  if (( CURRENT == 2 )); then
    local -a first
    first=(${describedFirstWords(commands).map(zshDescribed).join(' ')})
    _describe command first
    return
  fi
  case "$words[2]" in
${groups.join('\n')}
  esac
  case "$words[2] $words[3]" in
${cases.filter((text) => /^ {4}'\S+ /.test(text)).join('\n')}
  esac
  case "$words[2]" in
${cases.filter((text) => !/^ {4}'\S+ /.test(text)).join('\n')}
  esac
}
_assay "$@"
`;
}

function fish(commands: Completion[]): string {
  const groups = groupsOf(commands);
  const lines = describedFirstWords(commands).map(
    ([word, summary]) => `complete -c assay -n __fish_use_subcommand -f -a ${word} -d '${fishText(summary)}'`,
  );
  for (const { words, summary, options } of commands) {
    const [first, second] = words;
    const seen =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
    if (second !== undefined) {
      const others = (groups.get(first as string) ?? []).join(' ');
      lines.push(
        `complete -c assay -n '__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${others}' -f -a ${second} -d '${fishText(summary)}'`,
      );
    }
    for (const { name, description, choices, isFlag } of options) {
      const values = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : isFlag ? '' : ' -r';
      lines.push(`complete -c assay -n '${seen}' -l ${name.slice(2)} -d '${fishText(description)}'${values}`);
    }
  }
  return `# fish completion for assay\n${lines.join('\n')}\n`;
}

function firstWords(commands: Completion[]): string[] {
  return [...new Set(commands.map(({ words }) => words[0] as string))];
}

function describedFirstWords(commands: Completion[]): [word: string, summary: string][] {
  return firstWords(commands).map((word) => {
    const own = commands.find(({ words }) => words.length === 1 && words[0] === word);
    const first = own ?? (commands.find(({ words }) => words[0] === word) as Completion);
    return [word, first.summary];
  });
}

/** Second words by first word. */
function groupsOf(commands: Completion[]): Map<string, string[]> {
  const pairs = commands
    .map(({ words }) => words)
    .filter((words): words is [string, string] => words.length > 1);
  const groups = groupBy(pairs, ([first]) => first);
  return new Map([...groups].map(([first, group]) => [first, group.map(([, second]) => second)]));
}

function zshDescribed([word, summary]: [string, string]): string {
  return `'${word}:${zshText(summary).replaceAll(':', '\\:')}'`;
}

/** Characters that would end a quoted text or a description. */
function zshText(text: string): string {
  return text.replaceAll(/[[\]'\\]/g, ' ').replaceAll(':', '\\:');
}

function fishText(text: string): string {
  return text.replaceAll(/['\\]/g, ' ');
}
