/** Numbers that look random and are the same for the same seed, and the distributions that load is made of. */
export type Random = () => number;

/** Between 0 and 1, 1 excluded. source: mulberry32 by Tommy Ettinger, public domain. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Has a mean for a shape above 1; its variance is infinite up to a shape of 2. */
export function pareto(random: Random, mean: number, shape: number): number {
  const least = (mean * (shape - 1)) / shape;
  return least / (1 - random()) ** (1 / shape);
}

/** Of positive values that mostly are near their mean: `variation` is the deviation as a part of the mean. */
export function lognormal(random: Random, mean: number, variation: number): number {
  const variance = Math.log(1 + variation ** 2);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}
