/** The reference page of the command line, from the command tree. Pure. */
import type { Command, Option } from './command.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import { termOf } from './parse/program.ts';
import { GLOBAL_OPTIONS, WORKSPACE_OPTIONS } from './parse/shared-options.ts';

const INTRODUCTION = `# The \`farled\` command

The commands of \`az ml\` of Azure Machine Learning v1, with \`farled\` in place of \`az ml\`. This page is made from the
commands themselves by \`node --conditions=@farled/source tools/write-cli-docs.ts\`.

Names of two and three letters may be written with one dash or with two: \`-ct\` is \`--ct\`.

- Output: a table on a terminal, JSON elsewhere; \`-o\` chooses, \`--query\` picks parts by a JMESPath expression.
- Progress and logs go to the standard error output, never into the output.
- Exit codes: 0 when it worked, 1 when the work or the server failed, 2 when the line or a document of it is wrong.
- Server: \`FARLED_URL\` with \`FARLED_TOKEN\`, else the one that keeps its state in \`FARLED_HOME\` (\`~/.farled\`).
- Workspace: \`-w\`, else config.json, else \`FARLED_WORKSPACE\`, else the only one there is.
`;

export function renderReference(): string {
  const built = COMMANDS.filter((command) => command.unbuilt !== true);
  const groups = [...new Set(built.map(({ path }) => path[0] ?? ''))];
  const unbuilt = COMMANDS.filter((command) => command.unbuilt === true).map(({ path }) => `\`${path.join(' ')}\``);
  return [
    INTRODUCTION,
    section('Options of every command', table(Object.values(GLOBAL_OPTIONS))),
    section('Options of commands in a workspace', table(Object.values(WORKSPACE_OPTIONS))),
    ...groups.flatMap((group) => [
      `## ${group}\n\n${GROUPS[group] ?? ''}\n`,
      ...built.filter(({ path }) => path[0] === group).map(renderCommand),
    ]),
    section('Not supported yet', `${unbuilt.join(', ')}.\n`),
  ].join('\n');
}

function renderCommand(command: Command): string {
  const inWorkspace = 'workspaceName' in command.options && 'path' in command.options;
  const own = Object.entries(command.options)
    .filter(([key]) => !inWorkspace || !(key in WORKSPACE_OPTIONS))
    .map(([, option]) => option);
  const examples = command.examples.map(([what, line]) => `# ${what}\n${line}`).join('\n\n');
  return [
    `### farled ${command.path.join(' ')}\n\n${command.summary}\n`,
    ...(own.length === 0 ? [] : [table(own)]),
    ...(inWorkspace ? ['Also the options of commands in a workspace.\n'] : []),
    ...(examples === '' ? [] : [`\`\`\`sh\n${examples}\n\`\`\`\n`]),
  ].join('\n');
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function table(options: readonly Option<unknown>[]): string {
  const rows = options.map((option) => {
    const text = `${option.required ? 'Required. ' : ''}${option.description}`;
    return `- \`${termOf(option)}\`: ${text}`;
  });
  return `${rows.join('\n')}\n`;
}
