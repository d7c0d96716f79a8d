/** What an MLflow model says it needs: its own files, in the order in which MLflow writes them. Pure. */
import { CondaDependencies, FarledError, parseOrThrow } from '@farled/contract';
import { parse } from 'yaml';
import { z } from 'zod';

import type { Packages } from './environment.ts';

/** Below the model's folder. */
export const MLFLOW_FILES = ['conda.yaml', 'requirements.txt', 'python_env.yaml'] as const;
type FileName = (typeof MLFLOW_FILES)[number];

const PythonEnv = z.object({ python: z.union([z.string(), z.number().transform(String)]) });

/** @throws FarledError BadArgument when none of the files is there, or one can't be read. */
export function mlflowPackages(modelId: string, files: Partial<Record<FileName, string>>): Packages {
  const { 'conda.yaml': conda, 'requirements.txt': requirements, 'python_env.yaml': python } = files;
  if (conda !== undefined) {
    const { dependencies } = parseOrThrow(
      CondaDependencies,
      yaml(modelId, 'conda.yaml', conda),
      `conda.yaml of ${modelId}`,
    );
    return dependencies;
  }
  if (requirements === undefined) {
    throw new FarledError(
      'BadArgument',
      `The MLflow model "${modelId}" has neither conda.yaml nor requirements.txt: it does not say what it needs.`,
      {
        suggestion: 'Save it with mlflow.<flavor>.save_model(), which writes both, or deploy with an inference config.',
      },
    );
  }
  const lines = requirements
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  if (python === undefined) {
    return [{ pip: lines }];
  }
  const said = parseOrThrow(PythonEnv, yaml(modelId, 'python_env.yaml', python), `python_env.yaml of ${modelId}`);
  return [`python=${said.python}`, { pip: lines }];
}

function yaml(modelId: string, name: FileName, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new FarledError('BadArgument', `The file ${name} of model "${modelId}" is not YAML: ${String(error)}`);
  }
}
