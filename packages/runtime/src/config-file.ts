/** The file of settings that an image may have: the variables of the environment win over it. anchors: SRV, config.json. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { FarledError } from '@farled/contract';

const NAME = 'config.json';
/** Where an image has the application. */
export const APP_ROOT = '/var/azureml-app';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What the file says, as variables: that of AZUREML_CONFIG_FILE, else the config.json in the application's root, else
 * the one beside the entry script; nothing without one.
 *
 * @throws FarledError BadArgument when a file is named that is not there, or one is no JSON object of plain values.
 */
export function readConfigFile(environment: Variables): Record<string, string> {
  const named = environment['AZUREML_CONFIG_FILE'];
  const root = environment['AML_APP_ROOT'] ?? APP_ROOT;
  const script = resolve(
    root,
    environment['AZUREML_SOURCE_DIRECTORY'] ?? '.',
    environment['AZUREML_ENTRY_SCRIPT'] ?? '',
  );
  const places = named === undefined ? [join(root, NAME), join(dirname(script), NAME)] : [resolve(root, named)];
  for (const path of places) {
    const text = textOf(path);
    if (text !== undefined) {
      return variablesOf(path, text);
    }
  }
  if (named !== undefined) {
    throw new FarledError('BadArgument', `There is no file ${places[0]}, which AZUREML_CONFIG_FILE names.`);
  }
  return {};
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function variablesOf(path: string, text: string): Record<string, string> {
  const said = parse(path, text);
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    throw new FarledError('BadArgument', `${path} must be a JSON object: the names of variables and their values.`);
  }
  return Object.fromEntries(
    Object.entries(said).map(([name, value]) => {
      if (typeof value === 'object' && value !== null) {
        throw new FarledError('BadArgument', `${path}: ${name} must be a text, a number, true or false.`);
      }
      return [name, value === null ? '' : String(value)];
    }),
  );
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FarledError(
      'BadArgument',
      `${path} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
