import { expect, test } from 'vitest';
import { formatRange } from '../../src/policy/addresses.ts';
import { sideFilter, sideRange } from '../../src/policy/sides.ts';

const shown = (text: string) => {
  const range = sideRange(text);
  return range && formatRange(range);
};

test('addresses, CIDRs and ranges are read alike', () => {
  expect(shown('10.0.0.1')).toBe('10.0.0.1');
  expect(shown('10.0.0.0/8')).toBe('10.0.0.0-10.255.255.255');
  expect(shown('10.0.0.1-10.0.0.9')).toBe('10.0.0.1-10.0.0.9');
  expect(shown('10.0.0.1-10.0.0.1')).toBe('10.0.0.1');
  expect(shown('2001:db8::-2001:db8::f')).toBe('2001:db8::-2001:db8::f');
});

test('names and the word outside are no ranges', () => {
  expect(sideRange('shop/web')).toBeUndefined();
  expect(sideRange('outside')).toBeUndefined();
  expect(sideRange('10-net/a-b')).toBeUndefined();
});

test.for(['10.0.0.9-10.0.0.1', '10.0.0.1-2001:db8::1', '10.0.0.1-10.0.0.2-10.0.0.3', '10.0.0.1-'])(
  '%s is refused',
  (text) => {
    expect(() => sideFilter(text)).toThrow();
  },
);
