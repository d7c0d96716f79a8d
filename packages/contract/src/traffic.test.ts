import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  addVersion,
  changeTraffic,
  changeVersion,
  defaultNow,
  effectivePercentiles,
  firstVersion,
  removeVersion,
  type Traffic,
} from './traffic.ts';

const two = (): Traffic => addVersion(firstVersion('one', {}), 'two', { trafficPercentile: 10 });
const all = (): boolean => true;

test('the first version is the default and the control', () => {
  expect(firstVersion('one', { trafficPercentile: 20 })).toEqual({
    versions: [{ name: 'one', trafficPercentile: 20 }],
    defaultVersion: 'one',
    formerDefault: null,
    controlVersion: 'one',
  });
});

test('what is given to no version goes to the default one, whatever its own percentage', () => {
  const traffic = changeVersion(two(), 'one', { trafficPercentile: 20 });
  expect(Object.fromEntries(effectivePercentiles(traffic, all))).toEqual({ one: 90, two: 10 });
});

test('a version that was never ready gets nothing', () => {
  expect(Object.fromEntries(effectivePercentiles(two(), (name) => name === 'one'))).toEqual({ one: 100, two: 0 });
});

test('a default that was never ready is stood in for by the one before it', () => {
  const traffic = addVersion(two(), 'three', { isDefault: true });
  expect(defaultNow(traffic, (name) => name !== 'three')).toBe('one');
  expect(defaultNow(removeVersion(traffic, 'one'), (name) => name === 'two')).toBe('two');
  expect(defaultNow(traffic, all)).toBe('three');
  expect(defaultNow(traffic, () => false)).toBe('three');
});

test('making a version the default or the control changes the others in the same step', () => {
  const traffic = changeVersion(two(), 'two', { isDefault: true, type: 'Control' });
  expect(traffic).toMatchObject({ defaultVersion: 'two', formerDefault: 'one', controlVersion: 'two' });
  expect(removeVersion(traffic, 'one')).toMatchObject({ versions: [{ name: 'two' }] });
});

test('without its control an endpoint compares with its default version', () => {
  const traffic = changeVersion(two(), 'two', { type: 'Control' });
  expect(removeVersion(traffic, 'two').controlVersion).toBe('one');
});

test.each([
  ['more than there is', () => changeTraffic(two(), { percentiles: { one: 90.5 } }), 'BadArgument', '100.5 percent'],
  ['a version that is not there', () => changeVersion(two(), 'tow', {}), 'VersionNotFound', '"tow"'],
  [
    'a default that is not there',
    () => changeTraffic(two(), { percentiles: {}, defaultVersion: 'x' }),
    'VersionNotFound',
    '"x"',
  ],
  ['a version that it has', () => addVersion(two(), 'two', {}), 'VersionAlreadyExists', '"two"'],
  ['no default', () => changeVersion(two(), 'one', { isDefault: false }), 'BadArgument', 'default'],
  ['no control', () => changeVersion(two(), 'one', { type: 'Treatment' }), 'BadArgument', 'control'],
  ['to go without its default', () => removeVersion(two(), 'one'), 'VersionInUse', 'default'],
  ['to go without any', () => removeVersion(firstVersion('one', {}), 'one'), 'VersionInUse', 'default'],
  [
    'a seventh version',
    () => ['3', '4', '5', '6', '7'].reduce((traffic, name) => addVersion(traffic, name, {}), two()),
    'TooManyVersions',
    '6 versions',
  ],
])('an endpoint refuses %s', (_what, change, code, words) => {
  expect(change).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) as string }));
});

test('names of versions may be those of members of objects', () => {
  const traffic = addVersion(firstVersion('constructor', {}), 'valueof', { trafficPercentile: 5 });
  expect(changeTraffic(traffic, { percentiles: {} })).toMatchObject({ versions: traffic.versions });
});

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const percentile = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 100, noNaN: true }));
const share = fc.record(
  {
    trafficPercentile: percentile,
    isDefault: fc.boolean(),
    type: fc.constantFrom('Control' as const, 'Treatment' as const),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  fc.tuple(name, share).map(
    ([version, asked]) =>
      (traffic: Traffic) =>
        addVersion(traffic, version, asked),
  ),
  fc.tuple(name, share).map(
    ([version, asked]) =>
      (traffic: Traffic) =>
        changeVersion(traffic, version, asked),
  ),
  name.map((version) => (traffic: Traffic) => removeVersion(traffic, version)),
);

test('after any changes, percentages add up to 100 and one default and one control are among the versions', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.func(fc.boolean()), (steps, ready) => {
      let traffic = firstVersion('first', {});
      for (const change of steps) {
        try {
          traffic = change(traffic);
        } catch {
          // Refused: nothing of it is done.
        }
        const names = traffic.versions.map((version) => version.name);
        const effective = [...effectivePercentiles(traffic, ready).values()];
        expect(names).toContain(traffic.defaultVersion);
        expect(names).toContain(traffic.controlVersion);
        expect(names).toContain(defaultNow(traffic, ready));
        expect(names.length).toBeLessThanOrEqual(6);
        expect(effective.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100, 3);
        expect(Math.min(...effective)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
