/** Variables as lines that a shell, or a reader of .env files, takes in. Pure. */
import { FarledError } from '@farled/contract';

export const SHELLS = ['bash', 'fish', 'powershell', 'dotenv'] as const;
export type Shell = (typeof SHELLS)[number];

/** Null: the variable must not be set. */
export type Variables = Readonly<Record<string, string | null>>;

interface Spelling {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
}

const SPELLINGS: Readonly<Record<Shell, Spelling>> = {
  bash: {
    set: (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
    unset: (name) => `unset ${name}`,
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}'`,
    unset: (name) => `set -e ${name}`,
  },
  powershell: {
    // PowerShell takes the typographic quotes for straight ones.
    set: (name, value) => `$env:${name} = '${value.replaceAll(/['‘’‚‛]/g, '$&$&')}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
  dotenv: {
    set: (name, value) => `${name}=${dotenvValue(name, value)}`,
    unset: (name) => `# ${name} must not be set`,
  },
};

/** @throws FarledError BadArgument for a value that .env files have no spelling for. */
export function renderVariables(shell: Shell, variables: Variables): string {
  const { set, unset } = SPELLINGS[shell];
  const lines = Object.entries(variables).map(([name, value]) => (value === null ? unset(name) : set(name, value)));
  return lines.map((line) => `${line}\n`).join('');
}

/** Readers of .env files agree on little: bare words, and quotes around what has neither that quote nor a backslash. */
function dotenvValue(name: string, value: string): string {
  if (/^[\w@%+=:,./\-[\]]*$/.test(value)) {
    return value;
  }
  const quote = /[\n\r\\]/.test(value) ? undefined : [`'`, '"'].find((mark) => !value.includes(mark));
  if (quote === undefined) {
    throw new FarledError('BadArgument', `The value of ${name} can't be written into a .env file: ${value}`, {
      suggestion: 'Choose a FARLED_HOME whose path has no backslash, line break or quotes, or another shell.',
    });
  }
  return `${quote}${value}${quote}`;
}
