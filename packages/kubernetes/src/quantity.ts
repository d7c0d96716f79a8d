/** Kubernetes quantities, `250m` or `1.5Gi`, as numbers: cores and bytes. */
import { FarledError } from '@farled/contract';

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const DIVISORS: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };

/** Source: apimachinery, pkg/api/resource, quantity.go: a sign, digits with or without a point, a suffix or an exponent. */
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/;

/** @throws FarledError BadArgument when the text is no quantity. */
export function parseQuantity(text: string): number {
  const match = QUANTITY.exec(text);
  const [, digits = '', exponent, suffix = ''] = match ?? [];
  const value =
    exponent !== undefined
      ? Number(digits + exponent)
      : suffix in DIVISORS
        ? // Dividing by a whole number is exact where multiplying by its inverse is not: 100m is 0.1.
          Number(digits) / (DIVISORS[suffix] ?? 1)
        : Number(digits) * (FACTORS[suffix] ?? 1);
  if (match === null || !Number.isFinite(value)) {
    throw new FarledError('BadArgument', `${JSON.stringify(text.slice(0, 100))} is not a Kubernetes quantity.`, {
      suggestion: 'Write a number with or without a suffix, such as 250m, 2, 512Mi or 1.5Gi.',
    });
  }
  return value;
}

/** Cores to the thousandth, rounded up so that nothing asked for is lost: `250m`, `2`. */
export function formatCpu(cores: number): string {
  const milli = roundUp(cores * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Whole bytes, rounded up, in the largest unit that says them exactly: `512Mi`, `1500`. */
export function formatBytes(bytes: number): string {
  const whole = roundUp(bytes);
  const unit = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'].find((name) => whole !== 0 && whole % (FACTORS[name] ?? 1) === 0);
  return unit === undefined ? String(whole) : `${whole / (FACTORS[unit] ?? 1)}${unit}`;
}

/** 0.29 × 1000 is a little more than 290, which must not become 291. */
function roundUp(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) < 1e-9 * Math.max(1, Math.abs(value)) ? nearest : Math.ceil(value);
}
