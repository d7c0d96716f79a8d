/** One run of `farled`: arguments in, output and an exit code out. */
import { createClient, findConnection, systemClock, type Client } from '@farled/sdk';

import type { Parts } from './command.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import { EXIT, exitCodeOf, formatError } from './output/error.ts';
import { formatResult } from './output/format.ts';
import { applyQuery, checkQuery } from './output/query.ts';
import { selectCommand, type Selected } from './parse/program.ts';
import { createProgress, silentProgress } from './terminal/progress.ts';
import { tracingFetch } from './terminal/trace.ts';

export interface Screen {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  readonly colors: boolean;
  readonly columns: number;
}

export interface RunParts {
  readonly folder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly output: Screen;
  readonly error: Screen;
  readonly print: Parts['print'];
  readonly confirm: Parts['confirm'];
  readonly askSecret: Parts['askSecret'];
  readonly readInput: Parts['readInput'];
  readonly execute: Parts['execute'];
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
}

export async function run(given: readonly string[], parts: RunParts): Promise<number> {
  const { output, error, version, signal } = parts;
  try {
    const selected = await selectCommand(given, {
      commands: COMMANDS,
      groups: GROUPS,
      version,
      write: output.write,
      writeError: error.write,
      columns: output.terminal ? output.columns : undefined,
    });
    if (typeof selected === 'number') {
      return selected;
    }
    return await runSelected(selected, parts);
  } catch (failure) {
    if (signal.aborted) {
      error.write('Interrupted. What the server had begun goes on there.\n');
      return EXIT.interrupted;
    }
    error.write(formatError(failure, { debug: given.includes('--debug') }));
    return exitCodeOf(failure);
  }
}

async function runSelected({ command, values, rest, globals }: Selected, parts: RunParts): Promise<number> {
  const { query } = globals;
  if (query !== undefined) {
    checkQuery(query);
  }
  const result = await command.run(values, commandParts(globals, parts), rest);
  if (result === undefined) {
    return EXIT.ok;
  }
  const shown = query === undefined ? result : { value: applyQuery(result.value, query) };
  const { terminal, colors, columns: width } = parts.output;
  parts.output.write(formatResult(shown, { format: globals.output, terminal, colors, width }));
  return result.exitCode ?? EXIT.ok;
}

function commandParts(globals: Selected['globals'], parts: RunParts): Parts {
  const { folder, variables, error, print, confirm, askSecret, readInput, execute, signal } = parts;
  let client: Client | undefined;
  const progress = globals.onlyShowErrors
    ? silentProgress
    : createProgress({
        write: error.write,
        terminal: error.terminal,
        colors: error.colors,
        columns: () => error.columns,
        clock: systemClock,
      });
  return {
    /** Made when first used: commands that need no server must not fail for want of one. */
    get client() {
      const trace = globals.debug || globals.verbose ? { fetch: tracingFetch(fetch, error.write) } : {};
      client ??= createClient({ ...findConnection(variables), ...trace });
      return client;
    },
    folder,
    variables,
    progress,
    print,
    confirm,
    askSecret,
    readInput,
    execute,
    signal,
  };
}
