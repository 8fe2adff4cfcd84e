import { Failure } from '#foundation/kernel/failure.ts'
import { nouns, commandsWithoutNoun } from '#entrypoints/cli/catalogue.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import type { CommandSpec } from '#entrypoints/cli/command-spec.ts'
import { formats } from '#entrypoints/cli/output/formats.ts'

const globalFlags = [
  '--output',
  '--workspace',
  '--tenant',
  '--columns',
  '--yes',
  '--no-input',
  '--no-wait',
  '--no-color',
  '--help',
]

const scripts: Readonly<Record<string, () => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript }

export const completion: Command = async (cli, [shell = '']) => {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
  if (script === undefined)
    throw new Failure('invalid_input', `There is no completion for "${shell}"; there is bash, zsh and fish.`)
  cli.terminal.data(script())
}

/** Every command as the words before its options, with its own flags. */
function commandLines(): { words: string; summary: string; flags: string[] }[] {
  const ofNouns = nouns.flatMap(({ noun, commands }) =>
    commands.map((spec) => commandLine(`${noun} ${verbOf(spec)}`, spec)),
  )
  return [...ofNouns, ...commandsWithoutNoun.map((spec) => commandLine(verbOf(spec), spec))]
}

function commandLine(words: string, spec: CommandSpec) {
  const flags = (spec.options ?? []).map(({ flags: text }) => text.split(' ')[0] ?? '')
  return { words, summary: spec.summary, flags: [...flags, ...globalFlags] }
}

function verbOf({ usage }: CommandSpec): string {
  return usage.split(' ')[0] ?? ''
}

function firstWords(): string[] {
  return [...nouns.map(({ noun }) => noun), ...commandsWithoutNoun.map(verbOf)]
}

function bashScript(): string {
  const verbs = nouns.map(({ noun, commands }) => `    ${noun}) words='${commands.map(verbOf).join(' ')}' ;;`)
  const flags = commandLines().map(({ words, flags: own }) => `    '${words}') flags='${own.join(' ')}' ;;`)
  return `# bash completion of tenantatlas
_tenantatlas() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}" words='' flags='${globalFlags.join(' ')}'
  case "$previous" in -o|--output) COMPREPLY=($(compgen -W '${formats.join(' ')}' -- "$current")); return ;; esac
  case "$first" in
${verbs.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words='${firstWords().join(' ')}'
  elif [ "$COMP_CWORD" -ne 2 ]; then words=''
  fi
  case "$first $second" in
${flags.filter((line) => line.includes(' ') && /'\S+ \S+'\)/.test(line)).join('\n')}
  esac
  case "$first" in
${flags.filter((line) => /^ {4}'\S+'\)/.test(line)).join('\n')}
  esac
  [[ "$current" == -* ]] && words="$flags"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _tenantatlas tenantatlas
`
}

function zshScript(): string {
  return `#compdef tenantatlas
# zsh completion of tenantatlas
autoload -U +X bashcompinit && bashcompinit
${bashScript()}`
}

function fishScript(): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const top = [
    ...nouns.map(
      ({ noun, summary }) => `complete -c tenantatlas -n __fish_use_subcommand -a ${noun} -d ${quoted(summary)}`,
    ),
    ...commandsWithoutNoun.map(
      (spec) => `complete -c tenantatlas -n __fish_use_subcommand -a ${verbOf(spec)} -d ${quoted(spec.summary)}`,
    ),
  ]
  const verbs = nouns.flatMap(({ noun, commands }) => {
    const all = commands.map(verbOf).join(' ')
    const condition = quoted(`__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${all}`)
    return commands.map(
      (spec) => `complete -c tenantatlas -n ${condition} -a ${verbOf(spec)} -d ${quoted(spec.summary)}`,
    )
  })
  const flags = commandLines().flatMap(({ words, flags: own }) => {
    const condition = quoted(
      words
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and '),
    )
    return own
      .filter((flag) => !globalFlags.includes(flag))
      .map((flag) => `complete -c tenantatlas -n ${condition} -l ${flag.replace('--', '')}`)
  })
  const globals = globalFlags.map((flag) => `complete -c tenantatlas -l ${flag.replace('--', '')}`)
  return `# fish completion of tenantatlas\ncomplete -c tenantatlas -f\n${[...top, ...verbs, ...flags, ...globals].join('\n')}\n`
}
