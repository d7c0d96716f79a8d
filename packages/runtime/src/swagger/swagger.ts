/** What /swagger.json answers: the user's own files, and documents made from the schemas that run() declares. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';

import type { Schemas } from '../entry-facts.ts';
import { openapi3 } from './openapi3.ts';
import type { ServiceInfo } from './parts.ts';
import { swagger2 } from './swagger2.ts';

export interface SwaggerSource {
  readonly service: ServiceInfo;
  /** Folders where the user's files may lie, the first to be asked first. */
  readonly folders: readonly string[];
  readonly schemas: Schemas;
}

type SwaggerAnswer =
  | { readonly outcome: 'document'; readonly text: string }
  | { readonly outcome: 'unknown'; readonly message: string }
  | { readonly outcome: 'broken'; readonly message: string };

export type Swagger = (version: string) => SwaggerAnswer;

interface Version {
  readonly name: string;
  readonly alias: string;
  /** The user's own, the first that says something. */
  readonly files: readonly string[];
  readonly template: (service: ServiceInfo, input: unknown, output: unknown) => object;
}

export const DEFAULT_VERSION = '2';
const VERSIONS: readonly Version[] = [
  { name: '2', alias: '2.0', files: ['swagger.json', 'swagger2.json'], template: swagger2 },
  { name: '3', alias: '3.0', files: ['swagger3.json'], template: openapi3.bind(null, '3.0.3') },
  { name: '3.1', alias: '3.1', files: ['swagger3.1.json'], template: openapi3.bind(null, '3.1.0') },
];
/** Texts that no schema is; the schemas, JSON of Python, are put in their place as they are. */
const INPUT = '\u0000input';
const OUTPUT = '\u0000output';

/** @throws FarledError BadArgument when a file of the user's is not JSON. */
export async function swaggerOf({ service, folders, schemas }: SwaggerSource): Promise<Swagger> {
  const answers = new Map<string, SwaggerAnswer>();
  for (const version of VERSIONS) {
    const own = await userFile(folders, version.files);
    const answer: SwaggerAnswer | null =
      own === null ? generated(version, service, schemas) : { outcome: 'document', text: own };
    if (answer !== null) {
      answers.set(version.name, answer).set(version.alias, answer);
    }
  }
  const supported = VERSIONS.map(({ name }) => name)
    .filter((name) => answers.has(name))
    .join(', ');
  return (version) => {
    const isKnown = VERSIONS.some(({ name, alias }) => version === name || version === alias);
    const message = isKnown
      ? `Swagger version [${version}] is not supported for the scoring script. Supported swagger versions: [${supported}].`
      : `Swagger version [${version}] is not valid. Supported versions: [${supported}].`;
    return answers.get(version) ?? { outcome: 'unknown', message };
  };
}

function generated({ name, alias, template }: Version, service: ServiceInfo, schemas: Schemas): SwaggerAnswer | null {
  if ('error' in schemas) {
    return { outcome: 'broken', message: schemas.error };
  }
  if (!schemas.versions.includes(name) && !schemas.versions.includes(alias)) {
    return null;
  }
  const text = JSON.stringify(template(service, INPUT, OUTPUT))
    .replace(JSON.stringify(INPUT), () => schemas.input)
    .replace(JSON.stringify(OUTPUT), () => schemas.output);
  return { outcome: 'document', text };
}

/** The first file that there is and that says something: an empty object does not. */
async function userFile(folders: readonly string[], names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    for (const folder of new Set(folders)) {
      const path = join(folder, name);
      const text = await readFile(path, 'utf8').catch(ifThere);
      if (text !== null && isSomething(text, path)) {
        return text;
      }
    }
  }
  return null;
}

function isSomething(text: string, path: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null && Object.keys(document).length > 0;
  } catch (error) {
    throw new FarledError('BadArgument', `The file ${path} is not JSON: ${String(error)}`);
  }
}

function ifThere(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return null;
  }
  throw error;
}
