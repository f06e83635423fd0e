import { readObjects } from '../../../src/cluster/objects.ts';
import { parseAddress } from '../../../src/policy/addresses.ts';
import { type Analysis, analyze } from '../../../src/policy/analyze.ts';
import type { PolicyOptions } from '../../../src/policy/policies.ts';

/** Namespace shop with web, api (app=api, two named ports) and db; namespace ops with the Pod mon. */
export const world = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: blue } }
---
apiVersion: v1
kind: Namespace
metadata: { name: ops, labels: { team: red } }
---
${pod('shop', 'web', { labels: '{ app: web, tier: front }', ip: '10.1.0.1' })}
---
${pod('shop', 'api', { labels: '{ app: api }', ip: '10.1.0.2', more: 'serviceAccountName: api' })}
---
${pod('shop', 'db', { labels: '{ app: db }', ip: '10.1.0.3' })}
---
${pod('ops', 'mon', { labels: '{ app: mon }', ip: '10.2.0.1' })}
`;

/** A Pod with ports named http (8080/TCP), metrics (9090/TCP) and dns (5353/UDP). */
export function pod(
  namespace: string,
  name: string,
  { labels = '{}', ip = '', more = '' }: { labels?: string; ip?: string; more?: string } = {},
): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: ${labels} }
spec:
  ${more || 'restartPolicy: Always'}
  containers:
    - name: main
      ports:
        - { name: http, containerPort: 8080 }
        - { name: metrics, containerPort: 9090 }
        - { name: dns, containerPort: 5353, protocol: UDP }
status: { podIPs: [${ip
    .split(' ')
    .filter((one) => one)
    .map((one) => `{ ip: "${one}" }`)
    .join(', ')}] }`;
}

/** A Calico policy; `spec` is YAML in flow style or indented by two. */
export function policy(kind: string, name: string, spec: string): string {
  const namespace = kind.startsWith('Global') ? '' : ', namespace: shop';
  return `apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: ${name}${namespace} }
spec: ${spec}`;
}

export const np = (name: string, spec: string) => policy('NetworkPolicy', name, spec);
export const gnp = (name: string, spec: string) => policy('GlobalNetworkPolicy', name, spec);

export interface Answers extends Analysis {
  /** `TCP 80; UDP 53`, then what is conditional (`?`) and unspecified (`~`) */
  from(source: string): { to(destination: string): string };
  /** the first condition on the way */
  condition(source: string, destination: string): string | undefined;
  messages: string[];
}

/** Answers about connections; a side is `shop/web` or an address outside. */
export function ask(manifests: string[], options: PolicyOptions = {}, base = world): Answers {
  const { objects } = readObjects([base, ...manifests].join('\n---\n'), 'test.yaml');
  const analysis = analyze(objects, options);
  const { connections, cluster } = analysis;
  const party = (side: string) => {
    const endpoint = cluster.endpoints.find((e) => `${e.namespace.name}/${e.name}` === side);
    if (endpoint) return connections.partyOf(endpoint);
    const family = side.includes(':') ? 6 : 4;
    const [found] = connections.partiesIn({ family, ...numbers(side) });
    if (!found) throw new Error(`no party for ${side}`);
    return found;
  };
  return {
    ...analysis,
    from: (source) => ({
      to(destination) {
        const d = connections.decision(party(source), party(destination));
        const parts = [d.allowed.isEmpty ? '' : `${d.allowed}`];
        if (!d.conditional.isEmpty) parts.push(`?${d.conditional}`);
        if (!d.unspecified.isEmpty) parts.push(`~${d.unspecified}`);
        return parts.filter((part) => part).join(' ') || 'none';
      },
    }),
    condition(source, destination) {
      const { egress, ingress } = connections.explain(party(source), party(destination));
      return [...egress, ...ingress].find((reason) => reason.condition)?.condition;
    },
    messages: analysis.faults.map(({ message }) => message),
  };
}

function numbers(address: string) {
  const { first, last } = parseAddress(address);
  return { first, last };
}
