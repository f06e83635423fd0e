import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/policy/evaluate.ts';
import { checkExpectations, type Expectations, type Row } from '../../src/policy/expectations.ts';
import { parsePorts } from '../../src/policy/ports.ts';
import { sideFilter } from '../../src/policy/sides.ts';
import { ask, namespace, pod, policy } from './kubernetes/ask.ts';

// Two Pods; b is closed but for a on 80, and for what a's own egress allows.
const pods = [namespace('shop'), pod('shop/a'), pod('shop/b')];
const inB = policy(
  'shop/in-b',
  '{ podSelector: { matchLabels: { app: b } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: a } } }], ports: [{ port: 80 }] }] }',
);
const outA = policy(
  'shop/out-a',
  '{ podSelector: { matchLabels: { app: a } }, policyTypes: [Egress], egress: [{ ports: [{ port: 80 }] }] }',
);

const row = (
  from: string,
  to: string,
  outcome: Outcome,
  by: string | string[] = [],
  ports?: string,
): Row => ({
  from: sideFilter(from),
  to: sideFilter(to),
  outcome,
  by: [by].flat(),
  ports: ports === undefined ? undefined : parsePorts(ports),
  text: `${from} => ${to}${ports ? ` ${ports}` : ''} ${outcome}`,
});
const check = (
  manifests: string[],
  rows: Row[],
  everythingElse: Expectations['everythingElse'] = { outcome: 'allowed', by: [] },
) =>
  checkExpectations(ask([...pods, ...manifests]).analysis.connections, {
    rows,
    everythingElse,
  }).map(
    // Lines of the one file that all manifests make are of no interest.
    ({ row, message }) =>
      `${row ? `[${row.text}] ` : ''}${message.replace(/all\.yaml:\d+/g, 'line')}`,
  );
const closed = row('outside', 'shop/b', 'denied', 'in-b');
const onlyA = [
  row('shop/a', 'shop/b', 'allowed', 'in-b', '80'),
  row('shop/a', 'shop/b', 'denied', 'in-b'),
  closed,
];

describe('a truth table that is right', () => {
  test('rows for what policies decide, everything else open', () => {
    expect(check([inB], onlyA)).toEqual([]);
  });

  test('without policies everything else is allowed', () => {
    expect(check([], [])).toEqual([]);
  });

  test('everything else denied, by a policy that is named', () => {
    const deny = policy('shop/deny', '{ policyTypes: [Ingress, Egress] }');
    expect(check([deny], [], { outcome: 'denied', by: ['deny'] })).toEqual([]);
    expect(check([deny], [], { outcome: 'denied', by: [] })).toEqual([]);
  });

  test('a denied rest need not be written', () => {
    expect(check([inB], [row('shop/a', 'shop/b', 'allowed', 'in-b', '80'), closed])).toEqual([]);
  });

  test('policies by their full names, of both sides', () => {
    expect(
      check(
        [inB, outA],
        [
          row('shop/a', 'shop/b', 'allowed', ['shop/in-b', 'out-a'], '80'),
          closed,
          row('shop/a', 'outside', 'allowed', 'out-a', '80'),
        ],
      ),
    ).toEqual([]);
  });
});

describe('a truth table that is wrong says the row, the answer and the rule', () => {
  test('allowed where it is denied', () => {
    expect(check([inB], [row('shop/a', 'shop/b', 'allowed', 'in-b', '80-81'), closed])).toEqual([
      '[shop/a => shop/b 80-81 allowed] shop/a => shop/b 80-81 allowed: really TCP 81 denied; egress TCP 81 allowed: no policy selects this side; ingress TCP 81 denied because no rule matches in NetworkPolicy shop/in-b (line)',
    ]);
  });

  test('denied where it is allowed', () => {
    expect(check([inB], [row('shop/a', 'shop/b', 'denied', 'in-b'), closed])).toEqual([
      '[shop/a => shop/b denied] shop/a => shop/b denied: really TCP 80 allowed; egress TCP 80 allowed: no policy selects this side; ingress TCP 80 allowed by NetworkPolicy shop/in-b spec.ingress[0] (line)',
    ]);
  });

  test('what the API leaves open is neither', () => {
    const host = pod('shop/c', 'app: b', { hostNetwork: true });
    expect(
      check(
        [host, inB],
        [
          ...onlyA,
          row('shop/b', 'shop/c', 'allowed'),
          row('shop/a', 'shop/c', 'unspecified', 'in-b'),
          row('outside', 'shop/c', 'unspecified', 'in-b'),
          row('shop/c', 'shop/b', 'unspecified', 'in-b'),
        ],
      ),
    ).toEqual([
      expect.stringMatching(
        /^\[shop\/b => shop\/c allowed\] shop\/b => shop\/c allowed: really all unspecified; /,
      ),
    ]);
  });

  test('the rest of a pair that no row speaks of', () => {
    const wide = inB.replace('{ port: 80 }', '{ port: 80 }, { port: 81 }');
    expect(check([wide], [row('shop/a', 'shop/b', 'allowed', 'in-b', '80'), closed])).toEqual([
      '[shop/a => shop/b 80 allowed] shop/a[Pod] => shop/b[Pod]: no row says that TCP 81 passes; egress TCP 81 allowed: no policy selects this side; ingress TCP 81 allowed by NetworkPolicy shop/in-b spec.ingress[0] (line)',
    ]);
  });

  test('a pair without a row that everythingElse is wrong about', () => {
    expect(check([inB], [closed])).toEqual([
      expect.stringMatching(
        /^shop\/a\[Pod\] => shop\/b\[Pod\] has no row, so it should be allowed; for TCP 1-79,81-65535; UDP all; SCTP all it is not: .*denied because no rule matches in NetworkPolicy shop\/in-b/,
      ),
    ]);
    expect(check([inB], onlyA, { outcome: 'denied', by: [] })[0]).toMatch(
      /^shop\/a\[Pod\] => 0\.0\.0\.0-255\.255\.255\.255 has no row, so it should be denied; for all it is not: egress all allowed: no policy selects this side$/,
    );
  });

  test('many such pairs are counted after the third', () => {
    const found = check([], [], { outcome: 'denied', by: [] });
    expect(found).toHaveLength(4);
    expect(found[3]).toBe('and 3 more pairs without a row are not denied');
  });

  test('exactly three pairs are all shown', () => {
    const rows = [row('shop/*', 'shop/*', 'allowed'), row('outside', 'shop/a', 'allowed')];
    expect(check([], rows, { outcome: 'denied', by: [] })).toHaveLength(3);
  });

  test('many pairs of one row are counted after the third', () => {
    const more = check([pod('shop/c')], [row('*/*', '*/*', 'denied', 'x')]);
    expect(more).toHaveLength(4);
    expect(more[3]).toBe('[*/* => */* denied] and 3 more pairs of this row');
  });

  test('a row for many pairs names the pair that is wrong', () => {
    const found = check([inB], [row('*/*', 'shop/*', 'allowed'), closed]);
    expect(found).toEqual([
      expect.stringMatching(
        /^\[\*\/\* => shop\/\* allowed\] \*\/\* => shop\/\* allowed, for shop\/a\[Pod\] => shop\/b\[Pod\]: really /,
      ),
    ]);
  });

  test('a row that names nobody', () => {
    expect(check([], [row('shop/x', 'shop/b', 'allowed')])).toEqual([
      '[shop/x => shop/b allowed] shop/x => shop/b allowed names no pair of this cluster',
    ]);
  });

  test('a row that other rows leave nothing to', () => {
    const found = check(
      [],
      [row('shop/a', 'shop/b', 'allowed', [], 'all'), row('shop/a', 'shop/b', 'denied')],
    );
    expect(found).toEqual([
      '[shop/a => shop/b denied] shop/a => shop/b denied: other rows say it all',
    ]);
  });
});

describe('by', () => {
  const by = (names: string | string[], outcome: Outcome = 'allowed', manifests = [inB, outA]) =>
    check(manifests, [
      row('shop/a', 'shop/b', outcome, names, outcome === 'allowed' ? '80' : '81'),
      row('shop/a', 'shop/b', 'allowed', ['in-b', 'out-a'], '80'),
      closed,
      row('shop/a', 'outside', 'allowed', 'out-a', '80'),
    ]);

  test('a policy that does not decide', () => {
    expect(by(['in-b', 'out-a', 'other'])).toEqual([
      '[shop/a => shop/b 80 allowed] shop/a => shop/b 80 allowed: other does not decide this; shop/out-a, shop/in-b does',
    ]);
    expect(by('b')).toEqual([expect.stringContaining('b does not decide this')]);
    expect(check([], [row('shop/a', 'shop/b', 'allowed', 'ghost')])).toEqual([
      '[shop/a => shop/b allowed] shop/a => shop/b allowed: ghost does not decide this; no policy does',
    ]);
  });

  test('a side that is guarded needs its policy', () => {
    expect(by('in-b')).toEqual([
      '[shop/a => shop/b 80 allowed] shop/a => shop/b 80 allowed: by names none of shop/out-a, which decides TCP 80',
    ]);
    expect(by([])).toEqual([
      expect.stringContaining('by names none of shop/out-a, which decides TCP 80'),
    ]);
    expect(by('out-a')).toEqual([
      expect.stringContaining('by names none of shop/in-b, which decides TCP 80'),
    ]);
  });

  test('what is denied needs one that denies, on either side', () => {
    expect(by('in-b', 'denied')).toEqual([]);
    expect(by('out-a', 'denied')).toEqual([]);
    expect(by([], 'denied')).toEqual([
      '[shop/a => shop/b 81 denied] shop/a => shop/b 81 denied: by is missing; it is denied by shop/out-a, shop/in-b',
    ]);
  });

  test('a row without any port has nobody who decides', () => {
    const rows = [
      row('shop/a', 'shop/b', 'allowed', [], 'all'),
      row('shop/a', 'shop/b', 'denied', 'ghost'),
    ];
    expect(check([], rows)).toEqual([expect.stringContaining('other rows say it all')]);
  });

  test('of everythingElse', () => {
    const deny = policy('shop/deny', '{ policyTypes: [Ingress, Egress] }');
    expect(check([deny], [], { outcome: 'denied', by: ['other'] })[0]).toBe(
      'shop/a[Pod] => shop/b[Pod]: other does not decide this; shop/deny does',
    );
  });
});
