/** The command tree as a Commander program; the only file that knows Commander. */
import { FarledError } from '@farled/contract';
import { nearest } from '@farled/sdk';
import { Command as Node, CommanderError, Option as NodeOption, type Help } from 'commander';

import type { Command, Option, OptionTable } from '../command.ts';
import { EXIT } from '../output/error.ts';
import { normalizeArguments, spellingsOf } from './arguments.ts';
import { GLOBAL_OPTIONS, type GlobalValues } from './shared-options.ts';

export interface ProgramParts {
  readonly commands: readonly Command[];
  /** Texts of the groups, by their words. */
  readonly groups: Readonly<Record<string, string>>;
  readonly version: string;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly columns: number | undefined;
}

export interface Selected {
  readonly command: Command;
  readonly values: Readonly<Record<string, unknown>>;
  /** Empty for commands that take none. */
  readonly rest: readonly string[];
  readonly globals: GlobalValues;
}

/** What a command line asks for; a number is the exit code of one that asked only for help, or was refused. */
export async function selectCommand(given: readonly string[], parts: ProgramParts): Promise<Selected | number> {
  const selection: { value?: Selected } = {};
  const root = buildTree(parts, (selected) => {
    selection.value = selected;
  });
  try {
    await root.parseAsync(normalizeLine(given, parts.commands), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      parts.writeError(hintFor(error, findCommand(parts.commands, given)));
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    throw error;
  }
  return selection.value ?? EXIT.usage;
}

/** Commander looks for what a misspelt option is near to only when it has two dashes. */
function hintFor({ code, message }: CommanderError, command: Command | undefined): string {
  const given = code === 'commander.unknownOption' ? /'(-[^-'][^']*)'/.exec(message)?.[1] : undefined;
  const options = command === undefined ? [] : Object.values(allOptions(command));
  const near =
    given === undefined
      ? undefined
      : nearest(
          given,
          options.flatMap(({ flags }) => flags),
        );
  return near === undefined ? '' : `(Did you mean ${near}?)\n`;
}

/** Every option of a command, its own before those that all have. */
export function allOptions(command: Command): OptionTable {
  const taken = new Set(Object.values(command.options).flatMap((option) => option.flags));
  const globals = Object.entries(GLOBAL_OPTIONS).map(([key, option]) => {
    const flags = option.flags.filter((flag) => !taken.has(flag));
    return [key, { ...option, flags }] as const;
  });
  return { ...command.options, ...Object.fromEntries(globals) };
}

function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  return commands.find(({ path }) => path.every((word, index) => words[index] === word));
}

function normalizeLine(given: readonly string[], commands: readonly Command[]): string[] {
  const command = findCommand(commands, given);
  if (command === undefined) {
    return [...given];
  }
  const words = given.slice(0, command.path.length);
  const spellings = spellingsOf(Object.values(allOptions(command)));
  const others = normalizeArguments(given.slice(words.length), spellings, { endAtWord: command.rest !== undefined });
  return [...words, ...others];
}

function buildTree(parts: ProgramParts, select: (selected: Selected) => void): Node {
  const root = configure(new Node('farled'), parts)
    .description('Put machine learning models into production: on this machine, or on any Kubernetes.')
    .version(parts.version, '--version', 'Print the version.');
  for (const command of parts.commands) {
    const leaf = groupOf(root, command.path.slice(0, -1), parts)
      .command(command.path.at(-1) ?? '')
      .summary(command.summary)
      .description(command.summary);
    configure(leaf, parts).addHelpText('after', () => examplesText(command));
    if (command.unbuilt === true) {
      leaf.allowUnknownOption().allowExcessArguments();
    }
    if (command.rest !== undefined) {
      leaf.argument(`<${command.rest}...>`);
    }
    const options = allOptions(command);
    for (const option of Object.values(options)) {
      leaf.addOption(nodeOption(option));
    }
    leaf.action((...taken: readonly unknown[]) => {
      const [rest, given] = command.rest === undefined ? [[], taken[0]] : taken;
      const values = readValues(options, given as Record<string, unknown>);
      select({ command, values, rest: rest as readonly string[], globals: values as GlobalValues });
    });
  }
  return root;
}

function groupOf(root: Node, path: readonly string[], parts: ProgramParts): Node {
  let node = root;
  for (const [index, word] of path.entries()) {
    const known = node.commands.find((child) => child.name() === word);
    const text = parts.groups[path.slice(0, index + 1).join(' ')] ?? '';
    node = known ?? configure(node.command(word).summary(text).description(text), parts);
  }
  return node;
}

function configure(node: Node, { write, writeError, columns = 100 }: ProgramParts): Node {
  return node
    .exitOverride()
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .configureOutput({
      writeOut: write,
      writeErr: writeError,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp({ optionTerm, showGlobalOptions: false })
    .showSuggestionAfterError();
}

const ORIGINAL = new WeakMap<NodeOption, Option<unknown>>();

function nodeOption(option: Option<unknown>): NodeOption {
  const name = option.flags.at(-1) ?? '';
  const value = { none: '', one: ' <value>', maybe: ' [value]' }[option.takes];
  const node = new NodeOption(`${name}${value}`, option.description);
  ORIGINAL.set(node, option);
  // To Commander `--no-wait` would be the opposite of an option `--wait`.
  node.negate = false;
  node.hidden = option.unbuilt;
  if (option.required) {
    node.makeOptionMandatory();
  }
  return option.takes === 'none'
    ? node
    : node.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
}

/** All spellings, for help. */
function optionTerm(this: Help, node: NodeOption): string {
  const option = ORIGINAL.get(node);
  return option === undefined ? node.flags : termOf(option);
}

export function termOf({ flags, placeholder }: Option<unknown>): string {
  return [flags.join(', '), placeholder].filter((part) => part !== '').join(' ');
}

function readValues(options: OptionTable, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      const raw = given[nodeOption(option).attributeName()];
      return [key, option.parse(textsOf(raw))];
    }),
  );
}

/** Commander answers true for an option without a value. */
function textsOf(raw: unknown): readonly string[] {
  if (raw === undefined) {
    return [];
  }
  if (raw === true) {
    return [''];
  }
  if (Array.isArray(raw)) {
    return raw.map(String);
  }
  throw new FarledError('InternalError', `The parser gave an option the value ${JSON.stringify(raw)}.`);
}

function examplesText({ examples }: Command): string {
  const lines = examples.flatMap(([what, line]) => [`  ${what}`, `    ${line}`]);
  return lines.length === 0 ? '' : `\nExamples:\n${lines.join('\n')}\n`;
}
