/** A document against its schema: every fault with the file, the line, the field, and the nearest valid name. */
import { FarledError, type ErrorDetail } from '@farled/contract';
import type { z } from 'zod';

import { nearest } from './nearest.ts';
import { parseText, type DocumentSource, type ParsedDocument } from './parse.ts';
import { knownKeys } from './schema-keys.ts';

export interface CheckOptions {
  /** Fields of older forms of the document, with what stands in their place. */
  readonly replaced?: Readonly<Record<string, string>>;
  /** Changes the parsed value before it is checked. */
  readonly prepare?: (value: unknown) => unknown;
}

interface Fault {
  readonly line: number;
  readonly target: string;
  readonly message: string;
}

/** @throws FarledError InvalidDocument with one detail for each fault. */
export function checkDocument<Schema extends z.ZodType>(
  source: DocumentSource,
  schema: Schema,
  { replaced = {}, prepare = (value) => value }: CheckOptions = {},
): z.output<Schema> {
  const parsed = parseText(source);
  if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value)) {
    throw new FarledError(
      'InvalidDocument',
      `${source.what} "${source.file}" must be an object of fields, not ${describe(parsed.value)}.`,
    );
  }
  const value = prepare(parsed.value);
  const spelling = issuesOf(schema, value).filter((issue) => issue.code === 'unrecognized_keys');
  const result = schema.safeParse(withoutNulls(value));
  const others = result.success ? [] : flatten(result.error.issues);
  const faults = [
    ...spelling.flatMap((issue) => unknownFields(issue, schema, parsed, replaced)),
    ...others.filter((issue) => issue.code !== 'unrecognized_keys').map((issue) => otherFault(issue, parsed, value)),
  ].toSorted((a, b) => a.line - b.line);
  if (result.success && faults.length === 0) {
    return result.data;
  }
  throw invalidDocument(source, faults);
}

function invalidDocument({ what, file }: DocumentSource, faults: readonly Fault[]): FarledError {
  const [first, ...more] = faults;
  const details: ErrorDetail[] = faults.map(({ line, target, message }) => ({
    code: 'InvalidDocument',
    message: `${file}, line ${line}: ${message}`,
    target,
  }));
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return new FarledError(
    'InvalidDocument',
    `${what} "${file}" can't be used: line ${first?.line}: ${first?.message}${rest}.`,
    { details },
  );
}

function unknownFields(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  schema: z.ZodType,
  parsed: ParsedDocument,
  replaced: Readonly<Record<string, string>>,
): Fault[] {
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const target = [...issue.path, key].map(String).join('.');
    const instead = issue.path.length === 0 ? replaced[key] : undefined;
    const near = nearest(key, known);
    const advice =
      instead === undefined
        ? near === undefined
          ? `fields here are ${known.join(', ')}`
          : `did you mean "${near}"?`
        : `it belongs to an older form of the document; write ${instead} in its place`;
    return {
      line: parsed.lineOf(issue.path, key),
      target,
      message: `there is no field "${target}"; ${advice}`,
    };
  });
}

function otherFault(issue: z.core.$ZodIssue, parsed: ParsedDocument, value: unknown): Fault {
  const target = issue.path.map(String).join('.');
  const given = valueAt(value, issue.path);
  const message =
    issue.code !== 'invalid_type'
      ? issue.message
      : given === undefined || given === null
        ? 'is missing'
        : `must be ${EXPECTED[issue.expected] ?? issue.expected}, not ${describe(given)}`;
  return {
    line: parsed.lineOf(issue.path),
    target,
    message:
      target === ''
        ? message
        : `"${target}" ${/^(must|is|names|has) /.test(message) ? message : `is not valid: ${message}`}`,
  };
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object of fields',
  record: 'an object of fields',
  array: 'a list',
};

function issuesOf(schema: z.ZodType, value: unknown): z.core.$ZodIssue[] {
  const result = schema.safeParse(value);
  return result.success ? [] : flatten(result.error.issues);
}

/** Of a union that nothing fits, the branch that came nearest speaks. */
function flatten(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== 'invalid_union') {
      return [{ ...issue, path }];
    }
    const branches = issue.errors.map((errors) => flatten(errors, path));
    const rightKind = branches.filter((errors) =>
      errors.every((one) => one.path.length > path.length || one.code !== 'invalid_type'),
    );
    const best = rightKind[0] ?? branches[0];
    return best ?? [{ ...issue, path }];
  });
}

/** In these documents null says nothing, as absence does. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'object') {
    return 'an object of fields';
  }
  return typeof value === 'string'
    ? `the text ${JSON.stringify(value.slice(0, 60))}`
    : `${typeof value} ${JSON.stringify(value)}`;
}
