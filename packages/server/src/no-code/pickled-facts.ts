/** What a pickled model tells of the packages it needs, read from its bytes: nothing of it is ever loaded here. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createUnzip } from 'node:zlib';

export interface PickledFacts {
  /** The release of scikit-learn that wrote it; null when it does not say. */
  readonly scikitLearn: string | null;
  /** Requirements beyond scikit-learn, sorted. */
  readonly packages: readonly string[];
}

/** scikit-learn writes its own release into every estimator: behind the name, a text with its length before it. */
const IN_PICKLES = /_sklearn_version.{0,6}?(?:\x8c(.)|X(.)\0{3})/s;
/** In the JSON of skops, within the quotes of a text in quotes. */
const IN_SKOPS = /"_sklearn_version"[^}]{1,200}?\\"([^"\\]+)\\"/;
const RELEASE = /^\d+\.\d+(?:\.\d+)?(?:\.post\d+)?$/;
/** Longer than anything that is looked for. */
const OVERLAP = 300;

/** What is in the bytes, and the package that it comes from. Feature names are those of a data frame's columns. */
const NAMED: readonly (readonly [string, string])[] = [
  ['feature_names_in_', 'pandas'],
  ['pandas.core', 'pandas'],
  ['xgboost.', 'xgboost-cpu'],
  ['lightgbm.', 'lightgbm'],
  ['catboost', 'catboost'],
  ['imblearn.', 'imbalanced-learn'],
  ['category_encoders.', 'category-encoders'],
];

export class PickleScan {
  #rest = '';
  #version: string | null = null;
  readonly #packages = new Set<string>();

  push(chunk: Uint8Array): void {
    const text = this.#rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    if (this.#version === null && text.includes('_sklearn_version')) {
      this.#version = releaseIn(text);
    }
    for (const [name, requirement] of NAMED) {
      if (!this.#packages.has(requirement) && text.includes(name)) {
        this.#packages.add(requirement);
      }
    }
    this.#rest = text.slice(-OVERLAP);
  }

  get facts(): PickledFacts {
    return { scikitLearn: this.#version, packages: [...this.#packages].toSorted() };
  }
}

/** Null when it is none, or when not all of it is there yet. */
function releaseIn(text: string): string | null {
  const pickled = IN_PICKLES.exec(text);
  const start = pickled === null ? 0 : pickled.index + pickled[0].length;
  const length = (pickled?.[1] ?? pickled?.[2])?.charCodeAt(0) ?? 0;
  const said = start + length > text.length ? '' : text.slice(start, start + length);
  return [said, IN_SKOPS.exec(text)?.[1] ?? ''].find((release) => RELEASE.test(release)) ?? null;
}

/** Reads it to the end. One that is compressed in a way that is not known here tells nothing. */
export async function pickledFacts(bytes: AsyncIterable<Uint8Array>, beginning: Uint8Array): Promise<PickledFacts> {
  const scan = new PickleScan();
  const look = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      scan.push(chunk);
    }
  };
  if (!isDeflated(beginning)) {
    await look(bytes);
    return scan.facts;
  }
  try {
    await pipeline(Readable.from(bytes), createUnzip(), look);
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_') !== true) {
      throw error;
    }
  }
  return scan.facts;
}

/** gzip, or zlib as joblib writes it. */
function isDeflated(bytes: Uint8Array): boolean {
  const [first, second = 0] = bytes;
  return (first === 0x1f && second === 0x8b) || (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second));
}
