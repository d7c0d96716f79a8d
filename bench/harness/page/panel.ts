/** Part of a drawing, whose upper left corner is 0, 0. */
export interface Panel {
  readonly height: number;
  readonly content: string;
}

export const WIDTH = 760;
/** As many series as can be told apart. */
const SERIES = 6;

/** @throws RangeError */
export function requireColours(count: number): void {
  if (count > SERIES) {
    throw new RangeError(`A chart has colours for ${SERIES} series, not for ${count}`);
  }
}
