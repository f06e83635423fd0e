import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressRange,
  contains,
  cut,
  everything,
  familyOf,
  formatRange,
  overlap,
  parseAddress,
  parseCidr,
} from '../../src/policy/addresses.ts';

const range = (family: 4 | 6): fc.Arbitrary<AddressRange> => {
  const last = everything[family].last;
  const edge = fc.oneof(
    fc.bigInt({ min: 0n, max: last }),
    fc.constantFrom(0n, 1n, 2n, last - 1n, last),
  );
  return fc
    .tuple(edge, edge)
    .map((ends) => ends.sort((a, b) => (a < b ? -1 : 1)))
    .map(([first = 0n, last = 0n]) => ({ family, first, last }));
};

describe('cutting the address space', () => {
  test.each([4, 6] as const)(
    'IPv%i: pieces follow each other, cover everything, and lie inside or outside of each range',
    (family) => {
      fc.assert(
        fc.property(
          fc.array(range(family), { maxLength: 6 }),
          fc.array(range(family === 4 ? 6 : 4), { maxLength: 2 }),
          (ranges, others) => {
            const pieces = cut(family, [...ranges, ...others]);
            expect(pieces[0]?.first).toBe(0n);
            expect(pieces.at(-1)?.last).toBe(everything[family].last);
            pieces.forEach((piece, i) => {
              expect(piece.family).toBe(family);
              expect(piece.first <= piece.last).toBe(true);
              if (i > 0) expect(piece.first).toBe((pieces[i - 1]?.last ?? 0n) + 1n);
              for (const whole of ranges)
                expect(contains(whole, piece) || !overlap(whole, piece)).toBe(true);
            });
            // No more pieces than edges need.
            const edges = new Set(ranges.flatMap(({ first, last }) => [first, last + 1n]));
            edges.delete(0n);
            edges.delete(everything[family].last + 1n);
            expect(pieces.length).toBe(edges.size + 1);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test('without ranges it is one piece', () => {
    expect(cut(4, [])).toEqual([everything[4]]);
  });
});

describe('ranges', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0-10.255.255.255'],
    ['10.1.2.3/8', '10.0.0.0-10.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['192.0.2.1/31', '192.0.2.0-192.0.2.1'],
    ['2001:db8::/32', '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::1/128', '::1'],
    ['::/0', '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s is %s', (cidr, expected) => {
    expect(formatRange(parseCidr(cidr))).toBe(expected);
  });

  test.each([
    ['10.0.0.0', '10.0.0.0 is not a range like 10.0.0.0/8'],
    ['10.0.0.0/', '10.0.0.0/ is not a range like 10.0.0.0/8'],
    ['10.0.0.0/8/9', '10.0.0.0/8/9 is not a range like 10.0.0.0/8'],
    ['10.0.0.0/x', '10.0.0.0/x is not a range like 10.0.0.0/8'],
    ['10.0.0.0/-1', '10.0.0.0/-1 is not a range like 10.0.0.0/8'],
    ['10.0.0.0/0008', '10.0.0.0/0008 is not a range like 10.0.0.0/8'],
    ['x/10.0.0.0/8', 'x/10.0.0.0/8 is not a range like 10.0.0.0/8'],
    ['10.0.0.0/33', '10.0.0.0/33: a prefix of IPv4 has at most 32 bits'],
    ['::/129', '::/129: a prefix of IPv6 has at most 128 bits'],
    ['10.0.0/8', '10.0.0 is not an IP address'],
    ['/8', ' is not an IP address'],
  ])('%s is refused', (cidr, message) => {
    expect(() => parseCidr(cidr)).toThrow(message);
  });

  test.each([
    '',
    '10.1',
    '0x0a.0.0.1',
    '010.0.0.1',
    '256.0.0.1',
    '1.2.3.4.5',
    ' 1.2.3.4',
    'fe80::1%eth0',
    '1::2::3',
    'web',
  ])('%j is no address', (text) => {
    expect(() => parseAddress(text)).toThrow(`${text} is not an IP address`);
  });

  test('an address knows its family', () => {
    expect(
      ['192.0.2.1', '2001:db8::1'].map((text) => [familyOf(text), parseAddress(text).family]),
    ).toEqual([
      [4, 4],
      [6, 6],
    ]);
    expect(parseAddress('0.0.1.2')).toEqual({ family: 4, first: 258n, last: 258n });
  });

  test.each([4, 6] as const)('IPv%i: what is written can be read', (family) => {
    fc.assert(
      fc.property(range(family), ({ first }) => {
        const text = formatRange({ family, first, last: first });
        expect(parseAddress(text)).toEqual({ family, first, last: first });
      }),
    );
  });

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true, true],
    ['10.0.0.0/8', '10.0.0.0/8', true, true],
    ['10.1.0.0/16', '10.0.0.0/8', false, true],
    ['10.0.0.0/8', '10.255.255.255/32', true, true],
    ['10.255.255.255/32', '10.0.0.0/8', false, true],
    ['10.0.0.0/8', '11.0.0.0/8', false, false],
    ['11.0.0.0/8', '10.0.0.0/8', false, false],
    ['0.0.0.0/0', '::/0', false, false],
    ['::/0', '0.0.0.0/0', false, false],
  ])('%s and %s', (a, b, holds, meets) => {
    expect(contains(parseCidr(a), parseCidr(b))).toBe(holds);
    expect(overlap(parseCidr(a), parseCidr(b))).toBe(meets);
  });
});
