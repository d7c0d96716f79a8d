/** Kinds of options: what they take, and what values they turn texts into. */
import { FarledError } from '@farled/contract';
import { notSupportedYet } from '@farled/sdk';

import type { Option } from '../command.ts';

/** `flags` are the spellings with spaces between, the full name last: `-n --name`. */
function option<Value>(
  flags: string,
  definition: Partial<Option<Value>> & Pick<Option<Value>, 'description' | 'parse'>,
): Option<Value> {
  return {
    flags: flags.split(' '),
    takes: 'one',
    placeholder: 'TEXT',
    required: false,
    repeatable: false,
    choices: [],
    unbuilt: false,
    ...definition,
  };
}

export function text(flags: string, placeholder: string, description: string): Option<string | undefined> {
  return option(flags, { placeholder, description, parse: (given) => given.at(-1) });
}

export function texts(flags: string, placeholder: string, description: string): Option<readonly string[]> {
  return option(flags, { placeholder, description, repeatable: true, parse: (given) => given });
}

/** The option as one that must be given; the parser refuses a line without it. */
export function required<Value>(optional: Option<Value | undefined>): Option<Value> {
  return { ...optional, required: true, parse: (given) => optional.parse(given) as Value };
}

export function flag(flags: string, description: string): Option<boolean> {
  return option(flags, { takes: 'none', placeholder: '', description, parse: (given) => given.length > 0 });
}

/** True or false, said or not: `--auth-enabled false`. */
export function truth(flags: string, description: string): Option<boolean | undefined> {
  return option(flags, {
    takes: 'maybe',
    placeholder: 'BOOLEAN',
    description,
    choices: ['true', 'false'],
    parse: (given) => {
      const value = given.at(-1)?.toLowerCase();
      if (value !== undefined && value !== 'true' && value !== 'false' && value !== '') {
        throw wrong(flags, 'must be true or false', value);
      }
      return value === undefined ? undefined : value !== 'false';
    },
  });
}

export function decimal(flags: string, description: string): Option<number | undefined> {
  return numeric(flags, description, /^-?\d+(\.\d+)?$/, 'must be a number');
}

export function whole(flags: string, description: string): Option<number | undefined> {
  return numeric(flags, description, /^-?\d{1,15}$/, 'must be a whole number');
}

function numeric(flags: string, description: string, pattern: RegExp, rule: string): Option<number | undefined> {
  return option(flags, {
    placeholder: 'NUMBER',
    description,
    parse: (given) => {
      const value = given.at(-1);
      if (value !== undefined && !pattern.test(value)) {
        throw wrong(flags, rule, value);
      }
      return value === undefined ? undefined : Number(value);
    },
  });
}

/** One of a few words; case does not matter. */
export function choice<const Word extends string>(
  flags: string,
  choices: readonly Word[],
  description: string,
): Option<Word | undefined> {
  return option(flags, {
    placeholder: choices.join('|'),
    description,
    choices,
    parse: (given) => {
      const value = given.at(-1);
      const found = choices.find((word) => word.toLowerCase() === value?.toLowerCase());
      if (value !== undefined && found === undefined) {
        throw wrong(flags, `must be one of ${choices.join(', ')}`, value);
      }
      return found;
    },
  });
}

/** Words of a few, as often as wanted; none when the option was not given. */
export function words(flags: string, known: readonly string[], description: string): Option<readonly string[]> {
  const one = choice(flags, known, description);
  return { ...one, repeatable: true, parse: (given) => given.flatMap((word) => one.parse([word]) ?? []) };
}

/** KEY=VALUE, as often as there are pairs; undefined when there are none. */
export function pairs(flags: string, description: string): Option<Readonly<Record<string, string>> | undefined> {
  return option(flags, {
    placeholder: 'KEY=VALUE',
    description,
    repeatable: true,
    parse: (given) => {
      const entries = given.map((one) => {
        const at = one.indexOf('=');
        if (at < 1) {
          throw wrong(flags, 'must be KEY=VALUE', one);
        }
        return [one.slice(0, at), one.slice(at + 1)] as const;
      });
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    },
  });
}

/** An option of `az ml` whose part of the product does not exist yet: giving it is refused, never ignored. */
export function unbuilt(flags: string, instead?: string): Option<undefined> {
  return option(flags, {
    takes: 'maybe',
    placeholder: '',
    description: 'Not supported yet.',
    repeatable: true,
    unbuilt: true,
    parse: (given) => {
      if (given.length > 0) {
        throw notSupportedYet(`The option ${fullName(flags)}`, instead ?? 'Leave it out.');
      }
      return undefined;
    },
  });
}

function fullName(flags: string): string {
  return flags.split(' ').at(-1) ?? flags;
}

function wrong(flags: string, rule: string, value: string): FarledError {
  return new FarledError('BadArgument', `${fullName(flags)} ${rule}, not "${value}".`);
}
