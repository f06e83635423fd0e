import { describe, expect, test } from 'vitest';
import { inShop, outside, policy } from './shop.ts';

/** A policy for app=api that allows these toPorts from everybody. */
const on = (toPorts: string) => inShop(policy(`ingress: [{ toPorts: ${toPorts} }]`));

describe('ports ("Layer 4 Policies")', () => {
  test('a missing protocol is TCP, UDP and SCTP, unlike in Kubernetes (l4.go, PortProtocol)', () => {
    for (const entry of ['port: "80"', 'port: "80", protocol: ANY']) {
      const { ask } = on(`[{ ports: [{ ${entry} }] }]`);
      for (const protocol of ['TCP', 'UDP', 'SCTP'])
        expect(ask('shop/web', 'shop/api', `80/${protocol}`)).toBe('allowed');
      expect(ask('shop/web', 'shop/api', '81/TCP')).toBe('denied');
    }
    expect(on('[{ ports: [{ port: "80", protocol: UDP }] }]').ask('shop/web', 'shop/api')).toBe(
      'denied',
    );
  });

  test('port 0 is every port of its protocol (l4.go, L4Filter.Port)', () => {
    const { ask } = on('[{ ports: [{ port: "0", protocol: TCP }] }]');
    expect(ask('shop/web', 'shop/api', '65535/TCP')).toBe('allowed');
    expect(ask('shop/web', 'shop/api', '53/UDP')).toBe('denied');
  });

  test('endPort is included, and without effect below port (l4.go, keysForRange)', () => {
    const { ask } = on('[{ ports: [{ port: "80", endPort: 82, protocol: TCP }] }]');
    expect(ask('shop/web', 'shop/api', '82/TCP')).toBe('allowed');
    expect(ask('shop/web', 'shop/api', '83/TCP')).toBe('denied');
    const below = on('[{ ports: [{ port: "80", endPort: 70 }] }]');
    expect(below.ask('shop/web', 'shop/api', '80/TCP')).toBe('allowed');
    expect(below.ask('shop/web', 'shop/api', '75/TCP')).toBe('denied');
  });

  test('a name is looked up where the connection ends, for egress too (l4.go, toMapState)', () => {
    const ingress = on('[{ ports: [{ port: HTTP, endPort: 9000 }] }]');
    expect(ingress.ask('shop/web', 'shop/api', '8080/TCP')).toBe('allowed');
    expect(ingress.ask('shop/web', 'shop/api', '8081/TCP')).toBe('denied');
    const egress = inShop(
      policy(`endpointSelector: {}
egress: [{ toPorts: [{ ports: [{ port: http, protocol: TCP }] }] }]`),
    );
    expect(egress.ask('shop/web', 'shop/api', '8080/TCP')).toBe('allowed');
    expect(egress.ask('shop/api', 'shop/web', '3000/TCP')).toBe('allowed');
    expect(egress.ask('shop/api', 'shop/web', '8080/TCP')).toBe('denied');
    expect(egress.ask('shop/api', outside, '3000/TCP')).toBe('denied');
  });

  test('a name is that of one port among several, of the protocol that fits', () => {
    const { ask } = inShop(
      `apiVersion: v1
kind: Pod
metadata: { name: many, namespace: shop, labels: { app: many } }
spec:
  containers:
    - name: main
      ports:
        - { name: http, containerPort: 1 }
        - { name: admin, containerPort: 2 }
        - { name: web, containerPort: 3, protocol: UDP }
        - { containerPort: 4 }`,
      policy(`endpointSelector: { matchLabels: { app: many } }
ingress:
  - toPorts:
      - ports: [{ port: http, protocol: TCP }, { port: web, protocol: TCP }, { port: "65535" }]`),
    );
    expect(ask('shop/web', 'shop/many', '1/TCP')).toBe('allowed');
    expect(ask('shop/web', 'shop/many', '65535/TCP')).toBe('allowed');
    for (const port of ['2/TCP', '3/UDP', '3/TCP', '4/TCP'])
      expect(ask('shop/web', 'shop/many', port)).toBe('denied');
  });

  test('protocols without ports need an option of the agents', () => {
    for (const protocol of ['VRRP', 'IGMP', 'GRE', 'IPIP', 'IPV6', 'ESP', 'AH']) {
      const { faults } = on(`[{ ports: [{ port: "0", protocol: ${protocol} }] }]`);
      expect(faults[0]).toContain(`${protocol} is refused unless the agents run with`);
    }
  });

  test('the protocol of a named port must fit (portmap.go, GetNamedPort)', () => {
    const { ask } = on('[{ ports: [{ port: http, protocol: UDP }] }]');
    expect(ask('shop/web', 'shop/api', '8080/UDP')).toBe('denied');
    expect(ask('shop/web', 'shop/api', '8080/TCP')).toBe('denied');
  });

  test('toPorts: [] is as if it was missing; an entry without ports names none (mergeL4Filter)', () => {
    const from = 'fromEndpoints: [{}]';
    const missing = inShop(policy(`ingress: [{ ${from}, toPorts: [] }]`));
    expect(missing.ask('shop/web', 'shop/api')).toBe('allowed');
    for (const entry of ['{}', '{ ports: [] }']) {
      const { ask } = inShop(policy(`ingress: [{ ${from}, toPorts: [${entry}] }]`));
      expect(ask('shop/web', 'shop/api')).toBe('denied');
    }
  });

  test('peers and ports of one rule must both fit; two rules are a union ("Labels-dependent Layer 4 rule")', () => {
    const web = 'fromEndpoints: [{ matchLabels: { app: web } }]';
    const port = 'toPorts: [{ ports: [{ port: "80" }] }]';
    const one = inShop(policy(`ingress: [{ ${web}, ${port} }]`));
    expect(one.ask('shop/web', 'shop/api', '80/TCP')).toBe('allowed');
    expect(one.ask('shop/web', 'shop/api', '81/TCP')).toBe('denied');
    expect(one.ask('lab/probe', 'shop/api', '80/TCP')).toBe('denied');
    const two = inShop(policy(`ingress: [{ ${web} }, { ${port} }]`));
    expect(two.ask('shop/web', 'shop/api', '81/TCP')).toBe('allowed');
    expect(two.ask('lab/probe', 'shop/api', '80/TCP')).toBe('allowed');
    expect(two.ask('lab/probe', 'shop/api', '81/TCP')).toBe('denied');
  });
});

describe('rules above layer 4 ("Layer 7 Policies")', () => {
  const http = (rules: string, port = '80') =>
    `{ ports: [{ port: "${port}", protocol: TCP }], rules: { http: ${rules} } }`;
  const words = (rules: string) =>
    on(`[${http(rules)}]`).reasons('shop/web', 'shop/api').ingress[0]?.condition;

  test('HTTP is a condition on its port alone', () => {
    const { ask } = on(`[${http('[{ method: GET, path: /cart }]')}]`);
    expect(ask('shop/web', 'shop/api', '80/TCP')).toBe('conditional');
    expect(ask('shop/web', 'shop/api', '8080/TCP')).toBe('denied');
    expect(ask('shop/web', 'shop/api', '80/UDP')).toBe('denied');
  });

  test('conditions are told in words', () => {
    expect(words('[{ method: GET, path: /cart }, { path: /public }]')).toBe(
      'GET /cart or HTTP /public',
    );
    expect(words('[{}]')).toBe('any HTTP request');
    expect(words('[{ method: GET, headers: [X-A, X-B], headerMatches: [{ name: X-C }] }]')).toBe(
      'GET with header X-A, X-B, X-C: (secret)',
    );
    expect(words('[{ method: PUT, host: a.example, headers: ["X-My-Header: true"] }]')).toBe(
      'PUT for host a.example with header X-My-Header: true',
    );
    expect(
      words(
        '[{ method: GET, headerMatches: [{ name: X-Key, value: a }, { name: X-Log, mismatch: LOG }] }]',
      ),
    ).toBe('GET with header X-Key: a');
  });

  test('another toPorts entry of the rule is not touched by it', () => {
    const { ask } = on(`[${http('[{ method: GET }]')}, { ports: [{ port: "81" }] }]`);
    expect(ask('shop/web', 'shop/api', '80/TCP')).toBe('conditional');
    expect(ask('shop/web', 'shop/api', '81/TCP')).toBe('allowed');
  });

  test('a plain layer 4 rule for the same port takes the condition away', () => {
    const { ask } = inShop(
      policy(`ingress: [{ toPorts: [${http('[{ method: GET }]')}] }]`, 'a'),
      policy('ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: "80" }] }] }]', 'b'),
    );
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('lab/probe', 'shop/api')).toBe('conditional');
  });

  test('a rule that denies goes before them', () => {
    const { ask } = inShop(
      policy(`ingress: [{ toPorts: [${http('[{ method: GET }]')}] }]
ingressDeny: [{ fromEndpoints: [{}] }]`),
    );
    expect(ask('shop/web', 'shop/api')).toBe('denied');
    expect(ask('lab/probe', 'shop/api')).toBe('conditional');
  });

  test('an empty list of rules is no rule (l4.go, IsEmpty)', () => {
    expect(on(`[${http('[]')}]`).ask('shop/web', 'shop/api')).toBe('allowed');
  });

  test('Kafka and l7proto, gone with 1.20, are conditions for clusters before it', () => {
    const ports = 'ports: [{ port: "80", protocol: TCP }]';
    for (const rules of ['kafka: [{ role: produce }]', 'l7proto: r2d2, l7: [{ cmd: READ }]']) {
      const { ask, reasons } = on(`[{ ${ports}, rules: { ${rules} } }]`);
      expect(ask('shop/web', 'shop/api')).toBe('conditional');
      expect(reasons('shop/web', 'shop/api').ingress[0]?.condition).toBe(
        rules.startsWith('kafka') ? 'Kafka rules hold' : 'r2d2 rules hold',
      );
    }
  });

  test('TLS server names are a condition; TLS contexts alone are not ("Limit TLS Server Name Indication")', () => {
    const ports = 'ports: [{ port: "443", protocol: TCP }]';
    const to = (more: string) => inShop(policy(`egress: [{ toPorts: [{ ${ports}, ${more} }] }]`));
    const names = to('serverNames: [a.example, "*.b.example"]');
    expect(names.ask('shop/api', outside, '443/TCP')).toBe('conditional');
    expect(names.reasons('shop/api', outside).egress[0]?.condition).toBe(
      'TLS server name is a.example or *.b.example',
    );
    const listener = to('listener: { name: l, envoyConfig: { name: c } }');
    expect(listener.ask('shop/api', outside, '443/TCP')).toBe('conditional');
    const tls = to('terminatingTLS: { secret: { name: s } }');
    expect(tls.ask('shop/api', outside, '443/TCP')).toBe('allowed');
  });

  test('authentication: required is a condition, disabled is none, the test mode lets nothing pass', () => {
    const mode = (name: string) =>
      inShop(policy(`ingress: [{ fromEndpoints: [{}], authentication: { mode: ${name} } }]`));
    expect(mode('required').ask('shop/web', 'shop/api')).toBe('conditional');
    expect(mode('disabled').ask('shop/web', 'shop/api')).toBe('allowed');
    expect(mode('test-always-fail').ask('shop/web', 'shop/api')).toBe('denied');
  });

  test('several conditions must all hold', () => {
    const { reasons } = inShop(
      policy(`egress:
  - toFQDNs: [{ matchName: a.example }]
    authentication: { mode: required }
    toPorts: [${http('[{ method: GET }]')}]`),
    );
    expect(reasons('shop/api', outside).egress[0]?.condition).toBe(
      'name is a.example and GET and mutual authentication succeeds',
    );
  });
});
