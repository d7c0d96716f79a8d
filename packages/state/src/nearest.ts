/** «Did you mean»: known names in the order of their likeness to one that is not known. */
import { distance } from 'fastest-levenshtein';

/** At most `count` names; those that are nothing like it come only when they are all there is. */
export function nearestNames(name: string, known: readonly string[], count = 3): string[] {
  const wanted = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
