import { describe, expect, test } from 'vitest';
import { ask, gnp, np, pod } from './world.ts';

const api = `selector: "app == 'api'"`;
/** A policy for api with one ingress rule that allows. */
const into = (rule: string) => np('p', `{ ${api}, ingress: [{ action: Allow, ${rule} }] }`);
const out = (rule: string) =>
  np('p', `{ ${api}, types: [Egress], egress: [{ action: Allow, ${rule} }] }`);
const globally = (rule: string) =>
  gnp('p', `{ ${api}, types: [Ingress], ingress: [{ action: Allow, ${rule} }] }`);
const set = (kind: string, name: string, labels: string, nets: string, namespace = 'shop') =>
  `apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: ${name}, ${kind === 'NetworkSet' ? `namespace: ${namespace}, ` : ''}labels: ${labels} }
spec: { nets: ${nets} }`;

/** Which of these may reach api at all. */
function admitted(manifests: string[], options = {}) {
  const q = ask(manifests, options);
  const sides = ['shop/web', 'shop/db', 'ops/mon', '203.0.113.7', '198.51.100.9'];
  return sides.filter((side) => q.from(side).to('shop/api') === 'all');
}
const everybody = ['shop/web', 'shop/db', 'ops/mon', '203.0.113.7', '198.51.100.9'];

describe('selectors in rules (updateprocessors/rules.go, GetEntityRuleSelector)', () => {
  test('a rule that names nobody means everybody, outside included', () => {
    expect(admitted([into('source: {}')])).toEqual(everybody);
  });

  test('in a NetworkPolicy, a selector means the own namespace', () => {
    expect(admitted([into('source: { selector: all() }')])).toEqual(['shop/web', 'shop/db']);
    expect(admitted([into(`source: { selector: "app in {'web', 'mon'}" }`)])).toEqual(['shop/web']);
  });

  test('in a GlobalNetworkPolicy, all namespaces', () => {
    const rule = `source: { selector: "app in {'web', 'mon'}" }`;
    expect(admitted([globally(rule)])).toEqual(['shop/web', 'ops/mon']);
  });

  test('with namespaceSelector, in both kinds, the namespaces it selects', () => {
    const rule = `source: { namespaceSelector: "team == 'red'", selector: "has(app)" }`;
    expect(admitted([into(rule)])).toEqual(['ops/mon']);
    expect(admitted([globally(rule)])).toEqual(['ops/mon']);
    const both = `source: { namespaceSelector: "team == 'red'", selector: "app == 'web'" }`;
    expect(admitted([into(both)])).toEqual([]);
  });

  test('namespaceSelector: all() means Pods of all namespaces, and nothing outside of them', () => {
    const sets = [
      set('NetworkSet', 'a', '{}', '[203.0.113.0/24]'),
      set('GlobalNetworkSet', 'b', '{}', '[198.51.100.0/24]'),
    ];
    expect(admitted([into('source: { namespaceSelector: all() }'), ...sets])).toEqual([
      'shop/web',
      'shop/db',
      'ops/mon',
      '203.0.113.7',
    ]);
  });

  test('namespaceSelector: global() means what is in no namespace', () => {
    const sets = [
      set('NetworkSet', 'a', '{}', '[203.0.113.0/24]'),
      set('GlobalNetworkSet', 'b', '{}', '[198.51.100.0/24]'),
    ];
    const rule = 'source: { namespaceSelector: global() }';
    expect(admitted([into(rule), ...sets])).toEqual(['198.51.100.9']);
  });

  test('a selector means Pods by their own labels, a namespaceSelector by those of the namespace', () => {
    expect(admitted([globally(`source: { selector: "team == 'red'" }`)])).toEqual([]);
  });

  // API reference, EntityRule.selector: the two kinds of negation.
  test('!has() in selector means Calico endpoints without the label', () => {
    expect(admitted([globally('source: { selector: "!has(tier)" }')])).toEqual([
      'shop/db',
      'ops/mon',
    ]);
  });

  test('notSelector alone in a GlobalNetworkPolicy also means everything outside', () => {
    expect(admitted([globally('source: { notSelector: has(tier) }')])).toEqual([
      'shop/db',
      'ops/mon',
      '203.0.113.7',
      '198.51.100.9',
    ]);
  });

  test('notSelector alone in a NetworkPolicy means the rest of its namespace', () => {
    expect(admitted([into('source: { notSelector: has(tier) }')])).toEqual(['shop/db']);
  });

  test('notSelector takes from what selector selects', () => {
    const rule = `source: { selector: has(app), notSelector: "app == 'web'" }`;
    expect(admitted([globally(rule)])).toEqual(['shop/db', 'ops/mon']);
  });

  test('serviceAccounts: names and selector are ANDed, and mean the own namespace', () => {
    const account = (namespace: string, name: string, labels: string) =>
      `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: ${namespace}, labels: ${labels} }`;
    const given = [account('shop', 'default', '{ a: b }'), account('ops', 'default', '{ a: b }')];
    const by = (accounts: string) =>
      admitted([...given, into(`source: { serviceAccounts: ${accounts} }`)]);
    expect(by('{ names: [default] }')).toEqual(['shop/web', 'shop/db']);
    expect(by('{ names: [other, default], selector: has(a) }')).toEqual(['shop/web', 'shop/db']);
    expect(by('{ names: [default], selector: "!has(a)" }')).toEqual([]);
    expect(by('{ names: [other] }')).toEqual([]);
    expect(by('{}')).toEqual(everybody);
    expect(
      admitted([...given, globally('source: { serviceAccounts: { names: [default] } }')]),
    ).toEqual(['shop/web', 'shop/db', 'ops/mon']);
  });
});

describe('NetworkSets', () => {
  const partner = (kind: string, namespace?: string) =>
    set(kind, 'partner', '{ role: partner }', '[203.0.113.0/24]', namespace);
  const role = `selector: "role == 'partner'"`;

  test('a selector means the nets of those it selects', () => {
    expect(admitted([partner('GlobalNetworkSet'), globally(`source: { ${role} }`)])).toEqual([
      '203.0.113.7',
    ]);
  });

  test('a NetworkPolicy means those of its namespace only', () => {
    expect(admitted([partner('NetworkSet'), into(`source: { ${role} }`)])).toEqual(['203.0.113.7']);
    expect(admitted([partner('NetworkSet', 'ops'), into(`source: { ${role} }`)])).toEqual([]);
    expect(admitted([partner('GlobalNetworkSet'), into(`source: { ${role} }`)])).toEqual([]);
    const global = `source: { namespaceSelector: global(), ${role} }`;
    expect(admitted([partner('GlobalNetworkSet'), into(global)])).toEqual(['203.0.113.7']);
  });

  // updateprocessors/networksetprocessor.go: it inherits the labels of its namespace.
  test('a namespaceSelector means NetworkSets by the labels of their namespace', () => {
    const rule = `source: { namespaceSelector: "team == 'red'", ${role} }`;
    expect(admitted([partner('NetworkSet', 'ops'), into(rule)])).toEqual(['203.0.113.7']);
    expect(admitted([partner('NetworkSet', 'shop'), into(rule)])).toEqual([]);
  });

  test('a NetworkSet without a namespace is in default, not in none', () => {
    const unnamed = `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: { name: s, labels: { role: partner } }
spec: { nets: [203.0.113.0/24] }`;
    expect(admitted([unnamed, into(`source: { namespaceSelector: global(), ${role} }`)])).toEqual(
      [],
    );
    const named = `source: { namespaceSelector: "projectcalico.org/name == 'default'" }`;
    expect(admitted([unnamed, into(named)])).toEqual(['203.0.113.7']);
  });

  test('nets match Pods whose address lies inside, as rules see addresses', () => {
    const pods = set('GlobalNetworkSet', 'pods', '{ role: partner }', '[10.2.0.0/16]');
    expect(admitted([pods, globally(`source: { ${role} }`)])).toEqual(['ops/mon']);
    expect(admitted([pods, globally(`source: { ${role} }`)], { blocksMatchPods: false })).toEqual(
      [],
    );
  });

  test('notSelector excludes the nets too', () => {
    expect(
      admitted([
        partner('GlobalNetworkSet'),
        globally(`source: { notSelector: "role == 'partner'" }`),
      ]),
    ).toEqual(everybody.filter((side) => side !== '203.0.113.7'));
  });

  test('all() in a GlobalNetworkPolicy means Pods and all sets, but not what is in none', () => {
    expect(admitted([partner('NetworkSet'), globally('source: { selector: all() }')])).toEqual([
      'shop/web',
      'shop/db',
      'ops/mon',
      '203.0.113.7',
    ]);
  });

  test('a bare address and bits behind the prefix are taken (API reference, NetworkSetSpec.nets)', () => {
    const one = set('GlobalNetworkSet', 's', '{ role: partner }', '[203.0.113.7, 198.51.100.1/24]');
    expect(admitted([one, globally(`source: { ${role} }`)])).toEqual([
      '203.0.113.7',
      '198.51.100.9',
    ]);
  });

  test('a set with an impossible net is left out, with one line', () => {
    const bad = set('GlobalNetworkSet', 's', '{ role: partner }', '[203.0.113.0/24, 1.2.3.4/40]');
    const q = ask([bad, globally(`source: { ${role} }`)]);
    expect(q.messages).toEqual([
      '1.2.3.4/40: a prefix of IPv4 has at most 32 bits; GlobalNetworkSet s is left out',
    ]);
    expect(q.from('203.0.113.7').to('shop/api')).toBe('none');
  });
});

describe('nets and notNets', () => {
  test('nets match outside addresses, and Pods by their address', () => {
    expect(admitted([into('source: { nets: [203.0.113.0/24, 10.2.0.0/16] }')])).toEqual([
      'ops/mon',
      '203.0.113.7',
    ]);
    expect(admitted([into('source: { nets: [10.2.0.0/16] }')], { blocksMatchPods: false })).toEqual(
      [],
    );
  });

  test('notNets exclude; both must hold', () => {
    expect(admitted([into('source: { notNets: [10.0.0.0/8] }')])).toEqual([
      '203.0.113.7',
      '198.51.100.9',
    ]);
    expect(admitted([into('source: { nets: [10.0.0.0/8], notNets: [10.2.0.0/16] }')])).toEqual([
      'shop/web',
      'shop/db',
    ]);
  });

  test('for egress, ranges of the destination are told apart', () => {
    const q = ask([out('destination: { nets: [203.0.113.0/24], notNets: [203.0.113.128/25] }')]);
    expect(q.from('shop/api').to('203.0.113.7')).toBe('all');
    expect(q.from('shop/api').to('203.0.113.200')).toBe('none');
    expect(q.from('shop/api').to('203.0.114.7')).toBe('none');
  });

  test('nets and selector must both hold', () => {
    expect(
      admitted([into('source: { nets: [10.1.0.3/32, 10.2.0.1/32], selector: all() }')]),
    ).toEqual(['shop/db']);
  });

  test('nets do not widen a NetworkPolicy to its namespace: they select nothing', () => {
    expect(admitted([into('source: { nets: [10.2.0.0/16] }')])).toEqual(['ops/mon']);
  });

  test('a Pod whose address is not known lies in no range', () => {
    const q = (rule: string) =>
      ask([pod('ops', 'new'), into(rule)])
        .from('ops/new')
        .to('shop/api');
    expect(q('source: { nets: [0.0.0.0/0] }')).toBe('none');
    expect(q('source: { notNets: [10.0.0.0/8] }')).toBe('all');
  });

  test('a Pod with one address inside and one outside may match or not', () => {
    const two = pod('ops', 'two', { ip: '10.3.0.1 10.4.0.1' });
    const q = ask([two, into('source: { nets: [10.3.0.0/16] }')]);
    expect(q.from('ops/two').to('shop/api')).toBe('~all');
  });

  // felix/rules/policy.go, FilterRuleToIPVersion
  test('ranges of one family make the rule one of that family, exclusions too', () => {
    const six = [pod('ops', 'six', { ip: '2001:db8::1' })];
    const q = (rule: string) => ask([...six, into(rule)]);
    expect(q('source: { notNets: [10.0.0.0/8] }').from('ops/six').to('shop/api')).toBe('none');
    expect(q('source: { notNets: [10.0.0.0/8] }').from('2001:db8::9').to('shop/api')).toBe('none');
    expect(q('source: {}').from('ops/six').to('shop/api')).toBe('all');
  });
});

describe('ipVersion', () => {
  const six = pod('ops', 'six', { ip: '2001:db8::1' });
  const dual = pod('ops', 'dual', { ip: '10.9.0.1 2001:db8::2' });
  const api6 = pod('shop', 'api6', { labels: '{ app: api }', ip: '10.1.0.9 2001:db8::3' });
  const q = ask([six, dual, api6, into('ipVersion: 6')]);

  test('a rule for IPv6 does not match IPv4, by Pod and by address', () => {
    expect(q.from('ops/six').to('shop/api6')).toBe('all');
    expect(q.from('ops/mon').to('shop/api6')).toBe('none');
    expect(q.from('2001:db8::99').to('shop/api6')).toBe('all');
    expect(q.from('192.0.2.1').to('shop/api6')).toBe('none');
  });

  test('of a dual-stack Pod, some connections match', () => {
    expect(q.from('ops/dual').to('shop/api6')).toBe('~all');
  });

  test('a Pod without an address of the family has no connections of it', () => {
    expect(q.from('ops/six').to('shop/api')).toBe('none');
  });

  test('addresses are told apart by family even when no rule names a range', () => {
    expect(
      ask([six, into('ipVersion: 4')])
        .from('ops/six')
        .to('shop/api'),
    ).toBe('none');
  });
});

describe('both sides of a rule count (API reference, Rule)', () => {
  test('destination.selector of an ingress rule narrows whom the rule is for', () => {
    const q = ask([
      np('p', `{ ingress: [{ action: Allow, destination: { selector: "app == 'db'" } }] }`),
    ]);
    expect(q.from('ops/mon').to('shop/db')).toBe('all');
    expect(q.from('ops/mon').to('shop/api')).toBe('none');
  });

  test('source.selector of an egress rule too', () => {
    const q = ask([
      gnp(
        'p',
        `{ egress: [{ action: Deny, source: { selector: "app == 'web'" } }, { action: Allow }] }`,
      ),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('none');
    expect(q.from('shop/db').to('shop/api')).toBe('all');
  });

  test('source and destination must both match', () => {
    const rule = `{ action: Allow, source: { selector: "app == 'web'" }, destination: { selector: "app == 'db'" } }`;
    const q = ask([np('p', `{ ingress: [${rule}] }`)]);
    expect(q.from('shop/web').to('shop/db')).toBe('all');
    expect(q.from('shop/web').to('shop/api')).toBe('none');
    expect(q.from('shop/api').to('shop/db')).toBe('none');
  });

  test('destination.nets of an ingress rule mean the address of the Pod itself', () => {
    const q = ask([
      np('p', '{ ingress: [{ action: Allow, destination: { nets: [10.1.0.3/32] } }] }'),
    ]);
    expect(q.from('ops/mon').to('shop/db')).toBe('all');
    expect(q.from('ops/mon').to('shop/api')).toBe('none');
  });

  test('where only some addresses of a workload are meant, the answer is open', () => {
    const two = pod('shop', 'two', { ip: '10.3.0.1 10.4.0.1' });
    const q = ask([
      two,
      np('p', '{ ingress: [{ action: Allow, destination: { nets: [10.3.0.0/16] } }] }'),
    ]);
    expect(q.from('ops/mon').to('shop/two')).toBe('~all');
  });

  test('Pods that a policy selects alike keep their own rules apart', () => {
    const rules = `{ action: Allow, protocol: TCP, destination: { selector: "app == 'web'" } },
      { action: Allow, protocol: UDP, destination: { selector: "app == 'db'" } }`;
    const q = ask([np('p', `{ ingress: [${rules}] }`)]);
    expect(q.from('ops/mon').to('shop/web')).toBe('TCP all');
    expect(q.from('ops/mon').to('shop/db')).toBe('UDP all');
    expect(q.from('ops/mon').to('shop/api')).toBe('none');
  });
});

describe('protocols and ports', () => {
  const ports = (rule: string) =>
    ask([into(rule)])
      .from('shop/web')
      .to('shop/api');

  test.each([
    ['protocol: TCP', 'TCP all'],
    ['protocol: UDP', 'UDP all'],
    ['protocol: SCTP', 'SCTP all'],
    ['protocol: 6', 'TCP all'],
    ['protocol: 17', 'UDP all'],
    ['protocol: 132', 'SCTP all'],
    ['protocol: ICMP', 'none'],
    ['protocol: UDPLite', 'none'],
    ['protocol: 47', 'none'],
    ['notProtocol: TCP', 'UDP all; SCTP all'],
    ['notProtocol: ICMP', 'all'],
    ['protocol: TCP, notProtocol: UDP', 'TCP all'],
    ['protocol: ICMP, icmp: { type: 8 }', 'none'],
    ['protocol: ICMPv6, notICMP: { type: 8 }', 'none'],
  ])('%s means %s', (rule, expected) => {
    expect(ports(rule)).toBe(expected);
  });

  test('ports are numbers, ranges with both ends, and names, in one list', () => {
    const list = 'protocol: TCP, destination: { ports: [80, "90:92", http, "443"] }';
    expect(ports(list)).toBe('TCP 80,90-92,443,8080');
  });

  test('notPorts are taken away', () => {
    expect(ports('protocol: TCP, destination: { notPorts: ["2:65535"] }')).toBe('TCP 1');
    const both = 'protocol: TCP, destination: { ports: ["8080:8082"], notPorts: [http, 8082] }';
    expect(ports(both)).toBe('TCP 8081');
  });

  test('a name needs the protocol of the rule', () => {
    expect(ports('protocol: UDP, destination: { ports: [http] }')).toBe('none');
    expect(ports('protocol: UDP, destination: { ports: [dns] }')).toBe('UDP 5353');
  });

  // projectcalico/calico pull request 11916: without a protocol, that of the Pod's port.
  test('without a protocol, a name has the protocol that the Pod gives it', () => {
    expect(ports('destination: { ports: [http, dns] }')).toBe('TCP 8080; UDP 5353');
  });

  test('a name is looked up where the connection ends, for egress too', () => {
    const q = ask([out('protocol: TCP, destination: { ports: [http] }')]);
    expect(q.from('shop/api').to('shop/db')).toBe('TCP 8080');
    expect(q.from('shop/api').to('192.0.2.1')).toBe('none');
  });

  test('a port of the source is known only when somebody connects', () => {
    const rule = 'protocol: TCP, source: { ports: [53, "100:200"] }, destination: { ports: [80] }';
    const q = ask([into(rule)]);
    expect(q.from('shop/web').to('shop/api')).toBe('?TCP 80');
    expect(q.condition('shop/web', 'shop/api')).toBe('the source port is 53 or 100-200');
    const not = ask([into('protocol: TCP, source: { notPorts: [53] }')]);
    expect(not.condition('shop/web', 'shop/api')).toBe('the source port is not 53');
  });

  test('a Deny by source port leaves open what would be allowed', () => {
    const q = ask([
      np(
        'p',
        `{ ${api}, ingress: [{ action: Deny, protocol: TCP, source: { ports: [53] } }, { action: Allow, protocol: UDP },
          { action: Allow, protocol: TCP, destination: { ports: [80] } }] }`,
      ),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('UDP all ~TCP 80');
  });

  test('a Pass by source port may lead to either', () => {
    const pass = '{ action: Pass, protocol: TCP, source: { ports: [53] } }';
    const baseline = gnp('b', `{ ${api}, tier: kube-baseline, ingress: [{ action: Deny }] }`);
    const allow = '{ action: Allow }';
    const q = ask([np('p', `{ ${api}, ingress: [${pass}, ${allow}] }`), baseline]);
    expect(q.from('shop/web').to('shop/api')).toBe('UDP all; SCTP all ~TCP all');
  });

  test('notICMP without a protocol is open: the API does not say what it means for TCP', () => {
    expect(ports('notICMP: { type: 8 }')).toBe('~all');
  });
});

describe('services (API reference, ServiceMatch; guide "Use service rules in policy")', () => {
  const service = (name: string, spec: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}`;
  const db = service(
    'db',
    '{ selector: { app: db }, ports: [{ port: 80, targetPort: http }, { port: 53, protocol: UDP, targetPort: 5353 }] }',
  );

  test('as a destination: its Pods, and the ports of the Pods', () => {
    const q = ask([db, out('destination: { services: { name: db } }')]);
    expect(q.from('shop/api').to('shop/db')).toBe('TCP 8080; UDP 5353');
    expect(q.from('shop/api').to('shop/web')).toBe('none');
    expect(q.from('shop/api').to('192.0.2.1')).toBe('none');
  });

  test('a named targetPort has the protocol of the Service', () => {
    const udp = db.replace(
      '{ port: 80, targetPort: http }',
      '{ port: 80, protocol: UDP, targetPort: http }',
    );
    const q = ask([udp, out('destination: { services: { name: db } }')]);
    expect(q.from('shop/api').to('shop/db')).toBe('UDP 5353');
  });

  test('a Pod on the network of its node serves with the address of the node', () => {
    const host = pod('shop', 'host', { labels: '{ app: db }', more: 'hostNetwork: true' });
    const q = ask([db, host, into('source: { services: { name: db } }')]);
    expect(q.from('shop/host').to('shop/api')).toBe('~all');
    const egress = ask([db, host, out('destination: { services: { name: db } }')]);
    expect(egress.from('shop/api').to('shop/host')).toBe('~TCP 8080; UDP 5353');
  });

  test('the protocol of the rule counts besides', () => {
    const q = ask([
      db,
      out('protocol: UDP, destination: { services: { name: db, namespace: shop } }'),
    ]);
    expect(q.from('shop/api').to('shop/db')).toBe('UDP 5353');
  });

  test('as a source: its Pods, whatever their ports', () => {
    expect(admitted([db, into('source: { services: { name: db } }')])).toEqual(['shop/db']);
  });

  test('a Service that does not exist has no Pods', () => {
    expect(admitted([into('source: { services: { name: db } }')])).toEqual([]);
  });

  test('where a Service without a selector leads is not known', () => {
    const q = ask([
      service('ext', '{ ports: [{ port: 443 }] }'),
      out('destination: { services: { name: ext } }'),
    ]);
    expect(q.from('shop/api').to('192.0.2.1')).toBe('~TCP 443');
    expect(q.from('shop/api').to('shop/db')).toBe('none');
  });

  test('the Service of the API server exists without being written', () => {
    const q = ask([out('destination: { services: { name: kubernetes, namespace: default } }')]);
    expect(q.from('shop/api').to('192.0.2.1')).toBe('~all');
  });
});

describe('conditions', () => {
  test.each([
    [
      '{ methods: [GET, HEAD], paths: [{ exact: /cart }, { prefix: /items }] }',
      'GET or HEAD /cart or /items*',
    ],
    ['{ methods: [GET] }', 'GET'],
    ['{ paths: [{ prefix: / }] }', '/*'],
    ['{}', 'any HTTP request'],
  ])('http: %s is allowed if %s, over TCP', (http, condition) => {
    const q = ask([into(`http: ${http}`)]);
    expect(q.from('shop/web').to('shop/api')).toBe('?TCP all');
    expect(q.condition('shop/web', 'shop/api')).toBe(condition);
  });

  test('http and the source port are ANDed', () => {
    const q = ask([into('protocol: TCP, http: { methods: [GET] }, source: { ports: [53] }')]);
    expect(q.condition('shop/web', 'shop/api')).toBe('the source port is 53 and GET');
  });

  test('domains are a condition for what is outside', () => {
    const q = ask([
      out('protocol: TCP, destination: { domains: ["*.example.com", a.org], ports: [443] }'),
    ]);
    expect(q.from('shop/api').to('192.0.2.1')).toBe('?TCP 443');
    expect(q.condition('shop/api', '192.0.2.1')).toBe('name is *.example.com or a.org');
    expect(q.from('shop/api').to('shop/db')).toBe('none');
  });
});

describe('what the API server refuses: the whole policy is left out, at the place that is wrong', () => {
  test.each([
    ['action: Drop', 'unknown action Drop; use Allow, Deny, Pass, Log'],
    ['protocol: TCP', 'unknown action undefined'],
    ['action: Allow, protocol: tcp', 'unknown protocol tcp; use TCP'],
    ['action: Allow, protocol: 256', '256 is not a protocol number'],
    ['action: Allow, protocol: 0', '0 is not a protocol number'],
    ['action: Allow, notProtocol: GRE', 'unknown protocol GRE'],
    ['action: Allow, destination: { ports: [80] }', 'ports need protocol TCP, UDP or SCTP'],
    ['action: Allow, destination: { ports: [80, http] }', 'ports need protocol'],
    ['action: Allow, protocol: ICMP, destination: { ports: [http] }', 'ports need protocol'],
    ['action: Allow, source: { notPorts: [80] }', 'ports need protocol'],
    ['action: Allow, protocol: TCP, destination: { ports: [0] }', '0 is not a port'],
    ['action: Allow, protocol: TCP, destination: { ports: [65536] }', '65536 is not a port'],
    ['action: Allow, protocol: TCP, destination: { ports: ["90:80"] }', '90:80 is not a port'],
    ['action: Allow, protocol: TCP, destination: { ports: ["80-90"] }', '80-90 is neither a port'],
    ['action: Allow, protocol: TCP, destination: { ports: [HTTP] }', 'HTTP is neither a port'],
    ['action: Allow, protocol: TCP, destination: { ports: [a--b] }', 'a--b is neither a port'],
    ['action: Allow, protocol: TCP, destination: { ports: [sixteen-letters0] }', 'neither a port'],
    ['action: Allow, protocol: TCP, destination: { ports: ["80,90"] }', '80,90 is neither a port'],
    ['action: Allow, protocol: TCP, destination: { notPorts: [1.5] }', '1.5 is neither a port'],
    ['action: Allow, icmp: { type: 8 }', 'icmp needs protocol ICMP or ICMPv6'],
    ['action: Allow, protocol: TCP, icmp: { type: 8 }', 'icmp needs protocol'],
    ['action: Allow, ipVersion: 5', 'ipVersion 5 is neither 4 nor 6'],
    ['action: Allow, ipVersion: 6, source: { nets: [10.0.0.0/8] }', 'does not fit the IPv4 ranges'],
    ['action: Allow, source: { nets: [10.0.0.0/8, "2001:db8::/32"] }', 'IPv4 and IPv6 ranges'],
    [
      'action: Allow, source: { nets: [10.0.0.0/8] }, destination: { notNets: ["2001:db8::/32"] }',
      'IPv4 and IPv6',
    ],
    ['action: Allow, source: { nets: [10.0.0.1] }', '10.0.0.1 is not a range'],
    ['action: Allow, source: { nets: [10.0.0.1/8] }', '10.0.0.1/8 has bits behind its prefix of 8'],
    ['action: Allow, source: { nets: [300.0.0.0/8] }', '300.0.0.0 is not an IP address'],
    ['action: Allow, source: { notNets: [0.0.0.0/0] }', 'not 0.0.0.0/0 matches nothing'],
    ['action: Allow, source: { notNets: ["::/0"] }', 'not ::/0 matches nothing'],
    ['action: Allow, source: { selector: "a = b" }', 'selector, character 3: expected =='],
    ['action: Allow, source: { selector: global() }', 'namespaceSelector of a rule'],
    ['action: Allow, source: { notSelector: "has(" }', 'expected a label'],
    ['action: Allow, source: { namespaceSelector: "global() && has(a)" }', 'global() stands alone'],
    ['action: Allow, source: { selector: 5 }', 'selector is not a text'],
    ['action: Allow, source: { serviceAccounts: { selector: "x" } }', 'expected =='],
    ['action: Allow, source: { serviceAccounts: { name: x } }', 'unknown field name'],
    ['action: Allow, source: { selectors: all() }', 'unknown field selectors'],
    ['action: Allow, sources: { selector: all() }', 'unknown field sources'],
    ['action: Allow, source: { services: {} }', 'services needs the name'],
    ['action: Allow, destination: { services: { name: a } }', 'cannot stand in the destination'],
    ['action: Allow, source: { services: { name: a }, selector: all() }', 'services and selector'],
    ['action: Allow, source: { services: { name: a }, nets: [10.0.0.0/8] }', 'services and nets'],
    [
      'action: Allow, source: { services: { name: a }, serviceAccounts: { names: [b] } }',
      'services and serviceAccounts',
    ],
    ['action: Allow, source: { domains: [a.org] }', 'domains can only stand in the destination'],
    [
      'action: Deny, http: { methods: [GET] }',
      'http can only stand in an ingress rule that allows',
    ],
    ['action: Allow, protocol: UDP, http: { methods: [GET] }', 'http needs protocol TCP'],
    ['action: Allow, http: { method: GET }', 'unknown field method'],
    ['action: Allow, http: { paths: [{ exact: /a, prefix: /b }] }', 'either exact or prefix'],
    ['action: Allow, http: { paths: [{ exact: a }] }', 'begins with /'],
  ])('ingress: [{ %s }]', (rule, message) => {
    const q = ask([np('p', `{ ${api}, ingress: [{ action: Log }, { ${rule} }] }`)]);
    expect(q.messages).toHaveLength(1);
    expect(q.messages[0]).toMatch(message);
    expect(q.messages[0]).toMatch('; NetworkPolicy shop/p is left out');
    expect(q.faults[0]).toMatchObject({ severity: 'error', rule: 'policy-left-out' });
    // Not half-applied: api is as open as without the policy.
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  test.each([
    ['destination: { services: { name: a }, ports: [80] }, protocol: TCP', 'services and ports'],
    ['source: { services: { name: a } }', 'cannot stand in the source'],
    ['http: { methods: [GET] }', 'http can only stand in an ingress rule'],
    ['destination: { domains: [a.org], nets: [10.0.0.0/8] }', 'domains and nets'],
  ])('egress: [{ %s }]', (rule, message) => {
    const q = ask([out(rule)]);
    expect(q.messages[0]).toMatch(message);
  });

  test.each([
    ['{ order: high }', 'order high is not a number'],
    ['{ types: [ingress] }', 'unknown type ingress; use Ingress or Egress'],
    ['{ types: [Ingress, Ingress] }', 'a type stands here twice'],
    ['{ selector: global() }', 'global()'],
    ['{ serviceAccountSelector: "global()" }', 'global()'],
  ])('spec: %s', (spec, message) => {
    expect(ask([np('p', spec)]).messages[0]).toMatch(message);
  });

  test.each([
    ['{ namespaceSelector: global() }', 'global()'],
    ['{ ingress: [{ action: Allow, source: { services: { name: a } } }] }', 'needs a namespace'],
  ])('spec of a GlobalNetworkPolicy: %s', (spec, message) => {
    expect(ask([gnp('p', spec)]).messages[0]).toMatch(message);
  });

  test('the place is that of the wrong value', () => {
    const text = np(
      'p',
      `\n  ${api}\n  ingress:\n    - action: Allow\n    - action: Allow\n      source:\n        nets: [10.0.0.1]`,
    );
    const q = ask([text], {}, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }');
    expect(q.faults).toMatchObject([{ line: 14, column: 16 }]);
  });

  test('a policy stored as crd.projectcalico.org/v1 is read like one of projectcalico.org/v3', () => {
    const stored = into('protocol: TCP').replace(
      'projectcalico.org/v3',
      'crd.projectcalico.org/v1',
    );
    expect(ask([stored]).from('shop/web').to('shop/api')).toBe('TCP all');
  });
});

describe('warnings', () => {
  const warned = (rule: string) => ask([into(rule)]).faults.map(({ rule: id }) => id);

  test('a name of a port that no selected Pod has', () => {
    expect(warned('protocol: TCP, destination: { ports: [htpp] }')).toEqual(['port-name']);
    expect(warned('protocol: UDP, destination: { notPorts: [http] }')).toEqual(['port-name']);
    expect(
      warned('protocol: TCP, destination: { ports: [http, 80], notPorts: [metrics] }'),
    ).toEqual([]);
  });
});
