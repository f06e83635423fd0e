import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, gnp, np } from './world.ts';

const allowAll = '{ action: Allow }';
const denyAll = '{ action: Deny }';
const passAll = '{ action: Pass }';
const api = `selector: "app == 'api'"`;

const tier = (name: string, spec: string) => `apiVersion: projectcalico.org/v3
kind: Tier
metadata: { name: ${name} }
spec: ${spec}`;

/** A GlobalNetworkPolicy for api's ingress. */
const inTier = (name: string, tierName: string, rules: string, more = '') =>
  gnp(name, `{ ${api}, tier: ${tierName}, types: [Ingress], ingress: [${rules}]${more} }`);

/** A Kubernetes NetworkPolicy that lets web reach api on 80/TCP. */
const k8s = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web-to-api, namespace: shop }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: 80 }]`;

describe('order within the default tier', () => {
  // conversion.go, K8sNetworkPolicyToCalico: NetworkPolicies are put at order 1000.
  test('a Deny below order 1000 comes before what a NetworkPolicy allows', () => {
    const q = ask([
      k8s,
      np('deny', `{ ${api}, order: 999, ingress: [{ action: Deny, protocol: TCP }] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('none');
  });

  test('a Deny above order 1000 comes after it, and denies the rest as the tier does', () => {
    const q = ask([
      k8s,
      np('deny', `{ ${api}, order: 1001, ingress: [{ action: Deny, protocol: TCP }] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP 80');
  });

  test('an Allow above order 1000 still opens: a NetworkPolicy denies by the end of the tier alone', () => {
    const q = ask([
      k8s,
      np('allow', `{ ${api}, order: 2000, ingress: [{ action: Allow, protocol: UDP }] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP 80; UDP all');
    expect(q.from('shop/db').to('shop/api')).toBe('UDP all');
  });

  // API reference, NetworkPolicySpec.order: without one, a policy is applied last.
  test('a policy without an order comes after every order', () => {
    const q = ask([
      np('a-deny', `{ ${api}, ingress: [${denyAll}] }`),
      np('b-allow', `{ ${api}, order: 1000000, ingress: [${allowAll}] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  // felix/calc/policy_sorter.go, PolKVLess: by name, then namespace, then kind.
  test('equal orders go by name, whichever namespace and kind they are of', () => {
    const deny = np('b-deny', `{ ${api}, order: 5, ingress: [${denyAll}] }`);
    const allow = (name: string) => inTier(name, 'default', allowAll, ', order: 5');
    expect(
      ask([deny, allow('a-allow')])
        .from('shop/web')
        .to('shop/api'),
    ).toBe('all');
    expect(
      ask([deny, allow('c-allow')])
        .from('shop/web')
        .to('shop/api'),
    ).toBe('none');
    expect(
      ask([allow('c-allow'), deny])
        .from('shop/web')
        .to('shop/api'),
    ).toBe('none');
  });

  test('policies without an order go by name as well', () => {
    const q = ask([
      np('b', `{ ${api}, ingress: [${denyAll}] }`),
      np('a', `{ ${api}, ingress: [${allowAll}] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  test('an order may be a fraction, or negative', () => {
    const q = ask([
      np('a', `{ ${api}, order: 0.5, ingress: [${denyAll}] }`),
      np('b', `{ ${api}, order: -1, ingress: [{ action: Allow, protocol: UDP }] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('UDP all');
  });

  test('rules are asked in order, and the first that matches decides', () => {
    const q = ask([
      np(
        'mixed',
        `{ ${api}, ingress: [
          { action: Deny, protocol: TCP, destination: { ports: [80] } },
          { action: Allow, protocol: TCP, destination: { ports: ["79:81"] } },
          { action: Deny } ] }`,
      ),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP 79,81');
  });

  // API reference, Rule.action: after Log the next rule is asked.
  test('Log decides nothing', () => {
    const q = ask([
      np('log', `{ ${api}, ingress: [{ action: Log }, { action: Allow, protocol: UDP }] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('UDP all');
  });

  test('a policy without rules denies, as the tier does at its end', () => {
    const q = ask([np('deny', `{ ${api} }`)]);
    expect(q.from('shop/web').to('shop/api')).toBe('none');
    expect(q.from('shop/api').to('shop/web')).toBe('all');
  });

  test('without any policy, all is allowed: the profile of the namespace says so', () => {
    expect(ask([]).from('shop/web').to('shop/api')).toBe('all');
  });
});

describe('tiers (guide "Get started with policy tiers", API reference TierSpec)', () => {
  const first = tier('first', '{ order: 10 }');
  const soft = tier('soft', '{ order: 10, defaultAction: Pass }');

  test('a lower tier is asked before the default tier, whatever the orders of policies', () => {
    const deny = inTier('first.deny', 'first', denyAll, ', order: 5000');
    const q = ask([first, deny, np('allow', `{ ${api}, order: 1, ingress: [${allowAll}] }`)]);
    expect(q.from('shop/web').to('shop/api')).toBe('none');
  });

  test('a tier behind the default tier is asked when that passes', () => {
    const late = tier('late', '{ order: 2000000 }');
    const deny = inTier('late.deny', 'late', '{ action: Deny, protocol: TCP }, { action: Allow }');
    expect(ask([late, deny]).from('shop/web').to('shop/api')).toBe('UDP all; SCTP all');
    const allow = np('allow', `{ ${api}, ingress: [${allowAll}] }`);
    expect(ask([late, deny, allow]).from('shop/web').to('shop/api')).toBe('all');
    const pass = np('pass', `{ ${api}, ingress: [${passAll}] }`);
    expect(ask([late, deny, pass]).from('shop/web').to('shop/api')).toBe('UDP all; SCTP all');
  });

  test('Pass leaves the tier: its later policies are skipped, and so is its end', () => {
    const q = ask([
      first,
      inTier('first.a', 'first', '{ action: Pass, protocol: TCP }', ', order: 1'),
      inTier('first.b', 'first', denyAll, ', order: 2'),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP all');
  });

  test('Pass in the default tier leads to the profile, which allows', () => {
    const q = ask([np('pass', `{ ${api}, ingress: [{ action: Pass, protocol: TCP }] }`)]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP all');
  });

  test('the end of a tier denies, unless its defaultAction is Pass', () => {
    const some = (name: string) => inTier('p', name, '{ action: Allow, protocol: UDP }');
    const later = np('later', `{ ${api}, ingress: [{ action: Allow, protocol: TCP }] }`);
    expect(
      ask([first, some('first'), later])
        .from('shop/web')
        .to('shop/api'),
    ).toBe('UDP all');
    expect(
      ask([soft, some('soft'), later])
        .from('shop/web')
        .to('shop/api'),
    ).toBe('TCP all; UDP all');
  });

  test('the end of a tier says nothing of endpoints that none of its policies selects', () => {
    const q = ask([first, inTier('p', 'first', denyAll)]);
    expect(q.from('shop/web').to('shop/db')).toBe('all');
  });

  test('nor of the direction that its policies do not speak of', () => {
    const q = ask([first, inTier('p', 'first', denyAll)]);
    expect(q.from('shop/api').to('shop/db')).toBe('all');
  });

  // felix/calc/policy_sorter.go, TierLess
  test('a tier without an order comes last, behind kube-baseline', () => {
    const q = ask([
      tier('aaa', '{}'),
      inTier('a', 'aaa', allowAll),
      inTier('b', 'kube-baseline', denyAll),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('none');
  });

  test('tiers of one order go by name, and stay apart', () => {
    const both = [tier('t1', '{ order: 7 }'), tier('t0', '{ order: 7, defaultAction: Pass }')];
    const q = ask([
      ...both,
      // Were they one tier, the lower order would come first.
      inTier('first-one', 't1', denyAll, ', order: 1'),
      inTier('second', 't0', '{ action: Allow, protocol: TCP }', ', order: 2'),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP all');
  });

  test('tiers without an order stay apart too', () => {
    const q = ask([
      tier('t1', '{}'),
      tier('t0', '{ defaultAction: Pass }'),
      inTier('first-one', 't1', denyAll, ', order: 1'),
      inTier('second', 't0', '{ action: Allow, protocol: TCP }', ', order: 2'),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('TCP all');
  });

  test.each([
    ['before', 'none'],
    ['zzz', 'UDP all'],
  ])('a tier %s of the order of the default tier stands beside it by name', (name, expected) => {
    const q = ask([
      tier(name, '{ order: 1000000 }'),
      inTier('tiered', name, denyAll),
      inTier('second', 'default', '{ action: Allow, protocol: UDP }'),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe(expected);
  });

  // API reference, Tier: kube-admin 1000, default 1,000,000, kube-baseline 10,000,000.
  test('kube-admin and kube-baseline exist without being written, and pass at their end', () => {
    const admin = inTier('a', 'kube-admin', '{ action: Deny, protocol: SCTP }');
    const baseline = inTier('b', 'kube-baseline', '{ action: Deny, protocol: UDP }');
    expect(ask([admin, baseline]).from('shop/web').to('shop/api')).toBe('TCP all');
    expect(ask([admin, baseline, k8s]).from('shop/web').to('shop/api')).toBe('TCP 80');
  });

  test('the names that 3.29 to 3.31 gave these two tiers still mean them', () => {
    const q = ask([
      tier('adminnetworkpolicy', '{ order: 1000, defaultAction: Pass }'),
      inTier('a', 'adminnetworkpolicy', denyAll, ', order: 2'),
      inTier('b', 'kube-admin', allowAll, ', order: 1'),
    ]);
    expect(q.messages).toEqual([]);
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  // 3.32 dropped the rule that a name begins with its tier; spec.tier has the default `default`.
  test('spec.tier decides, not the name', () => {
    const q = ask([
      first,
      gnp('first.deny', `{ ${api}, types: [Ingress], ingress: [${denyAll}] }`),
      np('allow', `{ ${api}, order: 1, ingress: [${allowAll}] }`),
    ]);
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  test('a policy in a tier that does not exist is left out, and says so at spec.tier', () => {
    const q = ask([inTier('p', 'missing', denyAll)]);
    expect(q.from('shop/web').to('shop/api')).toBe('all');
    expect(q.messages).toEqual(['there is no Tier missing; GlobalNetworkPolicy p is left out']);
    const [fault] = q.faults;
    expect(fault?.source ?? q.policies.faults[0]?.column).toBeGreaterThan(1);
  });

  test.each([
    [
      '{ defaultAction: Allow }',
      'unknown defaultAction Allow; use Deny or Pass; Tier first is left out',
    ],
    ['{ order: "10" }', 'order 10 is not a number; Tier first is left out'],
  ])('Tier %s is left out, and with it its policies', (spec, message) => {
    const q = ask([tier('first', spec), inTier('p', 'first', denyAll)]);
    expect(q.messages).toContain(message);
    expect(q.messages).toContain('there is no Tier first; GlobalNetworkPolicy p is left out');
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  // API reference, Tier: these three cannot be changed.
  test('a built-in tier with another order or action is reported, and stays as it is', () => {
    const q = ask([
      tier('default', '{ order: 5, defaultAction: Pass }'),
      inTier('p', 'default', '{ action: Allow, protocol: TCP }'),
    ]);
    expect(q.messages[0]).toMatch('default must have order 1000000 and defaultAction Deny');
    expect(q.from('shop/web').to('shop/api')).toBe('TCP all');
    expect(ask([tier('kube-admin', '{ order: 1000 }')]).messages[0]).toMatch('defaultAction Pass');
    expect(ask([tier('default', '{ order: 1000000 }')]).messages).toEqual([]);
  });
});

describe('staged policies', () => {
  test.each(['StagedNetworkPolicy', 'StagedGlobalNetworkPolicy', 'StagedKubernetesNetworkPolicy'])(
    '%s enforces nothing and is counted',
    (kind) => {
      const staged = `apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: s, namespace: shop }
spec: { ${api}, ingress: [${denyAll}] }`;
      const q = ask([staged]);
      expect(q.from('shop/web').to('shop/api')).toBe('all');
      expect(q.messages).toEqual([]);
      expect(q.policies.ignored.get(`projectcalico.org/v3 ${kind}`)).toBe(1);
    },
  );
});

test('the order of documents plays no part', () => {
  const documents = [
    k8s,
    tier('first', '{ order: 10, defaultAction: Pass }'),
    tier('second', '{ order: 10 }'),
    inTier('a', 'first', '{ action: Deny, protocol: SCTP }, { action: Pass, protocol: UDP }'),
    inTier('b', 'second', '{ action: Pass, source: { selector: has(tier) } }, { action: Deny }'),
    np(
      'c',
      `{ ${api}, ingress: [{ action: Allow, protocol: UDP, destination: { ports: [dns] } }] }`,
    ),
    np('d', `{ ${api}, ingress: [${denyAll}] }`),
  ];
  const answers = (manifests: string[]) => {
    const q = ask(manifests);
    return ['shop/web', 'shop/db', '192.0.2.1'].map((from) => q.from(from).to('shop/api'));
  };
  expect(answers(documents)).toEqual(['TCP 80; UDP 5353', 'none', 'none']);
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
      expect(answers(shuffled)).toEqual(answers(documents));
    }),
    { numRuns: 25 },
  );
});
