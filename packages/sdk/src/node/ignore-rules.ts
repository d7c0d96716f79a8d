/** What .amlignore, or else .gitignore, leaves out of a source folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import ignore from 'ignore';

/** Says whether a path below the folder is left out; folders end in a slash. */
export type Ignores = (path: string) => boolean;

/** Never part of a deployment: they are not code, and would change its digest at every run. */
const ALWAYS = ['.git/', '.azureml/', '.ipynb_checkpoints/', '__pycache__/', '.amlignore', '.gitignore'];

export async function readIgnoreRules(folder: string, notice: (text: string) => void): Promise<Ignores> {
  const [aml, git] = await Promise.all([readRules(join(folder, '.amlignore')), readRules(join(folder, '.gitignore'))]);
  if (aml !== undefined && git !== undefined) {
    notice(`${folder} has .amlignore and .gitignore: .amlignore decides, .gitignore is not looked at.`);
  }
  const rules = ignore({ allowRelativePaths: false })
    .add(ALWAYS)
    .add(aml ?? git ?? '');
  return (path) => rules.ignores(path);
}

async function readRules(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
