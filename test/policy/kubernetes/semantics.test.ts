import { describe, expect, test } from 'vitest';
import { ask, namespace, pod, policy, shop } from './ask.ts';

// Sources. Concept page: kubernetes.io/docs/concepts/services-networking/network-policies. API reference:
// NetworkPolicy v1 (staging/src/k8s.io/api/networking/v1/types.go). endPort: KEP-2079. Validation:
// pkg/apis/networking/validation/validation.go.

/** What each Pod and an outside address may open to shop/api. */
function toApi(q: ReturnType<typeof ask>) {
  return Object.fromEntries(
    ['shop/web', 'shop/db', 'lab/web', '192.0.2.1'].map((from) => [from, q(from, 'shop/api')]),
  );
}
const nobody = { 'shop/web': 'none', 'shop/db': 'none', 'lab/web': 'none', '192.0.2.1': 'none' };
const everybody = { 'shop/web': 'all', 'shop/db': 'all', 'lab/web': 'all', '192.0.2.1': 'all' };
/** A policy for api's ingress with these rules. */
const apiIngress = (rules: string) =>
  policy('shop/p', `{ podSelector: { matchLabels: { app: api } }, ingress: ${rules} }`);

describe('1. an empty podSelector selects every Pod of the policy’s own namespace (API reference, NetworkPolicySpec.podSelector)', () => {
  test.each(['{ podSelector: {} }', '{ podSelector: null }', '{}', 'null'])('%s', (spec) => {
    const q = ask([...shop, policy('shop/deny', spec)]);
    expect(toApi(q)).toEqual(nobody);
    expect(q('shop/api', 'shop/web')).toBe('none');
    expect(q('shop/api', 'lab/web')).toBe('all');
  });
});

describe('1a. a policy without a namespace is one of default (kubectl, "--namespace")', () => {
  test('it selects the Pods of default alone', () => {
    const nowhere = policy('default/p', '{}').replace(', namespace: default', '');
    const q = ask([...shop, pod('default/x'), nowhere]);
    expect([q('shop/web', 'default/x'), q('default/x', 'shop/web')]).toEqual(['none', 'all']);
  });
});

describe('2. peers with empty selectors (API reference, NetworkPolicyPeer)', () => {
  test('podSelector {} alone: all Pods of the policy’s namespace', () => {
    const q = ask([...shop, apiIngress('[{ from: [{ podSelector: {} }] }]')]);
    expect(toApi(q)).toEqual({ ...nobody, 'shop/web': 'all', 'shop/db': 'all' });
  });

  test('namespaceSelector {} alone: all Pods of all namespaces, but nobody outside', () => {
    const q = ask([...shop, apiIngress('[{ from: [{ namespaceSelector: {} }] }]')]);
    expect(toApi(q)).toEqual({ ...everybody, '192.0.2.1': 'none' });
  });
});

describe('3. one dash decides between AND and OR (concept page, "Behavior of to and from selectors")', () => {
  test('both selectors in one item: Pods app=web in namespaces team=lab', () => {
    const item =
      '{ namespaceSelector: { matchLabels: { team: lab } }, podSelector: { matchLabels: { app: web } } }';
    const q = ask([...shop, pod('lab/db'), apiIngress(`[{ from: [${item}] }]`)]);
    expect(toApi(q)).toEqual({ ...nobody, 'lab/web': 'all' });
    expect(q('lab/db', 'shop/api')).toBe('none');
  });

  test('two items: namespaces team=lab, or Pods app=web of the policy’s namespace', () => {
    const items =
      '{ namespaceSelector: { matchLabels: { team: lab } } }, { podSelector: { matchLabels: { app: web } } }';
    const q = ask([...shop, pod('lab/db'), apiIngress(`[{ from: [${items}] }]`)]);
    expect(toApi(q)).toEqual({ ...nobody, 'lab/web': 'all', 'shop/web': 'all' });
    expect(q('lab/db', 'shop/api')).toBe('all');
  });
});

describe('4. no peers means any peer (API reference, NetworkPolicyIngressRule.from)', () => {
  test.each(['[{}]', '[{ from: [] }]', '[{ from: null }]', '[null]'])('ingress: %s', (rules) => {
    expect(toApi(ask([...shop, apiIngress(rules)]))).toEqual(everybody);
  });

  test.each(['[{}]', '[{ to: [] }]', '[{ to: null }]'])('egress: %s', (rules) => {
    const q = ask([...shop, policy('shop/p', `{ policyTypes: [Egress], egress: ${rules} }`)]);
    expect(q('shop/api', 'lab/web')).toBe('all');
    expect(q('shop/api', '192.0.2.1')).toBe('all');
  });

  test('an empty peer is refused ("must specify a peer")', () => {
    const q = ask([...shop, apiIngress('[{ from: [{}] }]')]);
    expect(q.faults).toEqual([
      expect.stringMatching(
        /^\d+ error policy-left-out: this entry names nobody; .*shop\/p is left out$/,
      ),
    ]);
    expect(toApi(q)).toEqual(everybody);
  });
});

describe('5. no rules means nothing, one empty rule means everything (concept page, "Default policies")', () => {
  test.each(['[]', 'null'])('ingress: %s allows nothing', (rules) => {
    expect(toApi(ask([...shop, apiIngress(rules)]))).toEqual(nobody);
  });

  test('a missing ingress allows nothing either', () => {
    const q = ask([...shop, policy('shop/p', '{ policyTypes: [Ingress] }')]);
    expect(toApi(q)).toEqual(nobody);
  });

  test('ingress: [{}] allows everything', () => {
    expect(toApi(ask([...shop, apiIngress('[{}]')]))).toEqual(everybody);
  });
});

describe('6. no ports means all ports of all protocols (API reference, NetworkPolicyIngressRule.ports)', () => {
  test.each(['', ', ports: []', ', ports: null'])('from web%s', (ports) => {
    const q = ask([...shop, apiIngress(`[{ from: [{ podSelector: {} }]${ports} }]`)]);
    expect(q('shop/web', 'shop/api')).toBe('all');
  });
});

describe('7. protocol and port each have their own default (API reference, NetworkPolicyPort)', () => {
  test.each([
    ['{ port: 80 }', 'TCP 80'],
    ['{ port: 80, protocol: null }', 'TCP 80'],
    ['{ protocol: UDP }', 'UDP all'],
    ['{ protocol: UDP, port: null }', 'UDP all'],
    ['{}', 'TCP all'],
    ['null', 'TCP all'],
  ])('%s is %s', (port, expected) => {
    const q = ask([...shop, apiIngress(`[{ ports: [${port}] }]`)]);
    expect(q('shop/web', 'shop/api')).toBe(expected);
  });
});

describe('8. endPort (KEP-2079; ValidateNetworkPolicyPort)', () => {
  test.each([
    ['{ port: 8000, endPort: 8080 }', 'TCP 8000-8080'],
    ['{ port: 8000, endPort: 8000 }', 'TCP 8000'],
    ['{ port: 8000, endPort: null }', 'TCP 8000'],
    ['{ port: 1, endPort: 65535, protocol: SCTP }', 'SCTP all'],
  ])('%s is inclusive: %s', (port, expected) => {
    const q = ask([...shop, apiIngress(`[{ ports: [${port}] }]`)]);
    expect(q('shop/web', 'shop/api')).toBe(expected);
  });

  test.each([
    ['{ endPort: 90 }', 'endPort needs port'],
    ['{ port: http, endPort: 90 }', 'endPort needs a number as port, not a name'],
    ['{ port: 91, endPort: 90 }', 'endPort 90 is not a port from 91 to 65535'],
    ['{ port: 91, endPort: 65536 }', 'endPort 65536 is not a port from 91 to 65535'],
    ['{ port: 91, endPort: 0 }', 'endPort 0 is not a port from 91 to 65535'],
    ['{ port: 91, endPort: "92" }', 'endPort 92 is not a port from 91 to 65535'],
  ])('%s is refused', (port, message) => {
    const q = ask([...shop, apiIngress(`[{ ports: [${port}] }]`)]);
    expect(q.faults).toEqual([expect.stringContaining(`policy-left-out: ${message};`)]);
    expect(toApi(q)).toEqual(everybody);
  });
});

describe('9. a named port is looked up on the destination Pod (API reference, NetworkPolicyPort.port)', () => {
  const named = (port: string) => [
    ...shop,
    policy('shop/p', `{ ingress: [{ ports: [${port}] }] }`),
  ];

  test('one rule means another number on each Pod', () => {
    const q = ask(named('{ port: http }'));
    expect(q('shop/web', 'shop/api')).toBe('TCP 8080');
    expect(q('shop/web', 'shop/db')).toBe('TCP 9090');
    expect(q('shop/db', 'shop/web')).toBe('none');
  });

  test('for egress too it is the destination’s', () => {
    const q = ask([
      ...shop,
      policy('shop/p', '{ policyTypes: [Egress], egress: [{ ports: [{ port: http }] }] }'),
    ]);
    expect(q('shop/api', 'shop/db')).toBe('TCP 9090');
    expect(q('shop/db', 'shop/api')).toBe('TCP 8080');
  });

  test('name and protocol must both match', () => {
    expect(ask(named('{ port: http, protocol: UDP }'))('shop/web', 'shop/api')).toBe('none');
    expect(ask(named('{ port: http, protocol: TCP }'))('shop/web', 'shop/api')).toBe('TCP 8080');
  });

  test('it never matches an address', () => {
    const rule =
      '{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: http }, { port: 443 }] }';
    const q = ask([...shop, policy('shop/p', `{ policyTypes: [Egress], egress: [${rule}] }`)]);
    expect(q('shop/web', '192.0.2.1')).toBe('TCP 443');
  });

  test('two containers may share a name: both ports open', () => {
    const twice = pod('shop/twice', 'app: twice', {
      ports: ['name: http, containerPort: 1', 'name: http, containerPort: 2'],
    });
    expect(ask([...named('{ port: http }'), twice])('shop/web', 'shop/twice')).toBe('TCP 1-2');
  });

  test('Pods that differ in named ports alone are told apart', () => {
    const q = ask([
      ...named('{ port: http }'),
      pod('shop/one', 'app: same', { ports: ['name: http, containerPort: 1'] }),
      pod('shop/two', 'app: same', { ports: ['name: http, containerPort: 2'] }),
    ]);
    expect([q('shop/web', 'shop/one'), q('shop/web', 'shop/two')]).toEqual(['TCP 1', 'TCP 2']);
    expect([q('shop/two', 'shop/one'), q('shop/one', 'shop/two')]).toEqual(['TCP 1', 'TCP 2']);
  });
});

describe('10. it is the Pod’s port that counts (concept page, "Targeting a Pod by its port")', () => {
  test('a number needs no containerPort', () => {
    expect(
      ask([...shop, apiIngress('[{ ports: [{ port: 1234 }] }]')])('shop/web', 'shop/api'),
    ).toBe('TCP 1234');
  });

  test('a Service’s port opens nothing: 80 is not the 8080 behind it', () => {
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: { name: api, namespace: shop }\nspec: { selector: { app: api }, ports: [{ name: web, port: 80, targetPort: 8080 }] }';
    const q = ask([...shop, service, apiIngress('[{ ports: [{ port: 80 }] }]')]);
    expect(q('shop/web', 'shop/api')).toBe('TCP 80');
    const byName = ask([...shop, service, apiIngress('[{ ports: [{ port: web }] }]')]);
    expect(byName('shop/web', 'shop/api')).toBe('none');
  });
});

describe('11. policyTypes missing: Ingress always, Egress with egress rules (API reference, NetworkPolicySpec.policyTypes)', () => {
  test.each([
    ['{}', 'none', 'all'],
    ['{ policyTypes: [] }', 'none', 'all'],
    ['{ policyTypes: null }', 'none', 'all'],
    ['{ egress: [] }', 'none', 'all'],
    ['{ egress: null }', 'none', 'all'],
    ['{ egress: [{ ports: [{ port: 53 }] }] }', 'none', 'TCP 53'],
    ['{ ingress: [{}], egress: [{ ports: [{ port: 53 }] }] }', 'all', 'TCP 53'],
    ['{ policyTypes: [Egress] }', 'all', 'none'],
    ['{ policyTypes: [Egress, Ingress] }', 'none', 'none'],
    ['{ policyTypes: [Ingress, Ingress] }', 'none', 'all'],
  ])('%s: ingress %s, egress %s', (spec, ingress, egress) => {
    const q = ask([...shop, policy('shop/p', spec)]);
    expect([q('lab/web', 'shop/api'), q('shop/api', 'lab/web')]).toEqual([ingress, egress]);
  });
});

describe('12. rules of a direction that policyTypes leaves out are void (API reference, NetworkPolicySpec.policyTypes)', () => {
  test('written ingress rules, policyTypes [Egress]', () => {
    const q = ask([
      ...shop,
      policy('shop/deny', '{ policyTypes: [Ingress] }'),
      policy('shop/void', '{ policyTypes: [Egress], ingress: [{}], egress: [{}] }'),
    ]);
    expect(toApi(q)).toEqual(nobody);
  });

  test('written egress rules, policyTypes [Ingress]', () => {
    const q = ask([
      ...shop,
      policy('shop/deny', '{ policyTypes: [Egress] }'),
      policy('shop/void', '{ policyTypes: [Ingress], ingress: [{}], egress: [{}] }'),
    ]);
    expect(q('shop/api', 'lab/web')).toBe('none');
  });

  test('they are validated all the same', () => {
    const q = ask([
      ...shop,
      policy('shop/p', '{ policyTypes: [Egress], ingress: [{ ports: [{ port: 0 }] }] }'),
    ]);
    expect(q.faults).toEqual([expect.stringContaining('0 is not a port from 1 to 65535')]);
    expect(q('shop/api', 'lab/web')).toBe('all');
  });
});

describe('13. isolation is per direction (concept page, "The two sorts of pod isolation")', () => {
  test('isolated for egress, open for ingress', () => {
    const q = ask([...shop, policy('shop/p', '{ policyTypes: [Egress] }')]);
    expect(q('lab/web', 'shop/api')).toBe('all');
    expect(q('shop/api', 'lab/web')).toBe('none');
  });

  test('isolated for ingress, open for egress', () => {
    const q = ask([...shop, policy('shop/p', '{ policyTypes: [Ingress] }')]);
    expect(q('lab/web', 'shop/api')).toBe('none');
    expect(q('shop/api', 'lab/web')).toBe('all');
  });
});

describe('14. a connection needs both sides (concept page, "The two sorts of pod isolation")', () => {
  const egress = policy(
    'shop/out',
    '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ ports: [{ port: 1, endPort: 20 }] }] }',
  );
  const ingress = apiIngress('[{ ports: [{ port: 10, endPort: 30 }] }]');

  test('what passes is what both allow', () => {
    expect(ask([...shop, egress, ingress])('shop/web', 'shop/api')).toBe('TCP 10-20');
  });

  test('a side that no policy selects is open', () => {
    expect(ask([...shop, egress])('shop/web', 'shop/api')).toBe('TCP 1-20');
    expect(ask([...shop, ingress])('shop/web', 'shop/api')).toBe('TCP 10-30');
  });
});

describe('15. policies only add (concept page, "The two sorts of pod isolation")', () => {
  const deny = policy('shop/a-deny', '{ policyTypes: [Ingress] }');
  const one = policy('shop/m-one', '{ ingress: [{ ports: [{ port: 1 }] }] }');
  const two = policy('shop/z-two', '{ ingress: [{ ports: [{ port: 2 }] }] }');

  test.each([[[deny, one, two]], [[two, one, deny]], [[one, deny, two]]])(
    'their union, in any order (%#)',
    (policies) => {
      expect(ask([...shop, ...policies])('lab/web', 'shop/api')).toBe('TCP 1-2');
    },
  );
});

describe('16. replies are allowed; rules speak of who opens a connection (concept page, "The two sorts of pod isolation")', () => {
  test('allowing web to api does not allow api to web', () => {
    const q = ask([
      ...shop,
      policy('shop/deny', '{ policyTypes: [Ingress, Egress] }'),
      policy(
        'shop/out',
        '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: api } } }] }] }',
      ),
      apiIngress('[{ from: [{ podSelector: { matchLabels: { app: web } } }] }]'),
    ]);
    expect(q('shop/web', 'shop/api')).toBe('all');
    expect(q('shop/api', 'shop/web')).toBe('none');
  });
});

describe('17. except removes from its own block only (API reference, IPBlock.except)', () => {
  const block = '{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.3.0.0/16] } }';

  test('inside, excepted, outside', () => {
    const q = ask([...shop, apiIngress(`[{ from: [${block}] }]`)]);
    const answers = [
      '10.0.255.255',
      '10.1.0.0',
      '10.1.255.255',
      '10.2.0.0',
      '10.3.7.7',
      '11.0.0.0',
    ];
    expect(answers.map((ip) => q(ip, 'shop/api'))).toEqual([
      'all',
      'none',
      'none',
      'all',
      'none',
      'none',
    ]);
  });

  test('for egress as for ingress', () => {
    const rules = `[null, { to: [${block}], ports: [{ port: 443 }] }]`;
    const q = ask([
      ...shop,
      policy('shop/p', `{ policyTypes: [Egress], egress: ${rules.replace('null, ', '')} }`),
    ]);
    const answers = ['9.9.9.9', '10.0.0.1', '10.1.0.1', '10.2.0.1'].map((ip) => q('shop/api', ip));
    expect(answers).toEqual(['none', 'TCP 443', 'none', 'TCP 443']);
    const open = ask([...shop, policy('shop/p', `{ policyTypes: [Egress], egress: ${rules} }`)]);
    expect(open('shop/api', '10.1.0.1')).toBe('all');
  });

  test('another peer of the list may allow it again', () => {
    const q = ask([
      ...shop,
      apiIngress(`[{ from: [${block}, { ipBlock: { cidr: 10.1.2.0/24 } }] }]`),
    ]);
    expect([q('10.1.2.3', 'shop/api'), q('10.1.3.3', 'shop/api')]).toEqual(['all', 'none']);
  });

  test('another policy may allow it again', () => {
    const again = policy(
      'shop/again',
      '{ ingress: [{ from: [{ ipBlock: { cidr: 10.1.2.0/24 } }] }] }',
    );
    const q = ask([...shop, apiIngress(`[{ from: [${block}] }]`), again]);
    expect([q('10.1.2.3', 'shop/api'), q('10.1.3.3', 'shop/api')]).toEqual(['all', 'none']);
  });

  test.each([
    ['11.0.0.0/16', '11.0.0.0/16 is not a part of 10.0.0.0/8'],
    ['10.0.0.0/8', '10.0.0.0/8 is not a part of 10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0 is not a part of 10.0.0.0/8'],
    ['"fd00::/64"', 'fd00::/64 is not a part of 10.0.0.0/8'],
  ])('except %s must lie within the block and be smaller (ValidateIPBlock)', (except, message) => {
    const rule = `[{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [${except}] } }] }]`;
    expect(ask([...shop, apiIngress(rule)]).faults).toEqual([
      expect.stringContaining(`policy-left-out: ${message};`),
    ]);
  });
});

describe('18. whether an ipBlock matches Pods is an option (e2e test/e2e/network/netpol "should allow egress access to server in CIDR block")', () => {
  const block = apiIngress(
    '[{ from: [{ ipBlock: { cidr: 10.1.0.0/16, except: [10.1.9.0/24] } }] }]',
  );
  const manifests = [
    ...shop,
    pod('lab/in', 'app: in', { ips: ['10.1.0.7'] }),
    pod('lab/excepted', 'app: in', { ips: ['10.1.9.7'] }),
    pod('lab/out', 'app: in', { ips: ['10.2.0.7'] }),
    block,
  ];
  const from = ['lab/in', 'lab/excepted', 'lab/out', 'lab/web', '10.1.0.7', '10.1.9.7'];

  test('by default it does, when the address is known', () => {
    const q = ask(manifests);
    expect(from.map((f) => q(f, 'shop/api'))).toEqual([
      'all',
      'none',
      'none',
      'none',
      'all',
      'none',
    ]);
  });

  test('without the option addresses outside alone match', () => {
    const q = ask(manifests, { blocksMatchPods: false });
    expect(from.map((f) => q(f, 'shop/api'))).toEqual([
      'none',
      'none',
      'none',
      'none',
      'all',
      'none',
    ]);
  });

  test('a workload with Pods on both sides of the edge is left open', () => {
    const deployment =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: two, namespace: lab }\nspec: { selector: { matchLabels: { app: two } }, template: { metadata: { labels: { app: two } } } }';
    const owned = (name: string, ip: string) =>
      pod(`lab/${name}`, 'app: two', { ips: [ip] }).replace(
        'labels:',
        'ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: two, controller: true }], labels:',
      );
    const both = ask([...manifests, deployment, owned('a', '10.1.0.8'), owned('b', '10.2.0.8')]);
    expect(both('lab/two', 'shop/api')).toBe('none, maybe all');
    const inside = ask([...manifests, deployment, owned('a', '10.1.0.8'), owned('b', '10.1.0.9')]);
    expect(inside('lab/two', 'shop/api')).toBe('all');
  });
});

describe('19. one family never matches the other (API reference, IPBlock.cidr)', () => {
  const dual = pod('lab/dual', 'app: dual', { ips: ['10.1.0.7', 'fd00::7'] });
  const six = pod('lab/six', 'app: six', { ips: ['fd00::8'] });
  const from = (blocks: string[]) =>
    ask([
      ...shop,
      dual,
      six,
      apiIngress(`[{ from: [${blocks.map((cidr) => `{ ipBlock: { cidr: '${cidr}' } }`)}] }]`),
    ]);

  test('0.0.0.0/0 is IPv4 alone', () => {
    const q = from(['0.0.0.0/0']);
    expect(['192.0.2.1', '2001:db8::1', 'lab/six'].map((f) => q(f, 'shop/api'))).toEqual([
      'all',
      'none',
      'none',
    ]);
  });

  test('::/0 is IPv6 alone', () => {
    const q = from(['::/0']);
    expect(['192.0.2.1', '2001:db8::1', 'lab/six'].map((f) => q(f, 'shop/api'))).toEqual([
      'none',
      'all',
      'all',
    ]);
  });

  test('a dual-stack Pod gets through with one of its addresses only: left open', () => {
    expect(from(['0.0.0.0/0'])('lab/dual', 'shop/api')).toBe('none, maybe all');
  });

  test('one block for each family lets it through', () => {
    expect(from(['0.0.0.0/0', '::/0'])('lab/dual', 'shop/api')).toBe('all');
  });
});

describe('20. policies see Pods behind a Service, not its address (concept page, "What you can’t do with network policies")', () => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: { name: api, namespace: shop }\nspec: { clusterIP: 10.96.0.7, selector: { app: api }, ports: [{ port: 80, targetPort: http }] }';

  test('egress to the cluster IP does not reach the Pods behind it', () => {
    const q = ask([
      ...shop,
      service,
      policy(
        'shop/p',
        '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.96.0.7/32 } }] }] }',
      ),
    ]);
    expect(q('shop/web', 'shop/api')).toBe('none');
  });
});

describe('21. what comes in through a Service may have a node’s address (concept page, "Behavior of to and from selectors", ipBlock)', () => {
  const node =
    'apiVersion: v1\nkind: Node\nmetadata: { name: one }\nstatus: { addresses: [{ type: InternalIP, address: 172.18.0.2 }, { type: Hostname, address: one }] }';

  test('a block of the clients does not allow the node’s address: left open, the answer for clients stands', () => {
    const q = ask([
      ...shop,
      node,
      apiIngress('[{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]'),
    ]);
    expect(q('203.0.113.9', 'shop/api')).toBe('all');
    expect(q('172.18.0.2', 'shop/api')).toBe('none, maybe all');
    expect(q('172.18.0.3', 'shop/api')).toBe('none');
  });
});

describe('22. a Pod and its node always reach each other (concept page, "The two sorts of pod isolation")', () => {
  const node = (name: string, ...ips: string[]) =>
    `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\nstatus: { addresses: [${ips.map((ip) => `{ type: InternalIP, address: '${ip}' }`)}] }`;

  test('nodes are left open for isolated Pods, in both directions, each family', () => {
    const q = ask([
      ...shop,
      node('one', '172.18.0.2', 'fd00::2'),
      policy('shop/deny', '{ policyTypes: [Ingress, Egress] }'),
    ]);
    for (const ip of ['172.18.0.2', 'fd00::2']) {
      expect(q(ip, 'shop/api')).toBe('none, maybe all');
      expect(q('shop/api', ip)).toBe('none, maybe all');
    }
    expect(q('172.18.0.1', 'shop/api')).toBe('none');
  });

  test('a rule that allows a node allows it for certain', () => {
    const q = ask([
      ...shop,
      node('one', '172.18.0.2'),
      apiIngress('[{ from: [{ ipBlock: { cidr: 172.18.0.0/16 } }], ports: [{ port: 80 }] }]'),
    ]);
    expect(q('172.18.0.2', 'shop/api')).toBe('TCP 80, maybe TCP 1-79,81-65535; UDP all; SCTP all');
  });
});

describe('23. Pods on the node’s network are left to the plugin (concept page, "NetworkPolicy and hostNetwork pods")', () => {
  const host = pod('shop/host', 'app: host', { hostNetwork: true, ips: ['172.18.0.2'] });

  test('as the subject of a policy', () => {
    const q = ask([...shop, host, policy('shop/deny', '{ policyTypes: [Ingress, Egress] }')]);
    expect(q('lab/web', 'shop/host')).toBe('none, maybe all');
    expect(q('shop/host', 'lab/web')).toBe('none, maybe all');
  });

  test('as a peer: what is allowed to everybody is certain, the rest open', () => {
    const rules =
      '[{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }, { ports: [{ port: 443 }] }]';
    const q = ask([...shop, host, apiIngress(rules)]);
    expect(q('shop/host', 'shop/api')).toBe(
      'TCP 443, maybe TCP 1-442,444-65535; UDP all; SCTP all',
    );
  });

  test('an ipBlock with its address does not settle it', () => {
    const q = ask([
      ...shop,
      host,
      apiIngress('[{ from: [{ ipBlock: { cidr: 172.18.0.0/16 } }] }]'),
    ]);
    expect(q('shop/host', 'shop/api')).toBe('none, maybe all');
    expect(q('shop/host', 'shop/db')).toBe('all');
  });

  test('it is flagged in the reasons', () => {
    const q = ask([...shop, host, policy('shop/deny', '{ policyTypes: [Ingress] }')]);
    expect(q.why('lab/web', 'shop/host')).toContainEqual(
      expect.stringMatching(
        /^ingress all unspecified because no rule matches in NetworkPolicy shop\/deny/,
      ),
    );
  });
});

describe('24. a Pod cannot be cut off from itself (concept page, "The two sorts of pod isolation": localhost)', () => {
  test('no row is listed for a Pod with itself', async () => {
    const { listConnections } = await import('../../../src/policy/list.ts');
    const q = ask([...shop, policy('shop/deny', '{ policyTypes: [Ingress, Egress] }')]);
    const pairs = [...listConnections(q.analysis.connections)].map(({ from, to }) => [
      from.name,
      to.name,
    ]);
    expect(pairs.filter(([from, to]) => from === to)).toEqual([]);
    expect(pairs).toContainEqual(['shop/web[Pod]', 'lab/web[Pod]']);
  });
});

describe('25. Pods that have ended do not count (Pod lifecycle, "Pod phase"; the address is free again)', () => {
  test.each(['Succeeded', 'Failed'])('%s', (phase) => {
    const q = ask([...shop, pod('shop/job', 'app: job', { phase })]);
    expect(q.analysis.cluster.endpoints.map(({ id }) => id)).not.toContain('shop/job[Pod]');
  });

  test.each(['Pending', 'Running', 'Unknown'])('%s counts', (phase) => {
    const q = ask([...shop, pod('shop/job', 'app: job', { phase })]);
    expect(q('shop/job', 'shop/api')).toBe('all');
  });
});

describe('26. selectors and missing keys (meta/v1 LabelSelectorRequirement)', () => {
  const tiers: Record<string, string> = { 'shop/web': 'front', 'shop/db': 'back', 'lab/web': '' };
  const matching = (expression: string) => {
    const selector = `{ namespaceSelector: {}, podSelector: { matchExpressions: [${expression}] } }`;
    const q = ask([...shop, apiIngress(`[{ from: [${selector}] }]`)]);
    return Object.keys(tiers).filter((from) => q(from, 'shop/api') === 'all');
  };

  test.each([
    ['{ key: tier, operator: In, values: [front] }', ['shop/web']],
    ['{ key: tier, operator: In, values: [front, back] }', ['shop/web', 'shop/db']],
    ['{ key: tier, operator: NotIn, values: [front] }', ['shop/db', 'lab/web']],
    ['{ key: tier, operator: Exists }', ['shop/web', 'shop/db']],
    ['{ key: tier, operator: DoesNotExist }', ['lab/web']],
    ['{ key: tier, operator: Exists }, { key: app, operator: In, values: [web] }', ['shop/web']],
  ])('%s selects %j', (expression, expected) => {
    expect(matching(expression)).toEqual(expected);
  });

  test('labels and expressions are ANDed', () => {
    const selector =
      '{ namespaceSelector: {}, podSelector: { matchLabels: { app: web }, matchExpressions: [{ key: tier, operator: DoesNotExist }] } }';
    const q = ask([...shop, apiIngress(`[{ from: [${selector}] }]`)]);
    expect(toApi(q)).toEqual({ ...nobody, 'lab/web': 'all' });
  });
});

describe('27. kubernetes.io/metadata.name is on every namespace (concept page, "Targeting a Namespace by its name")', () => {
  const byName = (name: string) =>
    apiIngress(
      `[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${name} } } }] }]`,
    );

  test('also where no manifest says so', () => {
    expect(toApi(ask([...shop, byName('lab')]))).toEqual({ ...nobody, 'lab/web': 'all' });
  });

  test('also on a namespace that is only mentioned', () => {
    const q = ask([...shop, pod('other/web'), byName('other')]);
    expect(q('other/web', 'shop/api')).toBe('all');
    expect(q('lab/web', 'shop/api')).toBe('none');
  });

  test('a manifest cannot give it another value', () => {
    const q = ask([
      ...shop,
      namespace('liar', 'kubernetes.io/metadata.name: lab'),
      pod('liar/web'),
      byName('lab'),
    ]);
    expect(q('liar/web', 'shop/api')).toBe('none');
  });
});

describe('28. the labels of the Pod template count (concept page, "NetworkPolicy resource": Pods are selected)', () => {
  test('not those of the Deployment, nor its name', () => {
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: worker, namespace: shop, labels: { app: api } }
spec: { selector: { matchLabels: { run: x } }, template: { metadata: { labels: { run: x } } } }`;
    const q = ask([...shop, deployment, apiIngress('[]')]);
    expect(q('shop/web', 'shop/worker')).toBe('all');
    const byName = policy('shop/p', '{ podSelector: { matchLabels: { run: x } } }');
    expect(ask([...shop, deployment, byName])('shop/web', 'shop/worker')).toBe('none');
  });
});

describe('29. a rule for one protocol isolates for the others too (API reference, NetworkPolicyPort.protocol)', () => {
  test.each(['UDP', 'SCTP', 'TCP'])('%s alone', (protocol) => {
    const q = ask([...shop, apiIngress(`[{ ports: [{ protocol: ${protocol}, port: 53 }] }]`)]);
    expect(q('shop/web', 'shop/api')).toBe(`${protocol} 53`);
  });

  test.each(['ICMP', 'tcp', '6'])('%s is no protocol of the API', (protocol) => {
    const q = ask([...shop, apiIngress(`[{ ports: [{ protocol: ${protocol} }] }]`)]);
    expect(q.faults).toEqual([
      expect.stringContaining(
        `unknown protocol ${protocol}; use TCP, UDP, SCTP; NetworkPolicy shop/p`,
      ),
    ]);
  });
});

describe('30. peers select what exists now (concept page, "Targeting multiple namespaces by label")', () => {
  const rule = apiIngress('[{ from: [{ namespaceSelector: { matchLabels: { team: new } } }] }]');

  test('a selector that nothing matches is valid', () => {
    const q = ask([...shop, rule]);
    expect(q.faults).toEqual([]);
    expect(toApi(q)).toEqual(nobody);
  });

  test('a label added to a namespace changes the answer', () => {
    const q = ask([
      ...shop.filter((m) => !m.includes('team: lab')),
      namespace('lab', 'team: new'),
      rule,
    ]);
    expect(toApi(q)).toEqual({ ...nobody, 'lab/web': 'all' });
  });
});
