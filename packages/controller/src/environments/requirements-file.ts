/** A recipe as a requirements file, for pip, where uv and this machine are not. */
import type { Recipe } from './recipe.ts';

export function requirementsFile({ requirements, index }: Pick<Recipe, 'requirements' | 'index'>): string {
  const lines = [
    ...(index.index === null ? [] : [`--index-url ${index.index}`]),
    ...index.extraIndexes.map((url) => `--extra-index-url ${url}`),
    ...index.findLinks.map((url) => `--find-links ${url}`),
    ...index.insecureHosts.map((host) => `--trusted-host ${host}`),
    ...(index.prereleases ? ['--pre'] : []),
    ...requirements,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
