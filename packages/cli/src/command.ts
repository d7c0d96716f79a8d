/** A command is data: its path, its options, its examples, and what it does. */
import type { Client } from '@farled/sdk';

import type { Progress } from './terminal/progress.ts';

/** How many of the following arguments belong to an option; `maybe` takes one that does not start with a dash. */
type Takes = 'none' | 'one' | 'maybe';

export interface Option<Value> {
  /** Every spelling: `-n`, `--name`. The last one is the full name that stands in messages. */
  readonly flags: readonly string[];
  readonly takes: Takes;
  /** Stands for the value in help: NAME. */
  readonly placeholder: string;
  readonly description: string;
  readonly required: boolean;
  readonly repeatable: boolean;
  /** Known from `az ml` and refused: not built yet. */
  readonly unbuilt: boolean;
  /** Values that completion offers and help lists. */
  readonly choices: readonly string[];
  /** Of all values given, in order; none when the option was not given. */
  readonly parse: (texts: readonly string[]) => Value;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

export type ValuesOf<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer Value> ? Value : never;
};

/** What commands work with; made once for each run. */
export interface Parts {
  readonly client: Client;
  /** The folder that relative paths start at. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  /** Writes output that goes on, and waits until it is taken. False when nobody reads it any more. */
  readonly print: (text: string) => Promise<boolean>;
  /** All of the standard input. */
  readonly readInput: () => Promise<string>;
  /** Asks a person; refused when there is none to ask. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Asks a person for what nobody else is to see; refused when there is none to ask. */
  readonly askSecret: (question: string) => Promise<string>;
  /** Runs another program in place of this one: it has the terminal and the signals until it ends. */
  readonly execute: (program: Program) => Promise<Ended>;
  readonly signal: AbortSignal;
}

export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface Ended {
  /** As a shell counts it: of a program that a signal ended, 128 and the signal's number. */
  readonly exitCode: number;
}

/** One column of a table: its title, and its cell for one item. */
export type Column<Item> = readonly [title: string, cell: (item: Item) => unknown];

/** What a command prints. */
export interface Result {
  readonly value: unknown;
  readonly columns?: readonly Column<never>[];
  /** How it is shown when nobody asked for a format, in place of a table on terminals and JSON elsewhere. */
  readonly prefer?: 'json' | 'text';
  /** The text that is preferred, where the value is more than that. */
  readonly text?: string;
  /** 0 when not said. */
  readonly exitCode?: number;
}

export interface Command<Options extends OptionTable = OptionTable> {
  /** Words after `farled`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** Complete lines, each with what it does. */
  readonly examples: readonly (readonly [what: string, line: string])[];
  readonly options: Options;
  /** Not built yet: any option is taken, and the command refuses. */
  readonly unbuilt?: boolean;
  /** Takes the rest of the line, from its first word on that is no option: another command. Stands for it in help. */
  readonly rest?: string;
  run(options: ValuesOf<Options>, parts: Parts, rest: readonly string[]): Promise<Result | undefined>;
}

export function command<const Options extends OptionTable>(definition: Command<Options>): Command<Options> {
  return definition;
}

export function list<Item>(value: readonly Item[], columns: readonly Column<Item>[]): Result {
  return { value, columns };
}

export function item<Item>(value: Item, columns: readonly Column<Item>[]): Result {
  return { value, columns };
}
