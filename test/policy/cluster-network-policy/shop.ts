import { readCluster } from '../../../src/cluster/cluster.ts';
import type { Endpoint } from '../../../src/cluster/model.ts';
import { readObjects } from '../../../src/cluster/objects.ts';
import { parseAddress } from '../../../src/policy/addresses.ts';
import { connect } from '../../../src/policy/connections.ts';
import { readPolicies } from '../../../src/policy/policies.ts';

const pod = (namespace: string, app: string, spec: string, ips: string[]) => `apiVersion: v1
kind: Pod
metadata: { name: ${app}, namespace: ${namespace}, labels: { app: ${app} } }
spec: { ${spec} }
status: { podIPs: [${ips.map((ip) => `{ ip: "${ip}" }`).join()}] }`;

const namespace = (name: string, team: string) => `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { team: ${team} } }`;

const ports = 'containers: [{ ports: [{ name: http, containerPort: 8080 }] }]';

/** web, api (dns is UDP there) and agent, which is on its node's network; tool has no known address. */
const cluster = [
  namespace('shop', 'sales'),
  namespace('lab', 'research'),
  namespace('ops', 'sre'),
  pod('shop', 'web', ports, ['10.0.0.1']),
  pod(
    'shop',
    'api',
    'containers: [{ ports: [{ name: http, containerPort: 80 }, { name: dns, containerPort: 53, protocol: UDP }] }]',
    ['10.0.0.2'],
  ),
  pod('lab', 'job', ports, ['10.9.0.3']),
  pod('lab', 'tool', ports, []),
  pod('ops', 'agent', `hostNetwork: true, ${ports}`, ['192.0.2.1']),
];

export const node = (name: string, zone: string, ip?: string) => `apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { zone: ${zone} } }
status: { addresses: [${ip ? `{ type: InternalIP, address: ${ip} }` : ''}] }`;

export interface Answer {
  allowed: string;
  conditional: string;
  unspecified: string;
}

/** The cluster with these policies: asked as `ask('shop/web', '203.0.113.9')`. */
export function shop(...manifests: string[]) {
  const text = [...cluster, ...manifests].join('\n---\n');
  const { objects, faults: unread } = readObjects(text, 'shop.yaml');
  const reading = readCluster(objects);
  const policies = readPolicies(reading.cluster);
  const connections = connect(reading.cluster, policies);
  const party = (name: string) => {
    const endpoint = reading.cluster.endpoints.find((e: Endpoint) => e.id === `${name}[Pod]`);
    const found = endpoint
      ? connections.partyOf(endpoint)
      : connections.partiesIn(parseAddress(name))[0];
    if (!found) throw new Error(`no party ${name}`);
    return found;
  };
  return {
    text,
    faults: [...unread, ...reading.faults, ...policies.faults],
    ask(from: string, to: string): Answer {
      const { allowed, conditional, unspecified } = connections.decision(party(from), party(to));
      return {
        allowed: String(allowed),
        conditional: String(conditional),
        unspecified: String(unspecified),
      };
    },
    explain: (from: string, to: string) => connections.explain(party(from), party(to)),
  };
}

/** The ports that are allowed without a doubt and without a condition. */
export function allowed(manifests: string[], from: string, to: string): string {
  const { ask, faults } = shop(...manifests);
  // A warning, such as that of a range no Pod is in, is no reason not to answer.
  if (faults.some(({ severity }) => severity === 'error'))
    throw new Error(faults.map(({ message }) => message).join('\n'));
  const answer = ask(from, to);
  if (answer.conditional !== 'none' || answer.unspecified !== 'none') {
    throw new Error(JSON.stringify(answer));
  }
  return answer.allowed;
}

const group = 'policy.networking.k8s.io';
const manifest = (version: string, kind: string, name: string, spec: string) =>
  `apiVersion: ${version}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${spec} }`;

/** The subject is every Pod of shop, unless the rest says another. */
const subject = 'subject: { namespaces: { matchLabels: { team: sales } } }';
const withSubject = (spec: string) => (spec.includes('subject:') ? spec : `${subject}, ${spec}`);

export const cnp = (spec: string, { name = 'rules', tier = 'Admin', priority = 10 } = {}) =>
  manifest(
    `${group}/v1alpha2`,
    'ClusterNetworkPolicy',
    name,
    `tier: ${tier}, priority: ${priority}, ${withSubject(spec)}`,
  );

export const anp = (spec: string, { name = 'older', priority = 10 } = {}) =>
  manifest(
    `${group}/v1alpha1`,
    'AdminNetworkPolicy',
    name,
    `priority: ${priority}, ${withSubject(spec)}`,
  );

export const banp = (spec: string, name = 'default') =>
  manifest(`${group}/v1alpha1`, 'BaselineAdminNetworkPolicy', name, withSubject(spec));

/** A NetworkPolicy of shop. */
export const networkPolicy = (spec: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: own, namespace: shop }\nspec: { ${spec} }`;

export const lab = '{ namespaces: { matchLabels: { team: research } } }';
export const everybody = '{ namespaces: {} }';
