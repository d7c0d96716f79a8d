/**
 * Which version a number stands for. The versions but the default one are asked in turn, each with a number of its own
 * that is made of the given one; the first whose share has room takes it, and the default has the rest.
 *
 * With one hash for each caller, few callers move. When the last version of the order grows, it takes callers from the
 * default alone. When an earlier one grows, it takes some from those after it too, in proportion to their shares, and they
 * get as many from the default. That some are is not to be helped: if the callers of each version depended on its own share
 * alone, of three versions that may each have half of them two would have to have the same ones.
 */
import { hashOf, mixed } from './hash.ts';

export interface Sharing<V> {
  readonly name: string;
  readonly trafficPercentile: number;
  /** Null while there is nobody to answer for it. */
  readonly value: V | null;
}

interface Share<V> {
  readonly salt: number;
  /** Of 2^32, the numbers below this one. */
  readonly below: number;
  readonly value: V;
}

const ALL = 2 ** 32;

export class Shares<V> {
  readonly #shares: readonly Share<V>[];
  readonly #rest: V | null;

  /** What is allocated to none, or to a version without a value, is the default version's, or, without it, all others'. */
  constructor(endpoint: string, versions: readonly Sharing<V>[], defaultVersion: string) {
    this.#rest = versions.find(({ name }) => name === defaultVersion)?.value ?? null;
    const others = versions.filter(({ name, trafficPercentile }) => name !== defaultVersion && trafficPercentile > 0);
    let left = this.#rest === null ? sum(others) : 100;
    this.#shares = others.flatMap(({ name, trafficPercentile, value }) => {
      if (value === null) {
        return [];
      }
      const below = left <= 0 ? 0 : Math.min(ALL, (trafficPercentile / left) * ALL);
      left -= trafficPercentile;
      return [{ salt: hashOf(`${endpoint}/${name}`), below, value }];
    });
    const last = this.#shares.at(-1);
    this.#rest ??= last?.value ?? null;
  }

  /** Of an integer from 0 to 2^32 - 1, each as likely as the other. Null: there is no version. */
  choose(number: number): V | null {
    for (const { salt, below, value } of this.#shares) {
      if (mixed(number ^ salt) < below) {
        return value;
      }
    }
    return this.#rest;
  }
}

function sum(versions: readonly Sharing<unknown>[]): number {
  return versions.reduce((total, { trafficPercentile, value }) => total + (value === null ? 0 : trafficPercentile), 0);
}
