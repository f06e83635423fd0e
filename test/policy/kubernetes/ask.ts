import { readObjects } from '../../../src/cluster/objects.ts';
import { parseAddress } from '../../../src/policy/addresses.ts';
import { type Analysis, analyze } from '../../../src/policy/analyze.ts';
import { because, becauseText } from '../../../src/policy/because.ts';
import type { Party } from '../../../src/policy/connections.ts';
import type { Decision } from '../../../src/policy/evaluate.ts';
import type { PolicyOptions } from '../../../src/policy/policies.ts';

/** A Pod as a manifest: `pod('shop/web', 'app: web', { ips: ['10.1.0.1'], ports: 'name: http, containerPort: 80' })`. */
export function pod(
  id: string,
  labels = `app: ${id.split('/')[1]}`,
  more: { ips?: string[]; ports?: string[]; hostNetwork?: boolean; phase?: string } = {},
): string {
  const [namespace, name] = id.split('/');
  const ports = (more.ports ?? []).map((port) => `{ ${port} }`).join(', ');
  const ips = (more.ips ?? []).map((ip) => `{ ip: '${ip}' }`).join(', ');
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { ${labels} } }
spec: { hostNetwork: ${more.hostNetwork ?? false}, containers: [{ name: main, ports: [${ports}] }] }
status: { phase: ${more.phase ?? 'Running'}, podIPs: [${ips}] }`;
}

export function namespace(name: string, labels = ''): string {
  return `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { ${labels} } }`;
}

/** A NetworkPolicy, its spec in flow style. */
export function policy(id: string, spec: string): string {
  const [inNamespace, name] = id.split('/');
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${inNamespace} }
spec: ${spec}`;
}

/** Two namespaces, four Pods: what most rules can be shown with. */
export const shop = [
  namespace('shop', 'team: shop'),
  namespace('lab', 'team: lab'),
  pod('shop/web', 'app: web, tier: front'),
  pod('shop/api', 'app: api, tier: back', { ports: ['name: http, containerPort: 8080'] }),
  pod('shop/db', 'app: db, tier: back', { ports: ['name: http, containerPort: 9090'] }),
  pod('lab/web', 'app: web'),
];

export interface Answers {
  /** `TCP 80`, `none`, `all`; what the API leaves open follows as `, maybe TCP 81` */
  (from: string, to: string): string;
  analysis: Analysis;
  /** rule and message of every fault, of reading and of analysis */
  faults: string[];
  /** the reasons in words, egress first */
  why(from: string, to: string): string[];
}

/** The whole way from manifests to answers. A side is `shop/web` or an address outside. */
export function ask(manifests: readonly string[], options: PolicyOptions = {}): Answers {
  const { objects, faults } = readObjects(manifests.join('\n---\n'), 'all.yaml');
  const analysis = analyze(objects, options);
  const { cluster, connections } = analysis;
  const party = (side: string): Party => {
    const endpoint = cluster.endpoints.find(
      ({ namespace, name }) => side === `${namespace.name}/${name}`,
    );
    if (endpoint) return connections.partyOf(endpoint);
    const [range] = connections.partiesIn(parseAddress(side));
    if (!range) throw new Error(`nothing holds ${side}`);
    return range;
  };
  const answer = (from: string, to: string) => say(connections.decision(party(from), party(to)));
  return Object.assign(answer, {
    analysis,
    faults: [...faults, ...analysis.faults].map(
      ({ line, rule, severity, message }) => `${line} ${severity} ${rule}: ${message}`,
    ),
    why(from: string, to: string) {
      const { egress, ingress } = connections.explain(party(from), party(to));
      return [...because('egress', egress), ...because('ingress', ingress)].map(becauseText);
    },
  });
}

export function say({ allowed, conditional, unspecified }: Decision): string {
  return [
    String(allowed),
    conditional.isEmpty ? '' : `if ${conditional}`,
    unspecified.isEmpty ? '' : `maybe ${unspecified}`,
  ]
    .filter(Boolean)
    .join(', ');
}
