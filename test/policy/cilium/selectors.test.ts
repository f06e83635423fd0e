import { describe, expect, test } from 'vitest';
import { clusterwide, inShop, outside, policy } from './shop.ts';

describe('whom a policy is for', () => {
  test('a CiliumNetworkPolicy is for its namespace, a clusterwide one for all ("Namespaces")', () => {
    const spec = 'endpointSelector: {}\ningress: [{}]';
    expect(inShop(policy(spec)).ask('shop/web', 'lab/probe')).toBe('allowed');
    expect(inShop(policy(spec)).ask('lab/probe', 'shop/web')).toBe('denied');
    expect(inShop(clusterwide(spec)).ask('shop/web', 'lab/probe')).toBe('denied');
  });

  test('another namespace with k8s: is replaced by its own (utils.go, ParseToCiliumRule)', () => {
    const { ask } = inShop(
      policy(`endpointSelector: { matchLabels: { k8s:io.kubernetes.pod.namespace: lab } }
ingress: [{}]`),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
    expect(ask('shop/api', 'lab/probe')).toBe('allowed');
  });

  test('another namespace without k8s: stays, so that nobody is selected (utils.go, ParseToCiliumRule)', () => {
    const { ask } = inShop(
      policy(`endpointSelector: { matchLabels: { io.kubernetes.pod.namespace: lab } }
ingress: [{}]`),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('shop/api', 'lab/probe')).toBe('allowed');
  });

  test('a Pod on its node\'s network is no endpoint, and host policies are left open ("Host Policies")', () => {
    const spec = 'ingress: [{}]\negress: [{}]';
    expect(
      inShop(clusterwide(`endpointSelector: {}\n${spec}`)).ask('kube-system/agent', outside),
    ).toBe('allowed');
    const host = inShop(clusterwide(`nodeSelector: {}\n${spec}`));
    expect(host.ask('kube-system/agent', outside)).toBe('unspecified');
    expect(host.ask('shop/web', outside)).toBe('allowed');
  });

  test('labels that make no identity are not seen (labelsfilter, "Limiting Identity-Relevant Labels")', () => {
    const by = (label: string) =>
      inShop(policy(`endpointSelector: { matchLabels: { ${label} } }\negress: [{}]`));
    expect(by('topology.kubernetes.io/zone: a').ask('shop/web', outside)).toBe('allowed');
    expect(by('app.kubernetes.io/name: api').ask('shop/api', outside)).toBe('denied');
  });

  test.each([
    'io.kubernetes.x',
    'kubernetes.io/x',
    'statefulset.kubernetes.io/pod-name',
    'apps.kubernetes.io/pod-index',
    'batch.kubernetes.io/job-completion-index',
    'batch.kubernetes.io/controller-uid',
    'node.beta.kubernetes.io/x',
    'k8s.io/x',
    'pod-template-generation',
    'pod-template-hash',
    'controller-revision-hash',
    'controller-uid',
    'annotation.x',
    'etcd_node',
  ])('the label %s makes no identity, one that only contains it does', (key) => {
    const isolated = (label: string) =>
      inShop(
        `apiVersion: v1
kind: Pod
metadata: { name: other, namespace: shop, labels: { ${label}: a } }
spec: { containers: [{ name: main }] }`,
        policy(`endpointSelector: { matchLabels: { ${label}: a } }\negress: [{}]`),
      ).ask('shop/other', outside);
    expect(isolated(key)).toBe('allowed');
    // Whatever stands before it plays no part in this one alone.
    expect(isolated(`x.${key}`)).toBe(key.includes('beta') ? 'allowed' : 'denied');
  });

  test('matchExpressions: NotIn and DoesNotExist select what lacks the key ("Match Expressions")', () => {
    const by = (expression: string) =>
      inShop(policy(`endpointSelector: { matchExpressions: [{ ${expression} }] }\negress: [{}]`));
    const notApi = by('key: app, operator: NotIn, values: [api]');
    expect(notApi.ask('shop/web', outside)).toBe('denied');
    expect(notApi.ask('shop/api', outside)).toBe('allowed');
    expect(by('key: k8s:gone, operator: DoesNotExist').ask('shop/web', outside)).toBe('denied');
    expect(by('key: k8s:gone, operator: Exists').ask('shop/web', outside)).toBe('allowed');
  });
});

describe('fromEndpoints and toEndpoints', () => {
  const from = (selectors: string) => `ingress: [{ fromEndpoints: ${selectors} }]`;

  test('[{}] in a CiliumNetworkPolicy is its own namespace ("Egress Allow All Endpoints")', () => {
    const { ask } = inShop(policy(from('[{}]')));
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
    expect(ask(outside, 'shop/api')).toBe('denied');
  });

  test('[{}] in a clusterwide policy is every Pod, not the world (utils.go, getEndpointSelector)', () => {
    const { ask } = inShop(clusterwide('egress: [{ toEndpoints: [{}] }]'));
    expect(ask('shop/api', 'shop/web')).toBe('allowed');
    expect(ask('shop/api', 'lab/probe')).toBe('allowed');
    expect(ask('shop/api', outside)).toBe('denied');
    expect(ask('shop/api', 'kube-system/agent')).toBe('denied');
  });

  test('[] is nobody, though a missing list with toPorts is everybody (ingress.go, FromEndpoints)', () => {
    const ports = 'toPorts: [{ ports: [{ port: "80" }] }]';
    const nobody = inShop(policy(`ingress: [{ fromEndpoints: [], ${ports} }]`));
    expect(nobody.ask('shop/web', 'shop/api')).toBe('denied');
    const everybody = inShop(policy(`ingress: [{ ${ports} }]`));
    expect(everybody.ask('shop/web', 'shop/api')).toBe('allowed');
    expect(everybody.ask(outside, 'shop/api')).toBe('allowed');
    expect(everybody.ask('kube-system/agent', 'shop/api')).toBe('allowed');
    expect(everybody.ask('shop/web', 'shop/api', '81/TCP')).toBe('denied');
  });

  test('labels without a namespace mean the own one ("Namespaces")', () => {
    const { ask } = inShop(policy(from('[{ matchLabels: { app: probe } }]')));
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
  });

  test('another namespace, with and without k8s: ("Specifying Namespace In EndpointSelector …")', () => {
    for (const key of ['k8s:io.kubernetes.pod.namespace', 'io.kubernetes.pod.namespace']) {
      const { ask } = inShop(policy(from(`[{ matchLabels: { ${key}: lab } }]`)));
      expect(ask('lab/probe', 'shop/api')).toBe('allowed');
      expect(ask('shop/web', 'shop/api')).toBe('denied');
    }
  });

  test('Exists of the namespace label means all namespaces ("Multi-Cluster", any namespace)', () => {
    const { ask } = inShop(
      policy(
        from('[{ matchExpressions: [{ key: io.kubernetes.pod.namespace, operator: Exists }] }]'),
      ),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask(outside, 'shop/api')).toBe('denied');
  });

  test('labels of namespaces lift the limit to the own one ("Namespace Specific Information")', () => {
    const { ask } = inShop(
      policy(from('[{ matchLabels: { io.cilium.k8s.namespace.labels.team: research } }]')),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('shop/web', 'shop/api')).toBe('denied');
  });

  test('labels are ANDed, entries are ORed ("Endpoints based")', () => {
    const and = inShop(policy(from('[{ matchLabels: { app: web, k8s:tier: front } }]')));
    expect(and.ask('shop/web', 'shop/api')).toBe('denied');
    const or = inShop(
      policy(from('[{ matchLabels: { app: none } }, { matchLabels: { app: web } }]')),
    );
    expect(or.ask('shop/web', 'shop/api')).toBe('allowed');
  });

  test('the ServiceAccount is a label ("ServiceAccounts")', () => {
    const { ask } = inShop(
      policy(from('[{ matchLabels: { io.cilium.k8s.policy.serviceaccount: front } }]')),
    );
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('kube-system/dns', 'shop/api')).toBe('denied');
  });

  test('any: is every source, and another source than k8s: is on no Pod (labels.go, parseSource)', () => {
    expect(
      inShop(policy(from('[{ matchLabels: { any:app: web } }]'))).ask('shop/web', 'shop/api'),
    ).toBe('allowed');
    expect(
      inShop(policy(from('[{ matchLabels: { container:app: web } }]'))).ask('shop/web', 'shop/api'),
    ).toBe('denied');
  });

  test('reserved: labels name what is no Pod, and no namespace is added (utils.go, getEndpointSelector)', () => {
    const world = inShop(policy(from('[{ matchLabels: { "reserved:world": "" } }]')));
    expect(world.ask(outside, 'shop/api')).toBe('allowed');
    expect(world.ask('shop/web', 'shop/api')).toBe('denied');
    const host = inShop(policy('egress: [{ toEndpoints: [{ matchLabels: { $host: "" } }] }]'));
    expect(host.ask('shop/api', 'kube-system/agent')).toBe('unspecified');
    expect(host.ask('shop/api', outside)).toBe('denied');
    const to = (label: string) =>
      inShop(policy(`egress: [{ toEndpoints: [{ matchLabels: { "${label}": "" } }] }]`));
    expect(to('reserved:world-ipv4').ask('shop/api', outside)).toBe('allowed');
    expect(to('reserved:world-ipv6').ask('shop/api', outside)).toBe('denied');
    expect(to('reserved:kube-apiserver').ask('shop/api', outside)).toBe('unspecified');
    expect(to('reserved:remote-node').ask('shop/api', 'kube-system/agent')).toBe('unspecified');
    const negative = '[{ matchExpressions: [{ key: "reserved:host", operator: DoesNotExist }] }]';
    expect(inShop(policy(from(negative))).ask('lab/probe', 'shop/api')).toBe('allowed');
  });

  test('a policy for Pods without labels adds no namespace (utils.go, matchesPodInit)', () => {
    const { ask } = inShop(
      clusterwide(`endpointSelector:
  matchExpressions: [{ key: reserved:init, operator: DoesNotExist }]
ingress: [{ fromEndpoints: [{}] }]`),
    );
    expect(ask(outside, 'shop/api')).toBe('allowed');
  });

  test('the name of the cluster is not in manifests: left open ("Multi-Cluster")', () => {
    const { ask } = inShop(
      policy(from('[{ matchLabels: { app: web, io.cilium.k8s.policy.cluster: west } }]')),
    );
    expect(ask('shop/web', 'shop/api')).toBe('unspecified');
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
    const by = (expression: string) => {
      const terms = `{ key: io.cilium.k8s.policy.cluster, ${expression} }, { key: app, operator: In, values: [web] }`;
      return inShop(policy(from(`[{ matchExpressions: [${terms}] }]`)));
    };
    expect(by('operator: In, values: [west]').ask('shop/web', 'shop/api')).toBe('unspecified');
    const notWest = by('operator: NotIn, values: [west]');
    expect(notWest.ask('shop/web', 'shop/api')).toBe('unspecified');
    expect(notWest.ask('lab/probe', 'shop/api')).toBe('denied');
    expect(by('operator: Exists').ask('shop/web', 'shop/api')).toBe('allowed');
    expect(by('operator: DoesNotExist').ask('shop/web', 'shop/api')).toBe('denied');
  });
});
