import { describe, expect, test } from 'vitest';
import { ask, pod, policy, shop } from './ask.ts';

const refuse = (spec: string) => {
  const q = ask([...shop, policy('shop/bad', spec)]);
  // Left out whole: shop is as open as without it.
  expect(q.analysis.policies.compiled).toEqual([]);
  expect(q('lab/web', 'shop/api')).toBe('all');
  expect(q('shop/api', '192.0.2.1')).toBe('all');
  return q.faults;
};
const ingress = (rules: string) =>
  `{ podSelector: {}, policyTypes: [Ingress, Egress], ingress: ${rules} }`;

describe('an invalid policy is named as left out, and nothing of it applies', () => {
  test.each([
    ['spec as a list', '[]', 'spec is not a map'],
    ['spec as a text', 'deny', 'spec is not a map'],
    [
      'a misspelt field',
      '{ podSelector: {}, ingres: [{}] }',
      'unknown field ingres; use podSelector, policyTypes, ingress, egress',
    ],
    ['podSelector as a list', '{ podSelector: [] }', 'this is not a map'],
    [
      'labels beside matchLabels',
      '{ podSelector: { app: web } }',
      'unknown field app; use matchLabels, matchExpressions',
    ],
    [
      'a number as a label',
      '{ podSelector: { matchLabels: { v: 2 } } }',
      'the label v is not a text; quote it',
    ],
    ['policyTypes as a text', '{ policyTypes: Ingress }', 'policyTypes is not a list'],
    [
      'an unknown policy type',
      '{ policyTypes: [ingress] }',
      'unknown policy type ingress; use Ingress or Egress',
    ],
    ['ingress as a map', ingress('{ from: [] }'), 'ingress is not a list'],
    ['egress as a map', '{ egress: {} }', 'egress is not a list'],
    ['a rule as a list', ingress('[[]]'), 'ingress is not a map'],
    ['a rule as a text', ingress('[all]'), 'ingress is not a map'],
    ['to in an ingress rule', ingress('[{ to: [] }]'), 'unknown field to; use from, ports'],
    ['from in an egress rule', '{ egress: [{ from: [] }] }', 'unknown field from; use to, ports'],
    ['from as a map', ingress('[{ from: { podSelector: {} } }]'), 'from is not a list'],
    ['a peer as a text', ingress('[{ from: [web] }]'), 'from is not a map'],
    [
      'a peer that is null',
      ingress('[{ from: [null] }]'),
      'this entry names nobody; write podSelector, namespaceSelector or ipBlock',
    ],
    [
      'a peer of nulls',
      ingress('[{ from: [{ podSelector: null, ipBlock: null }] }]'),
      'this entry names nobody; write podSelector, namespaceSelector or ipBlock',
    ],
    [
      'a misspelt selector',
      ingress('[{ from: [{ podselector: {} }] }]'),
      'unknown field podselector; use podSelector, namespaceSelector, ipBlock',
    ],
    [
      'ipBlock beside podSelector',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.0/8 }, podSelector: {} }] }]'),
      'ipBlock does not go together with selectors; write two entries',
    ],
    [
      'ipBlock beside namespaceSelector',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.0/8 }, namespaceSelector: {} }] }]'),
      'ipBlock does not go together with selectors; write two entries',
    ],
    [
      'a namespaceSelector that cannot be read',
      ingress(
        '[{ from: [{ namespaceSelector: { matchExpressions: [{ key: a, operator: In }] } }] }]',
      ),
      'In needs at least one value',
    ],
    ['ipBlock as a text', ingress('[{ from: [{ ipBlock: 10.0.0.0/8 }] }]'), 'ipBlock is not a map'],
    [
      'an ipBlock without cidr',
      ingress('[{ from: [{ ipBlock: {} }] }]'),
      ' is not a range like 10.0.0.0/8',
    ],
    [
      'a misspelt cidr',
      ingress('[{ from: [{ ipBlock: { CIDR: 10.0.0.0/8 } }] }]'),
      'unknown field CIDR; use cidr, except',
    ],
    [
      'an impossible prefix',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.0/33 } }] }]'),
      '10.0.0.0/33: a prefix of IPv4 has at most 32 bits',
    ],
    [
      'an impossible address',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.256/24 } }] }]'),
      '10.0.0.256 is not an IP address',
    ],
    [
      'an address without prefix',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.1 } }] }]'),
      '10.0.0.1 is not a range like 10.0.0.0/8',
    ],
    [
      'except as a text',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: 10.1.0.0/16 } }] }]'),
      'except is not a list',
    ],
    [
      'an impossible except',
      ingress('[{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1] } }] }]'),
      '10.1 is not a range like 10.0.0.0/8',
    ],
    ['ports as a map', ingress('[{ ports: { port: 80 } }]'), 'ports is not a list'],
    ['a port as a number', ingress('[{ ports: [80] }]'), 'ports is not a map'],
    [
      'a misspelt port',
      ingress('[{ ports: [{ ports: 80 }] }]'),
      'unknown field ports; use protocol, port, endPort',
    ],
    [
      'a number in quotes',
      ingress('[{ ports: [{ port: "80" }] }]'),
      '"80" is no name of a port; write the number without quotes',
    ],
    ['port 0', ingress('[{ ports: [{ port: 0 }] }]'), '0 is not a port from 1 to 65535'],
    [
      'port 65536',
      ingress('[{ ports: [{ port: 65536 }] }]'),
      '65536 is not a port from 1 to 65535',
    ],
    ['port 80.5', ingress('[{ ports: [{ port: 80.5 }] }]'), '80.5 is not a port from 1 to 65535'],
    [
      'a port as a truth value',
      ingress('[{ ports: [{ port: true }] }]'),
      'true is not a port from 1 to 65535',
    ],
    [
      'a fault behind good rules',
      ingress('[{}, { from: [{ podSelector: {} }] }, { ports: [{ port: 80 }, { port: 0 }] }]'),
      '0 is not a port from 1 to 65535',
    ],
  ])('%s', (_, spec, message) => {
    const faults = refuse(spec);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^\d+ error policy-left-out: /);
    expect(faults[0]).toContain(`: ${message}; NetworkPolicy shop/bad is left out`);
  });

  // IsValidPortName, apimachinery/pkg/util/validation
  test.each(['Http', 'A80', '80A', 'a_b', 'a--b', '-a', 'a-', 'a'.repeat(16), 'a.b'])(
    '"%s" is no name of a port',
    (name) => {
      expect(refuse(ingress(`[{ ports: [{ port: ${name} }] }]`))).toEqual([
        expect.stringContaining(`"${name}" is no name of a port; NetworkPolicy`),
      ]);
    },
  );

  test.each(['a', 'a1', '1-a', 'a'.repeat(15), 'web-2-x', 'a-bc'])('"%s" is one', (name) => {
    const named = pod('shop/named', 'app: named', { ports: [`name: ${name}, containerPort: 7`] });
    const q = ask([...shop, named, policy('shop/p', ingress(`[{ ports: [{ port: ${name} }] }]`))]);
    expect(q.faults).toEqual([]);
    expect(q('lab/web', 'shop/named')).toBe('TCP 7');
  });

  test('the place is that of the value that is wrong', () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: bad
  namespace: default
spec:
  podSelector: {}
  ingress:
    - from:
        - podSelector: {}
        - ipBlock:
            cidr: 10.0.0.0/8
            except:
              - 10.1.0.0/16
              - 11.0.0.0/8
    - ports:
        - port: 80
`;
    const place = (from: string, to: string) => {
      const [fault] = ask([text.replace(from, to)]).analysis.faults;
      return `${fault?.line}:${fault?.column}`;
    };
    expect(place('', '')).toBe('15:17');
    const good = text.replace('              - 11.0.0.0/8\n', '');
    const [none] = ask([good]).analysis.faults;
    expect(none).toBeUndefined();
    const placeIn = (from: string, to: string) => {
      const [fault] = ask([good.replace(from, to)]).analysis.faults;
      return `${fault?.line}:${fault?.column}`;
    };
    expect(placeIn('cidr: 10.0.0.0/8', 'cidr: ten')).toBe('12:13');
    expect(placeIn('podSelector: {}\n        - ip', 'podSelector: []\n        - ip')).toBe('10:11');
    expect(placeIn('port: 80', 'port: 0')).toBe('16:11');
    expect(placeIn('port: 80', 'protocol: TCP\n          port: 0')).toBe('17:11');
    expect(placeIn('port: 80', 'protocol: TCP\n          port: A')).toBe('17:11');
    expect(placeIn('port: 80', 'protocol: TCP\n          endPort: 9')).toBe('17:11');
    expect(placeIn('port: 80', 'port: a\n          endPort: 9')).toBe('17:11');
    expect(placeIn('port: 80', 'port: 80\n          end: 9')).toBe('17:11');
    const selector = '{ matchExpressions: [{ key: a, operator: X }] }';
    expect(placeIn('- podSelector: {}', `- podSelector: ${selector}`)).toBe('10:55');
    expect(placeIn('- podSelector: {}', `- namespaceSelector: ${selector}`)).toBe('10:61');
    expect(placeIn('  podSelector: {}\n', '  podSelector: {}\n  policyTypes: X\n')).toBe('8:3');
    expect(placeIn('  podSelector: {}\n', '  podSelector: {}\n  egress: X\n')).toBe('8:3');
    expect(placeIn('  podSelector: {}\n', '  podSelector: {}\n  egress: [{ to: X }]\n')).toBe(
      '8:14',
    );
    expect(placeIn('  name: bad\n', '')).toBe('3:1');
    expect(placeIn('port: 80', 'port: 80\n          endPort: 79')).toBe('17:11');
    expect(placeIn('port: 80', 'port: 80\n          protocol: X')).toBe('17:11');
    expect(
      placeIn('podSelector: {}', 'podSelector: { matchExpressions: [{ key: a, operator: X }] }'),
    ).toBe('7:47');
    expect(placeIn('podSelector: {}', 'podSelector: {}\n  policyTypes: [Ingress, X]')).toBe('8:26');
  });

  test('others are read all the same', () => {
    const q = ask([...shop, policy('shop/bad', '{ ingress: 5 }'), policy('shop/good', '{}')]);
    expect(q.faults).toHaveLength(1);
    expect(q('lab/web', 'shop/api')).toBe('none');
  });

  test('one without a name', () => {
    const q = ask([...shop, 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {}']);
    expect(q.faults).toEqual([
      expect.stringContaining('policy-left-out: it has no name; NetworkPolicy  is left out'),
    ]);
  });

  test('another kind of the same API is passed over', () => {
    const ingress = policy('shop/front', '{ rules: [] }').replace('NetworkPolicy', 'Ingress');
    const q = ask([...shop, ingress]);
    expect(q.faults).toEqual([]);
    expect(Object.fromEntries(q.analysis.policies.ignored)).toEqual({
      'networking.k8s.io/v1 Ingress': 1,
    });
  });

  test('an older version of the API is passed over and counted', () => {
    const old = policy('shop/old', '{}').replace('networking.k8s.io/v1', 'extensions/v1beta1');
    const q = ask([
      ...shop,
      old,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }',
    ]);
    expect(q('lab/web', 'shop/api')).toBe('all');
    expect(Object.fromEntries(q.analysis.policies.ignored)).toEqual({
      'extensions/v1beta1 NetworkPolicy': 1,
      'v1 ConfigMap': 2,
    });
  });
});

describe('a valid policy that nobody in this cluster can be meant by draws a warning', () => {
  const http = (port: string, more = '') =>
    policy(
      'shop/p',
      `{ podSelector: { matchLabels: { app: api } }, ingress: [{ ports: [${port}] }]${more} }`,
    );
  const nameFault = (protocol: string, name: string) =>
    expect.stringMatching(
      new RegExp(
        `^\\d+ warning port-name: none of the Pods that this rule opens has a ${protocol} port named ${name}$`,
      ),
    );

  test.each([
    ['a name that no selected Pod has', http('{ port: htp }'), [nameFault('TCP', 'htp')]],
    [
      'a name of another protocol',
      http('{ port: http, protocol: UDP }'),
      [nameFault('UDP', 'http')],
    ],
    [
      'each wrong name',
      http('{ port: http }, { port: b }, { port: 80 }, { port: c }'),
      [nameFault('TCP', 'b'), nameFault('TCP', 'c')],
    ],
    ['a name they have', http('{ port: http }'), []],
    ['a policy for nobody', http('{ port: htp }').replace('app: api', 'app: later'), []],
    [
      'egress: a name that no peer has',
      policy(
        'shop/p',
        '{ policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: http }] }] }',
      ),
      [nameFault('TCP', 'http')],
    ],
    [
      'egress: a name one peer has',
      policy(
        'shop/p',
        '{ policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }], ports: [{ port: http }] }] }',
      ),
      [],
    ],
    [
      'egress to nobody here',
      policy(
        'shop/p',
        '{ policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: http }] }] }',
      ),
      [],
    ],
  ])('%s', (_, manifest, expected) => {
    expect(ask([...shop, manifest]).faults).toEqual(expected);
  });

  test('the place is that of the name', () => {
    const text = http('{ port: 80 },\n      { port: htp }');
    const [fault] = ask([text, pod('shop/api')]).analysis.faults.filter(
      ({ rule }) => rule === 'port-name',
    );
    expect([fault?.line, fault?.column, fault?.kind, fault?.name]).toEqual([
      5,
      9,
      'NetworkPolicy',
      'p',
    ]);
  });

  const block = (cidr: string) =>
    policy(
      'shop/p',
      `{ ingress: [{ from: [{ podSelector: {} }, { ipBlock: { cidr: '${cidr}' } }] }] }`,
    );
  const four = pod('shop/four', 'app: four', { ips: ['10.0.0.1'] });
  const six = pod('shop/six', 'app: six', { ips: ['fd00::1'] });
  const node =
    "apiVersion: v1\nkind: Node\nmetadata: { name: one }\nstatus: { addresses: [{ type: InternalIP, address: '172.18.0.2' }] }";
  const service =
    "apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\nspec: { clusterIP: 'fd00:1::1' }";
  test.each([
    [
      'an IPv6 peer in an IPv4 cluster',
      [four],
      '2001:db8::/32',
      'this is an IPv6 range, but all addresses of this cluster are IPv4',
    ],
    [
      'an IPv4 peer in an IPv6 cluster',
      [six],
      '10.0.0.0/8',
      'this is an IPv4 range, but all addresses of this cluster are IPv6',
    ],
    [
      'by the addresses of nodes',
      [node],
      '2001:db8::/32',
      'this is an IPv6 range, but all addresses of this cluster are IPv4',
    ],
    [
      'by the addresses of Services',
      [service],
      '10.0.0.0/8',
      'this is an IPv4 range, but all addresses of this cluster are IPv6',
    ],
  ])('%s', (_, more, cidr, message) => {
    const { faults } = ask([...shop, ...more, block(cidr)]).analysis;
    expect(faults).toMatchObject([
      { severity: 'warning', rule: 'address-family', message, column: 62 },
    ]);
  });

  test('the place is that of the range that is meant, wherever it stands', () => {
    const two = block('10.0.0.0/8').replace(
      '[{ podSelector: {} }',
      "[null, 7, { podSelector: null }, { ipBlock: { cidr: '10.1.0.0/16' } }, { ipBlock: { cidr: '2001:db8::/32' } }",
    );
    const q = ask([...shop, four, two.replace('[null, 7, { podSelector: null }, ', '[')]);
    expect(q.analysis.faults).toMatchObject([{ rule: 'address-family', column: 79 }]);
    const nulls = block('2001:db8::/32').replace(
      'spec: {',
      'spec: { podSelector: null, egress: [{ ports: [{ port: 8 }] }],',
    );
    expect(ask([...shop, four, nulls]).analysis.faults).toMatchObject([{ rule: 'address-family' }]);
  });

  test.each([
    ['both families are there', [four, six], '2001:db8::/32'],
    ['the family is there', [four], '10.0.0.0/8'],
    ['no address is known', [], '2001:db8::/32'],
  ])('silent when %s', (_, more, cidr) => {
    expect(ask([...shop, ...more, block(cidr)]).faults).toEqual([]);
  });
});
