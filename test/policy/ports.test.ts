import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Protocol, protocols } from '../../src/cluster/model.ts';
import { PortSet, parsePorts } from '../../src/policy/ports.ts';

/** Edges of the world and a crowded middle, where ranges meet, touch and overlap. */
const edge = fc.constantFrom(1, 2, 3, 50, 51, 52, 53, 54, 55, 60, 65533, 65534, 65535);
const piece = fc.record({ protocol: fc.constantFrom(...protocols), a: edge, b: edge });
const pieces = fc.array(piece, { maxLength: 5 });
type Piece = { protocol: Protocol; a: number; b: number };

/** Both sides of every edge, and a number of each stretch between: whoever agrees on these agrees on all. */
const numbers = [
  1, 2, 3, 4, 49, 50, 51, 52, 53, 54, 55, 56, 59, 60, 61, 65532, 65533, 65534, 65535,
];

/** The same set twice: ours, and a plain Set that holds `TCP 80` for each port. */
function both(list: Piece[]): { ours: PortSet; naive: Set<string> } {
  let ours = PortSet.none;
  const naive = new Set<string>();
  for (const { protocol, a, b } of list) {
    ours = ours.or(PortSet.range(protocol, a, b));
    for (const port of numbers) if (a <= port && port <= b) naive.add(`${protocol} ${port}`);
  }
  return { ours, naive };
}

function expectSame(ours: PortSet, naive: (text: string) => boolean): void {
  const wrong = protocols.flatMap((protocol) =>
    numbers.filter((port) => ours.has(protocol, port) !== naive(`${protocol} ${port}`)),
  );
  expect(wrong).toEqual([]);
  for (const protocol of protocols) {
    const ranges = ours.rangesOf(protocol);
    ranges.forEach(([a, b], i) => {
      expect(a).toBeLessThanOrEqual(b);
      // Sorted, disjoint and not adjacent.
      if (i > 0) expect(a).toBeGreaterThan((ranges[i - 1]?.[1] ?? 0) + 1);
    });
  }
}

describe('a PortSet is a set', () => {
  test('union, intersection and difference are those of plain sets', () => {
    fc.assert(
      fc.property(pieces, pieces, (one, other) => {
        const [a, b] = [both(one), both(other)];
        expectSame(a.ours, (x) => a.naive.has(x));
        expectSame(a.ours.or(b.ours), (x) => a.naive.has(x) || b.naive.has(x));
        expectSame(a.ours.and(b.ours), (x) => a.naive.has(x) && b.naive.has(x));
        expectSame(a.ours.minus(b.ours), (x) => a.naive.has(x) && !b.naive.has(x));
        expectSame(PortSet.all.minus(a.ours), (x) => !a.naive.has(x));
        expect(a.ours.covers(b.ours)).toBe([...b.naive].every((x) => a.naive.has(x)));
        expect(a.ours.isEmpty).toBe(a.naive.size === 0);
      }),
      { numRuns: 60 },
    );
  });

  test('equal sets are one object, however they were made', () => {
    fc.assert(
      fc.property(pieces, pieces, pieces, (x, y, z) => {
        const [a, b, c] = [both(x).ours, both(y).ours, both(z).ours];
        expect(a.or(b)).toBe(b.or(a));
        expect(a.and(b)).toBe(b.and(a));
        expect(a.or(b).or(c)).toBe(a.or(b.or(c)));
        expect(a.and(b).and(c)).toBe(a.and(b.and(c)));
        expect(a.and(b.or(c))).toBe(a.and(b).or(a.and(c)));
        expect(a.or(b.and(c))).toBe(a.or(b).and(a.or(c)));
        expect(a.minus(b)).toBe(a.and(PortSet.all.minus(b)));
        expect(a.minus(b).or(a.and(b))).toBe(a);
        expect(both([...x].reverse()).ours).toBe(a);
        expect([
          a.or(a),
          a.and(a),
          a.minus(PortSet.none),
          a.or(PortSet.none),
          a.and(PortSet.all),
        ]).toEqual(Array(5).fill(a));
        expect([a.minus(a), a.and(PortSet.none), a.minus(PortSet.all)]).toEqual(
          Array(3).fill(PortSet.none),
        );
        expect(a.or(PortSet.all)).toBe(PortSet.all);
      }),
      { numRuns: 60 },
    );
  });

  test('an operation repeated gives what it gave', () => {
    const [a, b] = [parsePorts('1-100'), parsePorts('50-150/TCP')];
    expect([a.and(b), a.or(b), a.minus(b), b.minus(a)].map(String)).toEqual([
      'TCP 50-100',
      'TCP 1-150',
      'TCP 1-49',
      'TCP 101-150',
    ]);
    expect(a.minus(b)).toBe(a.minus(b));
    expect(a.minus(b)).not.toBe(a.and(b));
  });

  test('the wrong way round is nothing', () => {
    expect(PortSet.range('TCP', 81, 80)).toBe(PortSet.none);
    expect(PortSet.range('TCP', 80, 80)).toBe(PortSet.one('TCP', 80));
  });
});

describe('a PortSet in words', () => {
  const web = PortSet.one('TCP', 80).or(PortSet.range('TCP', 8000, 8080));
  test.each([
    [PortSet.all, '"all"', 'all'],
    [PortSet.none, '{}', 'none'],
    [
      web.or(PortSet.one('UDP', 53)),
      '{"TCP":"80,8000-8080","UDP":"53"}',
      'TCP 80,8000-8080; UDP 53',
    ],
    [PortSet.allOf('SCTP'), '{"SCTP":"1-65535"}', 'SCTP all'],
    [
      PortSet.all.minus(web),
      '{"TCP":"1-79,81-7999,8081-65535","UDP":"1-65535","SCTP":"1-65535"}',
      'TCP 1-79,81-7999,8081-65535; UDP all; SCTP all',
    ],
  ])('%s', (set, json, text) => {
    expect(JSON.stringify(set)).toBe(json);
    expect(String(set)).toBe(text);
  });
});

describe('ports as people write them', () => {
  test.each([
    ['80', 'TCP 80'],
    ['80/tcp', 'TCP 80'],
    ['53/UDP', 'UDP 53'],
    ['8000-8080/SCTP', 'SCTP 8000-8080'],
    ['1-65535', 'TCP all'],
    ['udp', 'UDP all'],
    ['all', 'all'],
  ])('%s', (text, expected) => {
    expect(String(parsePorts(text))).toBe(expected);
  });

  test.each([
    '',
    '0',
    '65536',
    '81-80',
    '80/ICMP',
    'http',
    '80-',
    '80/',
    '-80',
    '080000',
    '80 ',
    '1.5',
    'x80',
    '80/TCP/UDP',
    '80-65536',
  ])('%j is refused', (text) => {
    expect(() => parsePorts(text)).toThrow(
      `${text} is not a port like 80/TCP; the protocols are TCP, UDP, SCTP`,
    );
  });
});
