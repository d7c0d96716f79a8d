/**
 * Arguments as people type them, in the one spelling that the parser knows. Pure.
 *
 * `az ml` writes names of two and three letters with one dash (`-ct`), which parsers take for bundled letters.
 */
import type { Option } from '../command.ts';

interface Spelling {
  /** `--compute-target` */
  readonly name: string;
  readonly takes: Option<unknown>['takes'];
}

/** Every spelling of the options, those of two dashes also with one where they are short. */
export function spellingsOf(options: readonly Pick<Option<unknown>, 'flags' | 'takes'>[]): Map<string, Spelling> {
  const spellings = new Map<string, Spelling>();
  const exact = options.flatMap(({ flags, takes }) => {
    const name = flags.at(-1) ?? '';
    return flags.map((flag) => [flag, { name, takes }] as const);
  });
  for (const [flag, spelling] of exact) {
    if (/^--[a-z]{2,3}$/.test(flag)) {
      spellings.set(flag.slice(1), spelling);
    }
  }
  for (const [flag, spelling] of exact) {
    spellings.set(flag, spelling);
  }
  return spellings;
}

/**
 * Rewrites each option to its full name. Values are never touched, whatever they look like, and nothing after `--` is.
 * A value is tied to its option with `=`, so that the parser can't mistake it for an option.
 * With `endAtWord` the first word that is no option ends the options, as `--` does.
 */
export function normalizeArguments(
  given: readonly string[],
  spellings: ReadonlyMap<string, Spelling>,
  { endAtWord = false } = {},
): string[] {
  const normal: string[] = [];
  for (let at = 0; at < given.length; at += 1) {
    const argument = given[at] ?? '';
    if (argument === '--') {
      return [...normal, ...given.slice(at)];
    }
    if (endAtWord && !argument.startsWith('-')) {
      return [...normal, '--', ...given.slice(at)];
    }
    const equals = argument.indexOf('=');
    const spelling = spellings.get(argument);
    const before = equals === -1 ? undefined : spellings.get(argument.slice(0, equals));
    const next = given[at + 1];
    if (spelling !== undefined) {
      const takesNext =
        next !== undefined && (spelling.takes === 'one' || (spelling.takes === 'maybe' && !next.startsWith('-')));
      normal.push(takesNext ? `${spelling.name}=${next}` : spelling.name);
      at += takesNext ? 1 : 0;
    } else if (before !== undefined && argument.startsWith('-')) {
      normal.push(`${before.name}=${argument.slice(equals + 1)}`);
    } else {
      const short = spellings.get(argument.slice(0, 2));
      const attached = /^-[A-Za-z]./s.test(argument) && short?.takes === 'one';
      normal.push(attached ? `${short.name}=${argument.slice(2)}` : argument);
    }
  }
  return normal;
}
