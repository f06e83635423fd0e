import { describe, expect, test } from 'vitest';
import { clusterwide, inShop, outside, policy } from './shop.ts';

describe('entities ("Layer 3 Policies", Entities based)', () => {
  const to = (names: string) => inShop(policy(`egress: [{ toEntities: [${names}] }]`));

  test('world is what is outside, never a Pod or a node', () => {
    const { ask } = to('world');
    expect(ask('shop/api', outside)).toBe('allowed');
    expect(ask('shop/api', 'shop/web')).toBe('denied');
    expect(ask('shop/api', 'kube-system/agent')).toBe('denied');
  });

  test('cluster is every Pod and node, and not the world', () => {
    for (const name of ['cluster', 'cluster-mesh']) {
      const { ask } = to(name);
      expect(ask('shop/api', 'lab/probe')).toBe('allowed');
      expect(ask('shop/api', 'kube-system/agent')).toBe('allowed');
      expect(ask('shop/api', outside)).toBe('denied');
    }
  });

  test('all is everything, none is nothing', () => {
    expect(to('all').ask('shop/api', outside)).toBe('allowed');
    expect(to('all').ask('shop/api', 'lab/probe')).toBe('allowed');
    expect(to('all').ask('shop/api', 'kube-system/agent')).toBe('allowed');
    for (const name of ['none', 'health', 'init', 'ingress', 'unmanaged']) {
      expect(to(name).ask('shop/api', outside)).toBe('denied');
      expect(to(name).ask('shop/api', 'shop/web')).toBe('denied');
    }
  });

  test('host and remote-node depend on where both run; together they are every node', () => {
    expect(to('host').ask('shop/api', 'kube-system/agent')).toBe('conditional');
    expect(to('remote-node').ask('shop/api', 'kube-system/agent')).toBe('conditional');
    expect(to('host, remote-node').ask('shop/api', 'kube-system/agent')).toBe('allowed');
    expect(to('host, remote-node').ask('shop/api', 'shop/web')).toBe('denied');
    expect(to('host').ask('shop/api', 'shop/web')).toBe('denied');
    expect(to('remote-node').ask('shop/api', outside)).toBe('denied');
    const from = inShop(
      policy('enableDefaultDeny: { ingress: false }\ningress: [{ fromEntities: [host] }]'),
    );
    expect(from.reasons('kube-system/agent', 'shop/api').ingress[0]?.condition).toBe(
      'the source is on the same node',
    );
    const { condition } =
      to('remote-node').reasons('shop/api', 'kube-system/agent').egress[0] ?? {};
    expect(condition).toBe('the destination is on another node');
  });

  test('kube-apiserver may be a node or outside, and is no Pod', () => {
    const { ask } = to('kube-apiserver');
    expect(ask('shop/api', 'kube-system/agent')).toBe('conditional');
    expect(ask('shop/api', outside)).toBe('conditional');
    expect(ask('shop/api', 'shop/web')).toBe('denied');
  });

  test('denying the kube-apiserver leaves open which address that is', () => {
    const { ask } = inShop(
      policy('egress: [{ toEntities: [all] }]\negressDeny: [{ toEntities: [kube-apiserver] }]'),
    );
    expect(ask('shop/api', outside)).toBe('unspecified');
    expect(ask('shop/api', 'shop/web')).toBe('allowed');
  });

  test('an empty list is nobody (parserules.go, mergeEndpointSelectors)', () => {
    const { ask } = inShop(
      policy('egress: [{ toEntities: [], toPorts: [{ ports: [{ port: "80" }] }] }]'),
    );
    expect(ask('shop/api', outside)).toBe('denied');
  });
});

describe('addresses ("Layer 3 Policies", IP/CIDR based)', () => {
  test('they do not match Pods or nodes, even where the address fits', () => {
    for (const rule of ['fromCIDR: [10.0.0.0/8]', 'fromCIDR: [0.0.0.0/0]']) {
      const { ask } = inShop(
        policy(`endpointSelector: { matchLabels: { app: web } }
ingress: [{ ${rule} }]`),
      );
      expect(ask('10.2.3.4', 'shop/web')).toBe('allowed');
      expect(ask('shop/api', 'shop/web')).toBe('denied');
    }
    const { ask } = inShop(policy('egress: [{ toCIDR: [0.0.0.0/0] }]'));
    expect(ask('shop/api', 'kube-system/agent')).toBe('denied');
  });

  test('except takes away from its own entry alone (cidr.go, ExceptCIDRs)', () => {
    const { ask } = inShop(
      policy(`egress:
  - toCIDRSet: [{ cidr: 203.0.113.0/24, except: [203.0.113.0/28] }]
  - toCIDRSet: [{ cidr: 203.0.113.8/32 }]`),
    );
    expect(ask('shop/api', '203.0.113.200')).toBe('allowed');
    expect(ask('shop/api', '203.0.113.7')).toBe('denied');
    expect(ask('shop/api', '203.0.113.8')).toBe('allowed');
  });

  test('one family never means the other', () => {
    const { ask } = inShop(
      policy('egress: [{ toCIDR: ["0.0.0.0/0"] }, { toCIDR: ["2001:db8::/32"] }]'),
    );
    expect(ask('shop/api', '2001:db8::1')).toBe('allowed');
    expect(ask('shop/api', '2001:db9::1')).toBe('denied');
    expect(ask('shop/api', outside)).toBe('allowed');
  });

  const group = (name: string, cidrs: string, labels = '') => `
apiVersion: cilium.io/v2
kind: CiliumCIDRGroup
metadata: { name: ${name}, labels: { ${labels} } }
spec: { externalCIDRs: [${cidrs}] }`;
  const partners = group('partners', '192.0.2.0/24, 198.51.100.0/24', 'role: vpn');
  const toSet = (entry: string) => policy(`egress: [{ toCIDRSet: [{ ${entry} }] }]`);

  test('cidrGroupRef is the addresses of a CiliumCIDRGroup', () => {
    const { ask, faults } = inShop(partners, toSet('cidrGroupRef: partners'));
    expect(ask('shop/api', '198.51.100.1')).toBe('allowed');
    expect(ask('shop/api', outside)).toBe('denied');
    expect(faults).toEqual([]);
  });

  test('except works on a group too (selector.go, newCIDRRuleSelector)', () => {
    const { ask } = inShop(partners, toSet('cidrGroupRef: partners, except: [198.51.100.128/25]'));
    expect(ask('shop/api', '198.51.100.1')).toBe('allowed');
    expect(ask('shop/api', '198.51.100.200')).toBe('denied');
  });

  test('a group that is not given is a condition', () => {
    const { ask } = inShop(toSet('cidrGroupRef: partners'));
    expect(ask('shop/api', outside)).toBe('conditional');
    expect(ask('shop/api', 'shop/web')).toBe('denied');
  });

  test('cidrGroupSelector asks for labels of groups; a negative term also fits addresses in no group', () => {
    const office = group('office', '203.0.113.0/24', 'role: office');
    const vpn = inShop(
      partners,
      office,
      toSet('cidrGroupSelector: { matchLabels: { role: vpn } }'),
    );
    expect(vpn.ask('shop/api', '192.0.2.1')).toBe('allowed');
    expect(vpn.ask('shop/api', outside)).toBe('denied');
    const other = inShop(
      partners,
      office,
      toSet(
        'cidrGroupSelector: { matchExpressions: [{ key: role, operator: NotIn, values: [vpn] }] }',
      ),
    );
    expect(other.ask('shop/api', '192.0.2.1')).toBe('denied');
    expect(other.ask('shop/api', outside)).toBe('allowed');
    expect(other.ask('shop/api', '1.1.1.1')).toBe('allowed');
    expect(other.ask('shop/api', 'shop/web')).toBe('denied');
  });

  test('every term of a cidrGroupSelector must hold; one group of an address is enough for a positive one', () => {
    const both = group('both', '192.0.2.128/25', 'role: office, floor: "2"');
    const to = (terms: string) =>
      inShop(partners, both, toSet(`cidrGroupSelector: { matchExpressions: [${terms}] }`));
    const inBoth = '192.0.2.200';
    for (const term of ['In, values: [vpn]', 'In, values: [office]', 'Exists']) {
      const { ask } = to(`{ key: role, operator: ${term} }`);
      expect(ask('shop/api', inBoth)).toBe('allowed');
      expect(ask('shop/api', outside)).toBe('denied');
    }
    const without = to('{ key: floor, operator: DoesNotExist }');
    expect(without.ask('shop/api', inBoth)).toBe('denied');
    expect(without.ask('shop/api', '192.0.2.1')).toBe('allowed');
    const two = to('{ key: role, operator: In, values: [vpn] }, { key: floor, operator: Exists }');
    expect(two.ask('shop/api', inBoth)).toBe('allowed');
    expect(two.ask('shop/api', '192.0.2.1')).toBe('denied');
    const labels = inShop(
      partners,
      both,
      toSet('cidrGroupSelector: { matchLabels: { role: vpn } }'),
    );
    expect(labels.ask('shop/api', inBoth)).toBe('allowed');
  });

  test('cidrGroupRef is the one group of that name', () => {
    const office = group('office', '203.0.113.0/24');
    const { ask } = inShop(office, partners, toSet('cidrGroupRef: partners'));
    expect(ask('shop/api', outside)).toBe('denied');
    expect(ask('shop/api', '192.0.2.1')).toBe('allowed');
  });

  test('a group must say its addresses, and where it is wrong is told', () => {
    const none = 'apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: { name: g }';
    const wrong = inShop(`${none}\nspec: {}`);
    expect(wrong.faults).toEqual(['externalCIDRs is missing; CiliumCIDRGroup g is left out']);
    expect(wrong.places).toEqual(['spec: {}']);
    expect(inShop(group('g', '10.0.0.0/8, x')).places).toEqual(['x] }']);
    expect(inShop(none).faults).toEqual(wrong.faults);
  });

  test('a group that the API server refuses is reported and is not there', () => {
    const { ask, faults } = inShop(group('partners', '192.0.2.1'), toSet('cidrGroupRef: partners'));
    expect(faults).toEqual([
      '192.0.2.1 is not a range like 10.0.0.0/8; CiliumCIDRGroup partners is left out',
    ]);
    expect(ask('shop/api', '192.0.2.1')).toBe('conditional');
  });

  test('groups of a cloud are addresses that nobody here knows ("toGroups")', () => {
    const aws = 'toGroups: [{ aws: { securityGroupsIds: [sg-1] } }]';
    const allow = inShop(policy(`egress: [{ ${aws} }]`));
    expect(allow.ask('shop/api', outside)).toBe('conditional');
    expect(allow.ask('shop/api', 'shop/web')).toBe('denied');
    expect(allow.reasons('shop/api', outside).egress[0]?.condition).toBe(
      'the address is of aws group securityGroupsIds sg-1',
    );
    const words = (group: string) =>
      inShop(policy(`egress: [{ toGroups: [${group}] }]`)).reasons('shop/api', outside).egress[0]
        ?.condition;
    expect(
      words('{ aws: { region: eu-west-1, labels: { a: b, c: d }, securityGroupsNames: [x, z] } }'),
    ).toBe('the address is of aws group region eu-west-1 labels a=b, c=d securityGroupsNames x, z');
    const deny = inShop(policy(`egress: [{ toEntities: [all] }]\negressDeny: [{ ${aws} }]`));
    expect(deny.ask('shop/api', outside)).toBe('unspecified');
    expect(deny.ask('shop/api', 'shop/web')).toBe('allowed');
  });
});

describe('names ("Layer 3 Policies", DNS based)', () => {
  const names = 'toFQDNs: [{ matchName: pay.example.com }, { matchPattern: "*.example.org" }]';

  test('without a rule for DNS the name cannot be looked up: port 53 of the DNS is closed', () => {
    const { ask, reasons } = inShop(policy(`egress: [{ ${names} }]`));
    expect(ask('shop/api', outside, '443/TCP')).toBe('conditional');
    expect(reasons('shop/api', outside).egress[0]?.condition).toBe(
      'name is pay.example.com or *.example.org',
    );
    expect(ask('shop/api', 'kube-system/dns', '53/UDP')).toBe('denied');
  });

  test('they never mean Pods or nodes, whatever they resolve to (egress.go, ToFQDNs)', () => {
    const { ask } = inShop(policy('egress: [{ toFQDNs: [{ matchPattern: "*" }] }]'));
    expect(ask('shop/api', 'shop/web')).toBe('denied');
    expect(ask('shop/api', 'kube-system/agent')).toBe('denied');
  });

  test('toPorts limits them', () => {
    const { ask } = inShop(
      policy(`egress: [{ ${names}, toPorts: [{ ports: [{ port: "443", protocol: TCP }] }] }]`),
    );
    expect(ask('shop/api', outside, '443/TCP')).toBe('conditional');
    expect(ask('shop/api', outside, '80/TCP')).toBe('denied');
  });

  test('a rule for DNS is a condition on the query, on its port alone ("DNS Policy and IP Discovery")', () => {
    const { ask, reasons } = inShop(
      policy(`egress:
  - toEndpoints:
      - matchLabels: { k8s:io.kubernetes.pod.namespace: kube-system, k8s:k8s-app: kube-dns }
    toPorts:
      - ports: [{ port: "53", protocol: ANY }]
        rules: { dns: [{ matchPattern: "*.example.org" }] }`),
    );
    expect(ask('shop/api', 'kube-system/dns', '53/UDP')).toBe('conditional');
    expect(ask('shop/api', 'kube-system/dns', '53/TCP')).toBe('conditional');
    expect(ask('shop/api', 'kube-system/dns', '80/TCP')).toBe('denied');
    expect(reasons('shop/api', 'kube-system/dns').egress[0]?.condition).toBe(
      'DNS query for *.example.org',
    );
  });

  test('an empty list of names is as if it was not there (parserules.go, mergeEndpointSelectors)', () => {
    const { ask } = inShop(
      policy('egress: [{ toFQDNs: [], toPorts: [{ ports: [{ port: "80" }] }] }]'),
    );
    expect(ask('shop/api', 'shop/web')).toBe('allowed');
  });
});

describe('Services ("Layer 3 Policies", Services based)', () => {
  const by = (service: string, more = '') =>
    inShop(
      policy(`endpointSelector: { matchLabels: { app: web } }
egress: [{ toServices: [{ ${service} }]${more} }]`),
    );

  test('a Service is the Pods it selects, not its ClusterIP', () => {
    const { ask } = by('k8sService: { serviceName: api, namespace: shop }');
    expect(ask('shop/web', 'shop/api', '8080/TCP')).toBe('allowed');
    expect(ask('shop/web', '10.96.0.5')).toBe('denied');
    expect(ask('shop/web', 'lab/probe')).toBe('denied');
  });

  test('a missing namespace is any namespace, not the own one (service.go, serviceRefMatches)', () => {
    const { ask } = inShop(
      clusterwide(`endpointSelector: { matchLabels: { app: probe } }
egress: [{ toServices: [{ k8sService: { serviceName: api } }] }]`),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(by('k8sService: { serviceName: api, namespace: lab }').ask('shop/web', 'shop/api')).toBe(
      'denied',
    );
  });

  test('by labels of Services, whose sources play no part (service.go, labelsMatcher)', () => {
    for (const key of ['tier', 'k8s:tier']) {
      const { ask } = by(`k8sServiceSelector: { selector: { matchLabels: { ${key}: back } } }`);
      expect(ask('shop/web', 'shop/api')).toBe('allowed');
      expect(ask('shop/web', 'kube-system/dns')).toBe('denied');
    }
  });

  test('a Service without a selector is the addresses of its endpoints', () => {
    const { ask } = by('k8sService: { serviceName: legacy, namespace: shop }');
    expect(ask('shop/web', '192.0.2.9')).toBe('allowed');
    expect(ask('shop/web', '192.0.2.10')).toBe('denied');
    const unknown = by('k8sService: { serviceName: unknown, namespace: shop }');
    expect(unknown.ask('shop/web', '192.0.2.9')).toBe('conditional');
    expect(unknown.ask('shop/web', 'shop/api')).toBe('denied');
    expect(unknown.reasons('shop/web', '192.0.2.9').egress[0]?.condition).toBe(
      'the address is an endpoint of Service shop/unknown',
    );
  });

  test('the addresses stand in Endpoints too; what only looks like them plays no part', () => {
    const { ask } = inShop(
      `apiVersion: v1
kind: Endpoints
metadata: { name: unknown, namespace: shop }
subsets: [{ addresses: [{ ip: 198.51.100.9 }], ports: [{ port: 5432 }] }, {}]
---
apiVersion: v1
kind: Endpoints
metadata: { name: unknown, namespace: lab }
subsets: [{ addresses: [{ ip: 198.51.100.10 }] }]
---
apiVersion: example.org/v1
kind: Endpoints
metadata: { name: unknown, namespace: shop }
subsets: [{ addresses: [{ ip: 198.51.100.11 }] }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: u-1, namespace: shop, labels: { kubernetes.io/service-name: unknown } }
addressType: FQDN
endpoints: [{ addresses: [db.example.com] }]`,
      policy(`endpointSelector: { matchLabels: { app: web } }
egress: [{ toServices: [{ k8sService: { serviceName: unknown, namespace: shop } }] }]`),
    );
    expect(ask('shop/web', '198.51.100.9')).toBe('allowed');
    for (const address of ['198.51.100.10', '198.51.100.11', '192.0.2.9'])
      expect(ask('shop/web', address)).toBe('denied');
  });

  test('several Services of one rule are a union; an entry that names none is none', () => {
    const { ask } = inShop(
      policy(`endpointSelector: { matchLabels: { app: web } }
egress:
  - toServices:
      - k8sService: { serviceName: api, namespace: shop }
      - k8sServiceSelector:
          namespace: shop
          selector: { matchExpressions: [{ key: tier, operator: DoesNotExist }] }
      - {}`),
    );
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('shop/web', '192.0.2.9')).toBe('allowed');
    expect(ask('shop/web', 'kube-system/dns')).toBe('denied');
  });

  test('a Service that is not there is nobody; with toPorts 1.20 may mean everybody: left open (issue 20067)', () => {
    const gone = 'k8sService: { serviceName: gone, namespace: shop }';
    expect(by(gone).ask('shop/web', outside)).toBe('denied');
    const { ask } = by(gone, ', toPorts: [{ ports: [{ port: "443" }] }]');
    expect(ask('shop/web', outside, '443/TCP')).toBe('unspecified');
    expect(ask('shop/web', outside, '80/TCP')).toBe('denied');
  });

  test('in a rule that denies they are left open: 1.20 resolves none (service.go, processRule)', () => {
    const deny = (more: string) =>
      inShop(
        policy(`endpointSelector: { matchLabels: { app: web } }
egress: [{ toEntities: [all] }]
egressDeny: [{ toServices: [{ k8sService: { serviceName: api, namespace: shop } }]${more} }]`),
      );
    expect(deny('').ask('shop/web', 'shop/api')).toBe('unspecified');
    expect(deny('').ask('shop/web', 'lab/probe')).toBe('allowed');
    const withPorts = deny(', toPorts: [{ ports: [{ port: "80" }] }]');
    expect(withPorts.ask('shop/web', 'lab/probe', '80/TCP')).toBe('unspecified');
    expect(withPorts.ask('shop/web', 'lab/probe', '81/TCP')).toBe('allowed');
  });
});
