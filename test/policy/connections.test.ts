import { describe, expect, test } from 'vitest';
import { readObjects } from '../../src/cluster/objects.ts';
import { formatRange, parseCidr } from '../../src/policy/addresses.ts';
import { analyze } from '../../src/policy/analyze.ts';
import { compare } from '../../src/policy/diff.ts';
import { listConnections, listPieces, sidesOf } from '../../src/policy/list.ts';
import { sideFilter } from '../../src/policy/sides.ts';
import { ask, namespace, pod, policy, say, shop } from './kubernetes/ask.ts';

const objects = (...manifests: string[]) =>
  readObjects(manifests.join('\n---\n'), 'all.yaml').objects;
const lines = (manifests: string[], from?: string, to?: string) => {
  const { connections } = analyze(objects(...manifests));
  return [
    ...listConnections(
      connections,
      from ? sideFilter(from) : undefined,
      to ? sideFilter(to) : undefined,
    ),
  ].map(({ from, to, decision }) => `${from.name} => ${to.name}: ${say(decision)}`);
};
const two = [namespace('shop'), pod('shop/b'), pod('shop/a')];
const everything4 = '0.0.0.0-255.255.255.255';

describe('the list of connections', () => {
  test('every pair by name, then outside; sources outside last, by target', () => {
    expect(lines(two)).toEqual([
      'shop/a[Pod] => shop/b[Pod]: all',
      `shop/a[Pod] => ${everything4}: all`,
      'shop/b[Pod] => shop/a[Pod]: all',
      `shop/b[Pod] => ${everything4}: all`,
      `${everything4} => shop/a[Pod]: all`,
      `${everything4} => shop/b[Pod]: all`,
    ]);
  });

  test('filters of both sides', () => {
    expect(lines(two, 'shop/a')).toEqual([
      'shop/a[Pod] => shop/b[Pod]: all',
      `shop/a[Pod] => ${everything4}: all`,
    ]);
    expect(lines(two, undefined, 'shop/a')).toEqual([
      'shop/b[Pod] => shop/a[Pod]: all',
      `${everything4} => shop/a[Pod]: all`,
    ]);
    expect(lines(two, 'outside', 'outside')).toEqual([]);
    expect(lines(two, 'shop/a', 'shop/a')).toEqual([]);
  });

  const block = (cidr: string) =>
    policy(
      'shop/p',
      `{ podSelector: { matchLabels: { app: a } }, ingress: [{ from: [{ ipBlock: ${cidr} }] }] }`,
    );

  test('neighbouring ranges with one answer are one line', () => {
    const except = block("{ cidr: 10.0.0.0/8, except: ['10.0.0.0/9', '10.128.0.0/10'] }");
    expect(lines([...two, except], 'outside')).toEqual([
      '0.0.0.0-10.191.255.255 => shop/a[Pod]: none',
      '10.192.0.0-10.255.255.255 => shop/a[Pod]: all',
      '11.0.0.0-255.255.255.255 => shop/a[Pod]: none',
      `${everything4} => shop/b[Pod]: all`,
    ]);
  });

  test('the pieces are not put together', () => {
    const { connections } = analyze(objects(...two, block('{ cidr: 10.0.0.0/8 }')));
    const pieces = [...listPieces(connections, sideFilter('outside'), sideFilter('shop/b'))];
    expect(pieces.map(({ from }) => from.name)).toEqual([
      '0.0.0.0-9.255.255.255',
      '10.0.0.0-10.255.255.255',
      '11.0.0.0-255.255.255.255',
    ]);
  });

  test('a range that two lines share but for its place stays two', () => {
    const rule =
      '{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 80 }] }, { from: [{ ipBlock: { cidr: 10.0.0.0/9 } }], ports: [{ port: 81 }] }, { from: [{ ipBlock: { cidr: 12.0.0.0/8 } }], ports: [{ port: 80 }] }';
    const p = policy('shop/p', `{ podSelector: { matchLabels: { app: a } }, ingress: [${rule}] }`);
    expect(lines([...two, p], 'outside', 'shop/a')).toEqual([
      '0.0.0.0-9.255.255.255 => shop/a[Pod]: none',
      '10.0.0.0-10.127.255.255 => shop/a[Pod]: TCP 80-81',
      '10.128.0.0-10.255.255.255 => shop/a[Pod]: TCP 80',
      '11.0.0.0-11.255.255.255 => shop/a[Pod]: none',
      '12.0.0.0-12.255.255.255 => shop/a[Pod]: TCP 80',
      '13.0.0.0-255.255.255.255 => shop/a[Pod]: none',
    ]);
  });

  test('IPv6 is there when a policy or an address speaks of it, and never joined with IPv4', () => {
    const six = '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
    expect(
      lines([...two, pod('shop/c', 'app: c', { ips: ['fd00::1'] })], 'shop/c', 'outside'),
    ).toEqual([`shop/c[Pod] => ${everything4}: all`, `shop/c[Pod] => ${six}: all`]);
    expect(lines([...two, block('{ cidr: "fd00::/8" }')], 'outside', 'shop/b')).toEqual([
      `${everything4} => shop/b[Pod]: all`,
      `${six} => shop/b[Pod]: all`,
    ]);
  });

  const node =
    'apiVersion: v1\nkind: Node\nmetadata: { name: one }\nstatus: { addresses: [{ type: InternalIP, address: 10.0.0.1 }] }';

  test('neighbours that differ in what is left open are two lines', () => {
    const deny = policy('shop/p', '{ podSelector: { matchLabels: { app: a } } }');
    expect(lines([...two, node, deny], 'outside', 'shop/a')).toEqual([
      '0.0.0.0-10.0.0.0 => shop/a[Pod]: none',
      '10.0.0.1 => shop/a[Pod]: none, maybe all',
      '10.0.0.2-255.255.255.255 => shop/a[Pod]: none',
    ]);
  });

  test('only ranges that touch, of one family, are put together', () => {
    const { connections } = analyze(
      objects(...two),
      {},
      ['0.0.0.0/29', '0.0.0.16/29', '::8/125'].map(parseCidr),
    );
    const some = ['0.0.0.0-0.0.0.7', '0.0.0.16-0.0.0.23', '::8-::f'];
    const found = [
      ...listConnections(connections, ({ name }) => some.includes(name), sideFilter('shop/a')),
    ];
    expect(found.map(({ from }) => from.name)).toEqual(some);
    const next = ['0.0.0.0-0.0.0.7', '::8-::f'];
    const across = [
      ...listConnections(connections, ({ name }) => next.includes(name), sideFilter('shop/a')),
    ];
    expect(across.map(({ from }) => from.name)).toEqual(next);
  });

  test('all sides: endpoints by name, then ranges in order', () => {
    const { connections } = analyze(objects(...two), {}, [parseCidr('10.0.0.0/8')]);
    expect(sidesOf(connections).map(({ name }) => name)).toEqual([
      'shop/a[Pod]',
      'shop/b[Pod]',
      '0.0.0.0-9.255.255.255',
      '10.0.0.0-10.255.255.255',
      '11.0.0.0-255.255.255.255',
    ]);
  });
});

describe('classes of endpoints', () => {
  const classes = (...manifests: string[]) => {
    const { connections } = analyze(objects(...manifests));
    return connections.parties.flatMap(({ endpoints }) =>
      endpoints.length ? [endpoints.map(({ name }) => name).join('+')] : [],
    );
  };
  const same = 'app: same, tier: one';

  test('endpoints that no policy can tell apart are one, in whatever order their labels stand', () => {
    expect(
      classes(
        pod('shop/a', same),
        pod('shop/b', 'tier: one, app: same'),
        pod('shop/c', same, { ips: ['10.0.0.1'] }),
      ),
    ).toEqual(['a+b+c']);
  });

  test.each([
    ['labels', pod('shop/b', 'app: same')],
    ['namespace', pod('lab/b', same)],
    ['named ports', pod('shop/b', same, { ports: ['name: http, containerPort: 80'] })],
    ['hostNetwork', pod('shop/b', same, { hostNetwork: true })],
    ['service account', pod('shop/b', same).replace('spec: {', 'spec: { serviceAccountName: bot,')],
  ])('they differ by %s', (_, other) => {
    expect(classes(pod('shop/a', same), other)).toEqual(['a', 'b']);
  });

  test('not by ports without a name, nor by their order', () => {
    const ports = ['name: a, containerPort: 1', 'name: b, containerPort: 2'];
    expect(
      classes(
        pod('shop/a', same, { ports }),
        pod('shop/b', same, { ports: [...ports].reverse() }),
        pod('shop/c', same, { ports: [...ports, 'containerPort: 3'] }),
      ),
    ).toEqual(['a+b+c']);
  });

  test('by their addresses only as far as policies cut them', () => {
    const at = (name: string, ...ips: string[]) => pod(`shop/${name}`, same, { ips });
    const cutter = policy(
      'shop/p',
      '{ podSelector: { matchLabels: { no: body } }, ingress: [{ from: [{ ipBlock: { cidr: 10.1.0.0/16 } }] }] }',
    );
    expect(
      classes(
        at('a', '10.1.0.1'),
        at('b', '10.1.9.9'),
        at('c', '10.2.0.1'),
        at('d', '10.3.0.1', '10.4.0.1'),
        at('e'),
        cutter,
      ),
    ).toEqual(['a+b', 'c+d', 'e']);
  });

  test('members of one class ask for themselves', () => {
    const q = ask([
      pod('shop/a', same),
      pod('shop/b', same),
      policy('shop/p', '{ ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 1 }] }] }'),
    ]);
    expect([q('shop/a', 'shop/b'), q('shop/b', 'shop/a')]).toEqual(['TCP 1', 'TCP 1']);
  });
});

describe('asking', () => {
  test('an endpoint of another cluster is an error', () => {
    const one = analyze(objects(pod('shop/a')));
    const other = analyze(objects(pod('shop/a')));
    const [stranger] = other.cluster.endpoints;
    expect(() => stranger && one.connections.partyOf(stranger)).toThrow(
      'shop/a[Pod] is not of this cluster',
    );
  });

  test('the parties in a range are those it touches, of its family', () => {
    const { connections } = analyze(
      objects(pod('shop/a')),
      {},
      ['10.0.0.0/8', 'fd00::/8'].map(parseCidr),
    );
    const names = (cidr: string) =>
      connections
        .partiesIn(parseCidr(cidr))
        .flatMap(({ peer }) => (peer.type === 'range' ? [formatRange(peer.range)] : []));
    expect(names('10.0.0.0/8')).toEqual(['10.0.0.0-10.255.255.255']);
    expect(names('10.255.255.255/32')).toEqual(['10.0.0.0-10.255.255.255']);
    expect(names('10.0.0.0/7')).toEqual(['10.0.0.0-10.255.255.255', '11.0.0.0-255.255.255.255']);
    expect(names('fd00::/8')).toEqual(['fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
  });

  test('the reasons name policy, rule, file and line; of a side outside there are none', () => {
    const q = ask([
      ...shop,
      policy('shop/deny', '{ policyTypes: [Ingress, Egress] }'),
      policy(
        'shop/in',
        '{ podSelector: { matchLabels: { app: api } }, ingress: [{ ports: [{ port: 80 }] }] }',
      ),
    ]);
    expect(q.why('lab/web', 'shop/api')).toEqual([
      'egress all allowed: no policy selects this side',
      expect.stringMatching(
        /^ingress TCP 80 allowed by NetworkPolicy shop\/in spec\.ingress\[0\] \(all\.yaml:\d+\)$/,
      ),
      expect.stringMatching(
        /^ingress TCP 1-79,81-65535; UDP all; SCTP all denied because no rule matches in NetworkPolicy shop\/deny \(all\.yaml:\d+\), NetworkPolicy shop\/in \(all\.yaml:\d+\)$/,
      ),
    ]);
    expect(q.why('192.0.2.1', 'shop/api').filter((line) => line.startsWith('egress'))).toEqual([]);
    expect(q.why('shop/api', '192.0.2.1')).toEqual([
      expect.stringMatching(/^egress all denied because/),
    ]);
  });
});

describe('the difference', () => {
  const changes = (before: string[], after: string[]) =>
    compare(objects(...before), objects(...after)).changes.map(
      ({ from, to, opened, closed }) => `${from.name} => ${to.name} +${opened} -${closed}`,
    );
  const deny = policy('shop/p', '{ podSelector: { matchLabels: { app: a } } }');
  const open = (ports: string) =>
    policy(
      'shop/p',
      `{ podSelector: { matchLabels: { app: a } }, ingress: [{ ports: [${ports}] }] }`,
    );

  test('what opens and what closes, of one pair', () => {
    expect(
      changes(
        [...two, open('{ port: 80 }, { port: 81 }')],
        [...two, open('{ port: 81 }, { port: 82 }')],
      ),
    ).toEqual([
      'shop/b[Pod] => shop/a[Pod] +TCP 82 -TCP 80',
      `${everything4} => shop/a[Pod] +TCP 82 -TCP 80`,
    ]);
  });

  test('both sides are cut alike, and what changes alike is joined again', () => {
    const block = policy(
      'shop/q',
      '{ podSelector: { matchLabels: { app: a } }, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }] }] }',
    );
    expect(changes([...two, deny], [...two, deny, block])).toEqual([
      '10.0.0.0-10.0.255.255 => shop/a[Pod] +all -none',
      '10.2.0.0-10.255.255.255 => shop/a[Pod] +all -none',
    ]);
    expect(changes([...two, deny, block], two)).toEqual([
      'shop/b[Pod] => shop/a[Pod] +all -none',
      '0.0.0.0-9.255.255.255 => shop/a[Pod] +all -none',
      '10.1.0.0-10.1.255.255 => shop/a[Pod] +all -none',
      '11.0.0.0-255.255.255.255 => shop/a[Pod] +all -none',
    ]);
  });

  test('neighbours are joined only if they open and close alike', () => {
    const at = (name: string, cidr: string, port: number) =>
      policy(
        `shop/${name}`,
        `{ podSelector: { matchLabels: { app: a } }, ingress: [{ from: [{ ipBlock: { cidr: ${cidr} } }], ports: [{ port: ${port} }] }] }`,
      );
    expect(
      changes(
        [...two, deny, at('q', '10.0.0.0/9', 7)],
        [
          ...two,
          deny,
          at('r', '10.0.0.0/8', 8),
          at('s', '12.0.0.0/8', 9),
          at('t', '13.0.0.0/8', 9),
        ],
      ),
    ).toEqual([
      '10.0.0.0-10.127.255.255 => shop/a[Pod] +TCP 8 -TCP 7',
      '10.128.0.0-10.255.255.255 => shop/a[Pod] +TCP 8 -none',
      '12.0.0.0-13.255.255.255 => shop/a[Pod] +TCP 9 -none',
    ]);
  });

  test('an endpoint that comes opens its connections, one that goes closes them', () => {
    expect(
      changes(two, [...two, pod('shop/c')]).filter((line) => line.startsWith('shop/c')),
    ).toEqual([
      'shop/c[Pod] => shop/a[Pod] +all -none',
      'shop/c[Pod] => shop/b[Pod] +all -none',
      `shop/c[Pod] => ${everything4} +all -none`,
    ]);
    expect(
      changes([...two, pod('shop/c')], two).filter((line) => line.startsWith('shop/c')),
    ).toEqual([
      'shop/c[Pod] => shop/a[Pod] +none -all',
      'shop/c[Pod] => shop/b[Pod] +none -all',
      `shop/c[Pod] => ${everything4} +none -all`,
    ]);
  });

  test('addresses that only one side knows are no change', () => {
    const known = [
      namespace('shop'),
      pod('shop/b', 'app: b', { ips: ['10.0.0.1', 'fd00::1'] }),
      pod('shop/a'),
    ];
    expect(changes(two, known)).toEqual([]);
    expect(changes(known, two)).toEqual([]);
  });

  test('what is only left open is not open', () => {
    const host = [...two, pod('shop/h', 'app: h', { hostNetwork: true })];
    const all = policy('shop/all', '{ podSelector: {}, policyTypes: [Ingress] }');
    expect(changes([...host, all], host).filter((line) => line.includes('=> shop/h'))).toEqual([
      'shop/a[Pod] => shop/h[Pod] +all -none',
      'shop/b[Pod] => shop/h[Pod] +all -none',
      `${everything4} => shop/h[Pod] +all -none`,
    ]);
  });
});
