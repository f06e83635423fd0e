import { describe, expect, test } from 'vitest';
import { clusterwide, inShop, outside, policy } from './shop.ts';

const fromWeb = 'fromEndpoints: [{ matchLabels: { app: web } }]';

describe('what isolates a Pod', () => {
  test('rules in a direction isolate in it, and not in the other ("Endpoint default policy")', () => {
    const { ask } = inShop(policy(`ingress: [{ ${fromWeb} }]`));
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
    expect(ask('shop/api', 'lab/probe')).toBe('allowed');
    expect(ask('lab/probe', 'shop/web')).toBe('allowed');
  });

  test('the empty rule allows nothing and isolates (examples/policies/l3/egress-default-deny)', () => {
    const { ask } = inShop(policy('ingress: [{}]'));
    expect(ask('shop/web', 'shop/api')).toBe('denied');
    expect(ask(outside, 'shop/api')).toBe('denied');
    expect(ask('shop/api', outside)).toBe('allowed');
  });

  test('an empty rule that denies denies nothing, and isolates (mergeL4Filter, RulesToPolicyEntries)', () => {
    const { ask } = inShop(policy(`ingressDeny: [{}]`), policy(`ingress: [{ ${fromWeb} }]`, 'b'));
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(inShop(policy('ingressDeny: [{}]')).ask('shop/web', 'shop/api')).toBe('denied');
  });

  test('a rule that denies isolates by itself ("Deny Policies")', () => {
    const { ask } = inShop(policy(`ingressDeny: [{ ${fromWeb} }]`));
    expect(ask('shop/web', 'shop/api')).toBe('denied');
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
  });

  test('an empty list beside rules of the other direction does not isolate (rule_validation.go, Sanitize)', () => {
    const { ask } = inShop(policy(`ingress: []\negress: [{}]`));
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('shop/api', 'lab/probe')).toBe('denied');
  });

  test('a policy without any rule is refused since 1.20 (rule_validation.go, Sanitize)', () => {
    const { ask, faults } = inShop(policy('ingress: []'));
    expect(faults).toEqual([
      'there is no rule in ingress, ingressDeny, egress or egressDeny; CiliumNetworkPolicy shop/policy is left out',
    ]);
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
  });

  test('ICMP rules isolate for everything else ("Limit ICMP/ICMPv6 types")', () => {
    const { ask } = inShop(policy('ingress: [{ icmps: [{ fields: [{ type: 8 }] }] }]'));
    expect(ask('shop/web', 'shop/api')).toBe('denied');
    expect(ask('shop/web', 'shop/api', '53/UDP')).toBe('denied');
  });

  test('the node a Pod runs on reaches it all the same ("Access to/from local host")', () => {
    const { ask, reasons } = inShop(policy('ingress: [{}]\negress: [{}]'));
    expect(ask('kube-system/agent', 'shop/api')).toBe('conditional');
    expect(reasons('kube-system/agent', 'shop/api').ingress[0]?.condition).toBe(
      'the source is on the same node',
    );
    // Nothing of the kind is said of the way there.
    expect(ask('shop/api', 'kube-system/agent')).toBe('denied');
  });

  test('a rule that denies keeps out the own node too (repository.go, LabelsLocalHostIngress)', () => {
    const { ask } = inShop(policy('ingressDeny: [{ fromEntities: [all] }]'));
    expect(ask('kube-system/agent', 'shop/api')).toBe('denied');
  });
});

describe('enableDefaultDeny', () => {
  test('false: allow rules change nothing for a Pod that nothing else isolates', () => {
    const { ask } = inShop(
      policy(`enableDefaultDeny: { ingress: false }\ningress: [{ ${fromWeb} }]`),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
  });

  test('false: its allow rules count where another policy isolates', () => {
    const { ask } = inShop(
      policy(`enableDefaultDeny: { ingress: false }\ningress: [{ ${fromWeb} }]`, 'open'),
      policy('ingress: [{}]', 'closed'),
    );
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('lab/probe', 'shop/api')).toBe('denied');
  });

  test('false: a rule that denies takes away its peers and nothing more', () => {
    const { ask } = inShop(
      clusterwide(
        'enableDefaultDeny: { egress: false }\negressDeny: [{ toCIDR: [169.254.169.254/32] }]',
      ),
    );
    expect(ask('shop/api', '169.254.169.254')).toBe('denied');
    expect(ask('shop/api', outside)).toBe('allowed');
    expect(ask('shop/api', 'shop/web')).toBe('allowed');
  });

  test('each direction has its own', () => {
    const { ask } = inShop(
      policy('enableDefaultDeny: { ingress: false }\ningress: [{}]\negress: [{}]'),
    );
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('shop/api', 'lab/probe')).toBe('denied');
  });

  test('true does not isolate a direction without rules (parserules.go, RulesToPolicyEntries)', () => {
    const { ask } = inShop(policy('enableDefaultDeny: { egress: true }\ningress: [{}]'));
    expect(ask('shop/api', outside)).toBe('allowed');
  });

  test('false: L7 rules hold nobody back while nothing isolates (l4.go, createL4Filter)', () => {
    const { ask } = inShop(
      policy(`enableDefaultDeny: { ingress: false }
ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: GET }] } }] }]`),
    );
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
  });
});

describe('policies together', () => {
  const allowAll = policy('ingress: [{ fromEntities: [all] }]', 'a-allow-all');
  const kubernetes = (ingress: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: kubernetes, namespace: shop }
spec: { podSelector: { matchLabels: { app: api } }, ingress: ${ingress} }`;

  test('a rule that denies goes before all that allow, whatever they are called ("Deny Policies")', () => {
    const { ask } = inShop(allowAll, policy(`ingressDeny: [{ ${fromWeb} }]`, 'z-deny'));
    expect(ask('shop/web', 'shop/api')).toBe('denied');
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
  });

  test('a rule that denies goes before a Kubernetes NetworkPolicy ("Deny Policies")', () => {
    const { ask } = inShop(kubernetes('[{}]'), policy(`ingressDeny: [{ ${fromWeb} }]`));
    expect(ask('shop/web', 'shop/api')).toBe('denied');
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
  });

  test('what either a NetworkPolicy or a CiliumNetworkPolicy allows is allowed ("Rule Basics")', () => {
    const { ask } = inShop(
      kubernetes('[{ from: [{ namespaceSelector: { matchLabels: { team: research } } }] }]'),
      policy(`ingress: [{ ${fromWeb} }]`),
    );
    expect(ask('shop/web', 'shop/api')).toBe('allowed');
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('kube-system/dns', 'shop/api')).toBe('denied');
  });

  test('a denied port leaves the others to the rules that allow ("Deny Policies", table)', () => {
    const { ask } = inShop(
      allowAll,
      policy('ingressDeny: [{ toPorts: [{ ports: [{ port: "80", protocol: TCP }] }] }]'),
    );
    expect(ask('shop/web', 'shop/api', '80/TCP')).toBe('denied');
    expect(ask('shop/web', 'shop/api', '81/TCP')).toBe('allowed');
    expect(ask('shop/web', 'shop/api', '80/UDP')).toBe('allowed');
  });

  test('external lockdown: all but the world (examples/policies/l3/entities/from_world_deny.yaml)', () => {
    const { ask } = inShop(
      clusterwide(`endpointSelector: {}
ingressDeny: [{ fromEntities: [world] }]
ingress: [{ fromEntities: [all] }]`),
    );
    expect(ask(outside, 'shop/api')).toBe('denied');
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('kube-system/agent', 'shop/api')).toBe('allowed');
  });

  test('spec and every one of specs count (cnp_types.go, Parse)', () => {
    const { ask } = inShop(`${policy(`ingress: [{ ${fromWeb} }]`)}
specs:
  - endpointSelector: { matchLabels: { app: api } }
    ingress: [{ fromEndpoints: [{ matchLabels: { k8s:io.kubernetes.pod.namespace: lab } }] }]
  - endpointSelector: { matchLabels: { app: web } }
    egress: [{}]`);
    expect(ask('lab/probe', 'shop/api')).toBe('allowed');
    expect(ask('kube-system/dns', 'shop/api')).toBe('denied');
    // It is let in, but may not set out.
    expect(ask('shop/web', 'shop/api')).toBe('denied');
  });

  test('the reason for a denial is the rule that denies, with its place', () => {
    const { reasons } = inShop(allowAll, policy(`ingressDeny: [{ ${fromWeb} }]`, 'z-deny'));
    const [reason] = reasons('shop/web', 'shop/api').ingress;
    expect(reason).toMatchObject({ outcome: 'denied', policies: [{ object: { name: 'z-deny' } }] });
    expect(reason?.rule?.path).toEqual(['spec', 'ingressDeny', '0']);
  });
});
