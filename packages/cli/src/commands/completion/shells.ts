/** `farled completion <shell>`: one command for each shell, made from the tree of all others. */
import { command, type Command } from '../../command.ts';
import { completionScript, SHELLS } from '../../completion.ts';

const HOW: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: 'source <(farled completion bash)',
  zsh: 'source <(farled completion zsh)',
  fish: 'farled completion fish | source',
};

export function completionCommands(commands: readonly Command[]): Command[] {
  return SHELLS.map((shell) =>
    command({
      path: ['completion', shell],
      summary: `Print the completion script for ${shell}.`,
      examples: [['Complete names and options in this session', HOW[shell]]],
      options: {},
      run: () => Promise.resolve({ value: completionScript(shell, commands), prefer: 'text' as const }),
    }),
  );
}
