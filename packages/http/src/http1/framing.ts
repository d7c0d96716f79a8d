/** How long the body of a message is. */
export const FRAMING = {
  none: 0,
  length: 1,
  chunked: 2,
  /** Of answers only. */
  untilClose: 3,
} as const;
export type Framing = (typeof FRAMING)[keyof typeof FRAMING];

const ZERO = 0x30;
const NINE = 0x39;
/** So many digits are always an exact number. */
const MOST_DIGITS = 15;

/** -1 for what is not digits alone. */
export function readDigits(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > MOST_DIGITS) {
    return -1;
  }
  let number = 0;
  for (let index = start; index < end; index += 1) {
    const digit = bytes[index] as number;
    if (digit < ZERO || digit > NINE) {
      return -1;
    }
    number = number * 10 + digit - ZERO;
  }
  return number;
}
