import { readCluster } from '../../../src/cluster/cluster.ts';
import type { Protocol } from '../../../src/cluster/model.ts';
import { readObjects } from '../../../src/cluster/objects.ts';
import { parseAddress } from '../../../src/policy/addresses.ts';
import { connect } from '../../../src/policy/connections.ts';
import type { Outcome, Reason } from '../../../src/policy/evaluate.ts';
import { readPolicies } from '../../../src/policy/policies.ts';

/** Two teams' namespaces, the cluster's DNS, and a Pod on its node's network. */
const shop = `
apiVersion: v1
kind: Namespace
metadata: { name: lab, labels: { team: research } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web, topology.kubernetes.io/zone: a } }
spec:
  serviceAccountName: front
  containers: [{ name: main, ports: [{ name: http, containerPort: 3000 }] }]
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: shop, labels: { app: api, app.kubernetes.io/name: api } }
spec:
  containers: [{ name: main, ports: [{ name: http, containerPort: 8080 }] }]
status: { podIP: 10.1.0.5 }
---
apiVersion: v1
kind: Pod
metadata: { name: probe, namespace: lab, labels: { app: probe } }
spec:
  containers: [{ name: main }]
---
apiVersion: v1
kind: Pod
metadata: { name: dns, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec:
  containers: [{ name: main }]
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: kube-system, labels: { app: agent } }
spec:
  hostNetwork: true
  containers: [{ name: main }]
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop, labels: { tier: back } }
spec: { clusterIP: 10.96.0.5, selector: { app: api }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: legacy, namespace: shop }
spec: { clusterIP: None, ports: [{ port: 5432 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: legacy-1, namespace: shop, labels: { kubernetes.io/service-name: legacy } }
addressType: IPv4
endpoints: [{ addresses: [192.0.2.9] }]
---
apiVersion: v1
kind: Service
metadata: { name: unknown, namespace: shop }
spec: { clusterIP: None, ports: [{ port: 5432 }] }
`;

export const outside = '203.0.113.7';

export interface Answers {
  /** what becomes of a connection; the sides are names such as shop/web, or addresses */
  ask(from: string, to: string, port?: string): Outcome;
  reasons(from: string, to: string): { egress: Reason[]; ingress: Reason[] };
  faults: string[];
  /** the text at the place of each fault, to the end of its line */
  places: string[];
}

/** Puts policies into the shop. */
export function inShop(...manifests: string[]): Answers {
  const texts = [shop, ...manifests];
  const objects = texts.flatMap((text, i) => readObjects(text, `${i}`).objects);
  const { cluster } = readCluster(objects);
  const policies = readPolicies(cluster);
  const connections = connect(cluster, policies);
  const party = (side: string) => {
    const endpoint = cluster.endpoints.find((e) => `${e.namespace.name}/${e.name}` === side);
    const found = endpoint
      ? connections.partyOf(endpoint)
      : connections.partiesIn(parseAddress(side))[0];
    if (!found) throw new Error(`${side} is not there`);
    return found;
  };
  return {
    ask(from, to, port = '80/TCP') {
      const [number, protocol = 'TCP'] = port.split('/');
      const decision = connections.decision(party(from), party(to));
      for (const outcome of ['allowed', 'conditional', 'unspecified'] as const) {
        if (decision[outcome].has(protocol as Protocol, Number(number))) return outcome;
      }
      return 'denied';
    },
    reasons: (from, to) => connections.explain(party(from), party(to)),
    faults: policies.faults.map(({ message }) => message),
    places: policies.faults.map(({ file, line, column }) =>
      String(texts[Number(file)]?.split('\n')[line - 1]?.slice(column - 1)),
    ),
  };
}

/** A CiliumNetworkPolicy of namespace shop, for app=api unless it says something else. */
export function policy(spec: string, name = 'policy'): string {
  const subject = /endpointSelector|nodeSelector/.test(spec)
    ? ''
    : 'endpointSelector: { matchLabels: { app: api } }';
  return manifest('CiliumNetworkPolicy', `name: ${name}, namespace: shop`, `${subject}\n${spec}`);
}

/** A CiliumClusterwideNetworkPolicy, for app=api unless it says something else. */
export function clusterwide(spec: string, name = 'policy'): string {
  const subject = /endpointSelector|nodeSelector/.test(spec)
    ? ''
    : 'endpointSelector: { matchLabels: { app: api } }';
  return manifest('CiliumClusterwideNetworkPolicy', `name: ${name}`, `${subject}\n${spec}`);
}

function manifest(kind: string, metadata: string, spec: string): string {
  const lines = spec.trim().split('\n');
  return [
    'apiVersion: cilium.io/v2',
    `kind: ${kind}`,
    `metadata: { ${metadata} }`,
    'spec:',
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
