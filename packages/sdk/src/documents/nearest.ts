/** «Did you mean»: the valid name that a misspelt one is nearest to. */
import { closest, distance } from 'fastest-levenshtein';

/** Undefined when no name is near enough to be what was meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const normal = normalized(name);
  const same = names.find((candidate) => normalized(candidate) === normal);
  if (same !== undefined || names.length === 0) {
    return same;
  }
  const best = closest(normal, names.map(normalized));
  const found = names.find((candidate) => normalized(candidate) === best);
  return distance(normal, best) <= Math.max(2, Math.floor(name.length / 3)) ? found : undefined;
}

/** Case and separators are what people misspell most. */
function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}
