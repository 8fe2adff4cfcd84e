import { Argument, Command as Commander, Help, InvalidArgumentError, Option } from 'commander'
import { groups } from '#entrypoints/cli/catalogue.ts'
import type { CommandSpec, NounSpec, OptionSpec } from '#entrypoints/cli/command-spec.ts'
import { formats } from '#entrypoints/cli/output/formats.ts'
import { productVersion } from '#foundation/kernel/version.ts'

/** Called when the command line names a command: its spec, its arguments, its own options, those of all commands. */
export type Dispatch = (
  spec: CommandSpec,
  args: readonly string[],
  options: object,
  globalOptions: object,
) => Promise<void>

/** The whole command tree, which parses a command line and dispatches; nothing of any command is loaded for it. */
export function createProgram(dispatch: Dispatch): Commander {
  const program = new Commander('tenantatlas')
    .description('Keeps the Microsoft Intune configuration of many tenants safe: observe, back up, restore.')
    .version(productVersion, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, formatHelp: helpLedByExamples })
    .exitOverride()
  globalOptions().forEach((option) => program.addOption(option))
  examplesOf.set(program, ['tenantatlas up', 'tenantatlas tenant list', 'tenantatlas run list'])
  const add = (parent: Commander, spec: CommandSpec) => addCommand(program, parent, spec, dispatch)
  for (const { title, nouns, commands } of groups) {
    program.commandsGroup(title)
    nouns.forEach((noun) => addNoun(program, noun, add))
    commands.forEach((spec) => add(program, spec))
  }
  return program
}

function globalOptions(): Option[] {
  return [
    new Option('-o, --output <format>', 'how data is written').choices(formats).default('table'),
    new Option('--profile <profile>', 'server to talk to, as `tenantatlas profile list` names it').env(
      'TENANTATLAS_PROFILE',
    ),
    new Option('--workspace <workspace>', 'workspace, where there are several').env('TENANTATLAS_WORKSPACE'),
    new Option('--tenant <tenant>', 'tenant, where there are several: name or id').env('TENANTATLAS_TENANT'),
    new Option('--columns <keys>', 'columns of table and CSV, separated by commas').argParser((text) =>
      text.split(','),
    ),
    new Option('--yes', 'confirm without being asked; of plans only those that reach nobody new at large'),
    new Option('--no-input', 'never ask; refuse where an answer is needed'),
    new Option('--no-wait', 'start and print the run instead of following it'),
    new Option('--no-color', 'without colours (also: NO_COLOR)'),
  ]
}

function addNoun(
  program: Commander,
  { noun, summary, commands }: NounSpec,
  add: (parent: Commander, spec: CommandSpec) => void,
): void {
  const parent = inheriting(program, new Commander(noun)).summary(summary).description(summary)
  examplesOf.set(
    parent,
    commands.flatMap(({ examples }) => examples.slice(0, 1)),
  )
  commands.forEach((spec) => add(parent, spec))
  program.addCommand(parent)
}

function addCommand(program: Commander, parent: Commander, spec: CommandSpec, dispatch: Dispatch): void {
  const [name = '', ...parameters] = spec.usage.split(' ')
  const command = inheriting(program, new Commander(name))
    .summary(spec.summary)
    .description(spec.description === undefined ? spec.summary : `${spec.summary}.\n${spec.description}`)
  for (const parameter of parameters)
    command.addArgument(new Argument(parameter, spec.arguments?.[bareName(parameter)] ?? ''))
  for (const option of spec.options ?? []) command.addOption(toOption(option))
  examplesOf.set(command, spec.examples)
  command.action(() => dispatch(spec, command.args, command.opts(), program.opts()))
  parent.addCommand(command)
}

function inheriting(program: Commander, command: Commander): Commander {
  return command.copyInheritedSettings(program).helpCommand(false)
}

function bareName(parameter: string): string {
  return parameter.replaceAll(/[<>[\].]/g, '')
}

function toOption({ flags, description, choices, isList }: OptionSpec): Option {
  const option = new Option(flags, description)
  if (choices !== undefined) option.choices(choices)
  if (isList)
    option.argParser((value: string, previous: readonly string[] | undefined) => {
      if (choices?.includes(value) === false)
        throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
      return [...(previous ?? []), value]
    })
  return option
}

const examplesOf = new WeakMap<Commander, readonly string[]>()

function helpLedByExamples(command: Commander, helper: Help): string {
  const examples = examplesOf.get(command) ?? []
  const lines = examples.map((example) => `  ${example}\n`)
  return `Examples:\n${lines.join('')}\n${Help.prototype.formatHelp.call(helper, command, helper)}\nMore: docs/cli.md\n`
}
