import { describe, expect, test } from 'vitest';
import { formatRange, parseCidr } from '../../src/policy/addresses.ts';
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

describe('sides as people write them', () => {
  const party = {} as never;
  const endpoint = (namespace: string, name: string, kind: string) => ({
    name: `${namespace}/${name}[${kind}]`,
    party,
    endpoint: { namespace: { name: namespace }, name, kind } as never,
  });
  const outside = (cidr: string) => ({ name: cidr, party, range: parseCidr(cidr) });
  const sides = {
    web: endpoint('shop', 'web', 'Deployment'),
    'web2.x': endpoint('shop', 'web2.x', 'StatefulSet'),
    lab: endpoint('lab', 'web', 'Deployment'),
    ten: outside('10.0.0.0/8'),
    rest: outside('11.0.0.0/8'),
    six: outside('fd00::/8'),
  };

  test.each([
    ['shop/web', ['web']],
    ['shop/web[Deployment]', ['web']],
    ['shop/web[Pod]', []],
    ['shop/*', ['web', 'web2.x']],
    ['*/web', ['web', 'lab']],
    ['*/*', ['web', 'web2.x', 'lab']],
    ['s*p/w*', ['web', 'web2.x']],
    ['shop/web2.x', ['web2.x']],
    ['shop/web2?x', undefined],
    ['shop/web2-x', []],
    ['hop/web', []],
    ['shop/we', []],
    ['outside', ['ten', 'rest', 'six']],
    ['10.0.0.0/8', ['ten']],
    ['10.1.2.3', ['ten']],
    ['0.0.0.0/0', ['ten', 'rest']],
    ['fd00::1', ['six']],
    ['fd00::/9', ['six']],
    ['10.255.0.0-11.0.0.1', ['ten', 'rest']],
    ['web', undefined],
    ['a/shop/web', undefined],
    ['shop/web[Pod]x', undefined],
    ['1.2/web', []],
    ['web/1.2', []],
    ['x10.0.0.1', undefined],
    ['10.0.0.0/33', undefined],
    ['10.0.0.256', undefined],
    ['11.0.0.0-10.0.0.0', undefined],
    ['10.0.0.0-fd00::', undefined],
    ['1.1.1.1-2.2.2.2-3.3.3.3', undefined],
  ])('%s', (text, expected) => {
    if (expected === undefined) {
      expect(() => sideFilter(text)).toThrow(text);
      return;
    }
    const filter = sideFilter(text);
    const found = Object.entries(sides).filter(([, side]) => filter(side));
    expect(found.map(([name]) => name)).toEqual(expected);
  });

  test.each([
    ['shop/web', undefined],
    ['outside', undefined],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/16', '10.1.0.0-10.1.255.255'],
    ['10.1.2.3-10.1.2.4', '10.1.2.3-10.1.2.4'],
    ['::1', '::1'],
  ])('the addresses of %s', (text, expected) => {
    const found = sideRange(text);
    expect(found && formatRange(found)).toBe(expected);
  });
});
