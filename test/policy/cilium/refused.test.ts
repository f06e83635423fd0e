import { describe, expect, test } from 'vitest';
import { clusterwide, inShop, policy } from './shop.ts';

const peer = 'fromEndpoints: [{}]';
const tcp = 'ports: [{ port: "80", protocol: TCP }]';

/** Policies that the API server or the agents of Cilium 1.20 refuse: what is said of them, and where. */
const refused: [why: string, manifest: string, message: string, place: string][] = [
  [
    'two kinds of peers in one rule',
    policy(`ingress: [{ ${peer}, fromCIDR: [10.0.0.0/8] }]`),
    'fromEndpoints and fromCIDR do not go together in one rule; write two rules',
    'fromCIDR:',
  ],
  [
    'toFQDNs with other peers',
    policy('egress: [{ toEntities: [world], toFQDNs: [{ matchName: a.example }] }]'),
    'toEntities and toFQDNs do not go together',
    'toFQDNs:',
  ],
  [
    'requirements',
    policy(`ingress: [{ fromRequires: [{}] }]`),
    'fromRequires was removed in Cilium 1.19',
    'fromRequires:',
  ],
  [
    'nodes as peers',
    policy('ingress: [{ fromNodes: [{}] }]'),
    'enable-node-selector-labels',
    'fromNodes:',
  ],
  [
    'an unknown entity',
    policy('ingress: [{ fromEntities: [pods] }]'),
    'unknown entity pods; use one of all,',
    'pods',
  ],
  [
    'an entity of one family',
    policy('ingress: [{ fromEntities: [world-ipv4] }]'),
    'use world, or a CIDR',
    'world-ipv4',
  ],
  [
    'a bare address',
    policy('ingress: [{ fromCIDR: [10.0.0.1] }]'),
    '10.0.0.1 is not a range',
    '10.0.0.1',
  ],
  [
    'an exception outside of its range',
    policy('ingress: [{ fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [192.168.0.0/16] }] }]'),
    '192.168.0.0/16 is not a part of 10.0.0.0/8',
    '192.168.0.0/16',
  ],
  [
    'a range and a group in one entry',
    policy('ingress: [{ fromCIDRSet: [{ cidr: 10.0.0.0/8, cidrGroupRef: a }] }]'),
    'write exactly one of cidr, cidrGroupRef and cidrGroupSelector',
    '{ cidr: 10.0.0.0/8, cidr',
  ],
  [
    'a number as port',
    policy('ingress: [{ toPorts: [{ ports: [{ port: 80 }] }] }]'),
    'write "80"',
    'port:',
  ],
  [
    'no port',
    policy('ingress: [{ toPorts: [{ ports: [{ protocol: TCP }] }] }]'),
    'port is missing',
    '{ protocol: TCP }',
  ],
  [
    'a port too high',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "70000" }] }] }]'),
    '70000 is not a port',
    'port:',
  ],
  [
    'a protocol in small letters',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: tcp }] }] }]'),
    'unknown protocol tcp; use ANY, TCP, UDP, SCTP',
    'protocol:',
  ],
  [
    'a protocol without ports',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "0", protocol: GRE }] }] }]'),
    'enable-extended-ip-protocols',
    'protocol:',
  ],
  [
    'HTTP without protocol TCP',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "80" }], rules: { http: [{}] } }] }]'),
    'rules for http are for TCP alone, not ANY',
    '{ port: "80" }',
  ],
  [
    'HTTP on every port',
    policy(
      'ingress: [{ toPorts: [{ ports: [{ port: "0", protocol: TCP }], rules: { http: [{}] } }] }]',
    ),
    'rules for http need a port, not 0',
    'port:',
  ],
  [
    'HTTP and DNS in one entry',
    policy(`egress: [{ toPorts: [{ ${tcp}, rules: { http: [{}], dns: [{ matchName: a }] } }] }]`),
    'http and dns do not go together',
    'dns:',
  ],
  [
    'empty rules',
    policy(`ingress: [{ toPorts: [{ ${tcp}, rules: {} }] }]`),
    'write http or dns',
    'rules:',
  ],
  [
    'DNS on ingress',
    policy(`ingress: [{ toPorts: [{ ${tcp}, rules: { dns: [{ matchName: a }] } }] }]`),
    'rules for DNS are for egress alone',
    'dns:',
  ],
  [
    'DNS on a range of ports',
    policy(
      'egress: [{ toPorts: [{ ports: [{ port: "53", endPort: 54 }], rules: { dns: [{ matchName: a }] } }] }]',
    ),
    'rules for DNS take no ranges of ports',
    'endPort:',
  ],
  [
    'DNS without ports',
    policy('egress: [{ toPorts: [{ rules: { dns: [{ matchName: a }] } }] }]'),
    'rules for DNS need a port',
    '{ rules: { dns: [{ match',
  ],
  [
    'server names beside rules',
    policy(`egress: [{ toPorts: [{ ${tcp}, serverNames: [a.example], rules: { http: [{}] } }] }]`),
    'serverNames with rules needs terminatingTLS',
    'serverNames:',
  ],
  [
    'a listener on ingress',
    policy(`ingress: [{ toPorts: [{ ${tcp}, listener: { name: l } }] }]`),
    'listener is for egress alone',
    'listener:',
  ],
  [
    'icmps and toPorts in one rule',
    policy(`ingress: [{ icmps: [{ fields: [{ type: 8 }] }], toPorts: [{ ${tcp} }] }]`),
    'icmps and toPorts need a rule each',
    'icmps:',
  ],
  [
    'names in a rule that denies',
    policy('egressDeny: [{ toFQDNs: [{ matchName: a.example }] }]'),
    'egressDeny has no field toFQDNs',
    'toFQDNs:',
  ],
  [
    'L7 rules in a rule that denies',
    policy(`ingressDeny: [{ toPorts: [{ ${tcp}, rules: { http: [{}] } }] }]`),
    'portDeny has no field rules',
    'rules:',
  ],
  [
    'a misspelled field',
    policy('ingress: [{ fromEndpoint: [{}] }]'),
    'ingress has no field fromEndpoint',
    'fromEndpoint:',
  ],
  [
    'a name and a pattern',
    policy('egress: [{ toFQDNs: [{ matchName: a, matchPattern: a }] }]'),
    'write either matchName or matchPattern',
    '{ matchName: a, matchPat',
  ],
  [
    'an operator of another API',
    policy('ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: a, operator: Gt }] }] }]'),
    'unknown operator Gt',
    'operator:',
  ],
  [
    'a list that is none',
    policy('ingress: { fromEndpoints: [{}] }'),
    'ingress is not a list',
    'ingress:',
  ],
  [
    'peers that are no list',
    policy('ingress: [{ fromEntities: all }]'),
    'fromEntities is not a list',
    'fromEntities:',
  ],
  [
    'an unknown authentication',
    policy(`ingress: [{ ${peer}, authentication: { mode: on } }]`),
    'unknown mode',
    'mode:',
  ],
  [
    'enableDefaultDeny that is no truth',
    policy('enableDefaultDeny: { ingress: "no" }\ningress: [{}]'),
    'this is not true or false',
    'ingress:',
  ],
  [
    'nodeSelector in a namespace',
    policy('nodeSelector: {}\ningress: [{}]'),
    'nodeSelector is for CiliumClusterwideNetworkPolicy alone',
    'nodeSelector:',
  ],
  [
    'both selectors',
    clusterwide('nodeSelector: {}\nendpointSelector: {}\ningress: [{}]'),
    'write endpointSelector or nodeSelector',
    'nodeSelector:',
  ],
  [
    'no selector',
    policy('endpointSelector: null\ningress: [{}]'),
    'endpointSelector is missing; {} selects every Pod',
    'spec:',
  ],
  [
    'HTTP for nodes',
    clusterwide(`nodeSelector: {}\negress: [{ toPorts: [{ ${tcp}, rules: { http: [{}] } }] }]`),
    'policies for nodes take no rules but DNS on egress',
    'http:',
  ],
  [
    'neither spec nor specs',
    'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: policy, namespace: shop }',
    'spec or specs must be there',
    'apiVersion:',
  ],
  [
    'an entity of the other family',
    policy('ingress: [{ fromEntities: [all, world-ipv6] }]'),
    'use world, or a CIDR',
    'world-ipv6',
  ],
  [
    'an endPort too high',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "80", endPort: 65536 }] }] }]'),
    '65536 is not a port from 0 to 65535',
    'endPort:',
  ],
  [
    'an endPort below nothing',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "80", endPort: -1 }] }] }]'),
    '-1 is not a port from 0 to 65535',
    'endPort:',
  ],
  [
    'an endPort that is a text',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "80", endPort: "90" }] }] }]'),
    '90 is not a port from 0 to 65535',
    'endPort:',
  ],
  [
    'a port with a leading zero',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "080" }] }] }]'),
    '080 is not a port',
    'port:',
  ],
  [
    'a name with two dashes in a row',
    policy('ingress: [{ toPorts: [{ ports: [{ port: a--9 }] }] }]'),
    'a--9 is not a port',
    'port:',
  ],
  [
    'a name that is too long',
    policy('ingress: [{ toPorts: [{ ports: [{ port: abcdefghijklmnop }] }] }]'),
    'abcdefghijklmnop is not a port',
    'port:',
  ],
  [
    'an empty port',
    policy('ingress: [{ toPorts: [{ ports: [{ port: "" }] }] }]'),
    'port is missing',
    'port:',
  ],
  [
    'an entry that is no selector',
    policy('ingress: [{ fromEndpoints: [web] }]'),
    'this entry is not a selector',
    'web',
  ],
  [
    'a listener beside rules',
    policy(`egress: [{ toPorts: [{ ${tcp}, listener: { name: l }, rules: { http: [{}] } }] }]`),
    'listener does not go together with rules',
    'listener:',
  ],
  [
    'an exception that is no range',
    policy('ingress: [{ fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.0.0.1] }] }]'),
    '10.0.0.1 is not a range',
    '10.0.0.1',
  ],
  [
    'a range in a set that is none',
    policy('ingress: [{ fromCIDRSet: [{ cidr: 10.0.0.0 }] }]'),
    '10.0.0.0 is not a range',
    'cidr:',
  ],
  [
    'an entry of a set that names nothing',
    policy('ingress: [{ fromCIDRSet: [{ cidr: "", cidrGroupRef: null }] }]'),
    'write exactly one of cidr, cidrGroupRef and cidrGroupSelector',
    '{ cidr: ""',
  ],
  [
    'a wrong selector of groups',
    policy(
      'ingress: [{ fromCIDRSet: [{ cidrGroupSelector: { matchExpressions: [{ key: a, operator: In }] } }] }]',
    ),
    'In needs at least one value',
    '{ key: a',
  ],
  [
    'a wrong selector of Services',
    policy(
      'egress: [{ toServices: [{ k8sServiceSelector: { selector: { matchExpressions: [{ key: a, operator: In }] } } }] }]',
    ),
    'In needs at least one value',
    '{ key: a',
  ],
  [
    'neither a name nor a pattern',
    policy('egress: [{ toFQDNs: [{ matchName: a.example }, {}] }]'),
    'write either matchName or matchPattern',
    '{}',
  ],
  [
    'DNS of nodes on ingress',
    clusterwide(`nodeSelector: {}\ningress: [{ toPorts: [{ ${tcp}, rules: { kafka: [{}] } }] }]`),
    'policies for nodes take no rules but DNS on egress',
    'kafka:',
  ],
  [
    'specs that are wrong',
    `${policy('ingress: [{}]')}\nspecs: [{ endpointSelector: {}, ingress: [{}] }, none]`,
    'this is not a policy',
    'none',
  ],
];

describe('refused policies are left out and named (pkg/policy/api/rule_validation.go; the schema of 1.20)', () => {
  test.each(refused)('%s', (_, manifest, message, place) => {
    const { faults, places } = inShop(manifest);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
    expect(faults[0]).toMatch(/policy is left out$/);
    expect(places[0]?.slice(0, place.length)).toBe(place);
  });

  test('nothing of one remains, its right rules included', () => {
    const { ask } = inShop(
      policy('ingress: [{ fromEndpoints: [{}] }, { fromEntities: [pods] }]\negress: [{}]'),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('shop/api', 'lab/probe')).toBe('allowed');
  });
});
