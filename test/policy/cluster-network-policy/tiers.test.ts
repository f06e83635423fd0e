import { describe, expect, it } from 'vitest';
import { allowed, anp, banp, cnp, everybody, lab, networkPolicy, shop } from './shop.ts';

const deny = (from: string) => `ingress: [{ action: Deny, from: [${from}] }]`;
const accept = (from: string) => `ingress: [{ action: Accept, from: [${from}] }]`;
const pass = (from: string) => `ingress: [{ action: Pass, from: [${from}] }]`;
const isolated = networkPolicy('podSelector: {}, policyTypes: [Ingress]');
const ownPods = networkPolicy('podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }]');

// v0.2.0, apis/v1alpha2/clusternetworkpolicy_types.go: ClusterNetworkPolicySpec.tier
describe('the order of the tiers', () => {
  it('asks Admin first: what it accepts, no NetworkPolicy can deny', () => {
    expect(allowed([isolated], 'lab/job', 'shop/api')).toBe('none');
    expect(allowed([isolated, cnp(accept(lab))], 'lab/job', 'shop/api')).toBe('all');
  });

  it('asks Admin first: what it denies, no NetworkPolicy can allow', () => {
    const open = networkPolicy('podSelector: {}, ingress: [{}]');
    expect(allowed([open, cnp(deny(lab))], 'lab/job', 'shop/api')).toBe('none');
  });

  it('asks no Baseline where a NetworkPolicy selects the Pod: what that allows stays', () => {
    const baseline = cnp(deny(everybody), { tier: 'Baseline' });
    expect(allowed([baseline], 'shop/web', 'shop/api')).toBe('none');
    expect(allowed([baseline, ownPods], 'shop/web', 'shop/api')).toBe('all');
  });

  it('asks no Baseline where a NetworkPolicy selects the Pod: what that leaves out is denied', () => {
    const baseline = cnp(accept(lab), { tier: 'Baseline' });
    expect(allowed([baseline, ownPods], 'lab/job', 'shop/api')).toBe('none');
  });

  it('asks Baseline where a NetworkPolicy selects the Pod in the other direction alone', () => {
    const egress = networkPolicy('podSelector: {}, policyTypes: [Egress], egress: [{}]');
    const baseline = cnp(deny(lab), { tier: 'Baseline' });
    expect(allowed([baseline, egress], 'lab/job', 'shop/api')).toBe('none');
  });

  it('allows what nobody decides', () => {
    const baseline = cnp(deny(lab), { tier: 'Baseline', name: 'base' });
    expect(allowed([baseline, cnp(deny(lab))], 'shop/web', 'shop/api')).toBe('all');
  });
});

// ClusterNetworkPolicyRuleAction; API overview, "Actions"
describe('Pass', () => {
  it('leaves the rest of the tier to reach NetworkPolicy', () => {
    const passing = cnp(pass(lab), { name: 'first', priority: 1 });
    const denying = cnp(deny(lab), { name: 'second', priority: 2 });
    expect(allowed([denying], 'lab/job', 'shop/api')).toBe('none');
    expect(allowed([passing, denying], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([passing, denying, isolated], 'lab/job', 'shop/api')).toBe('none');
  });

  it('reaches Baseline where no NetworkPolicy selects the Pod', () => {
    const baseline = cnp(deny(lab), { tier: 'Baseline', name: 'base' });
    const accepting = cnp(accept(lab), { name: 'second', priority: 20 });
    expect(allowed([accepting, baseline], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([cnp(pass(lab)), accepting, baseline], 'lab/job', 'shop/api')).toBe('none');
  });

  it('leaves Baseline to the default, which is to allow', () => {
    const rules =
      'ingress: [{ action: Pass, from: [{ namespaces: {} }] }, { action: Deny, from: [{ namespaces: {} }] }]';
    expect(allowed([cnp(rules, { tier: 'Baseline' })], 'lab/job', 'shop/api')).toBe('all');
  });

  it('passes only the ports it speaks of', () => {
    const rules = `ingress: [
      { action: Pass, from: [${lab}], protocols: [{ tcp: { destinationPort: { number: 80 } } }] },
      { action: Deny, from: [${lab}] }]`;
    expect(allowed([cnp(rules)], 'lab/job', 'shop/api')).toBe('TCP 80');
  });
});

// ClusterNetworkPolicySpec: priority, ingress, egress
describe('precedence', () => {
  it('asks the lower number first, whatever the names and the order of documents', () => {
    const first = cnp(accept(lab), { name: 'z', priority: 0 });
    const second = cnp(deny(lab), { name: 'a', priority: 1000 });
    expect(allowed([first, second], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([second, first], 'lab/job', 'shop/api')).toBe('all');
  });

  it('counts priorities within a tier: an Admin rule of 1000 is before a Baseline rule of 0', () => {
    const admin = cnp(accept(lab), { name: 'a', priority: 1000 });
    const baseline = cnp(deny(lab), { name: 'b', priority: 0, tier: 'Baseline' });
    expect(allowed([admin, baseline], 'lab/job', 'shop/api')).toBe('all');
  });

  it('takes the first rule that matches, in the order in which they are written', () => {
    const rules = (a: string, b: string) =>
      cnp(`ingress: [{ action: ${a}, from: [${lab}] }, { action: ${b}, from: [${everybody}] }]`);
    expect(allowed([rules('Accept', 'Deny')], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([rules('Accept', 'Deny')], 'shop/web', 'shop/api')).toBe('none');
    expect(allowed([rules('Deny', 'Accept')], 'lab/job', 'shop/api')).toBe('none');
  });

  it('has the older AdminNetworkPolicy in the same order', () => {
    const allow = anp(`ingress: [{ action: Allow, from: [${lab}] }]`, { priority: 5 });
    expect(allowed([cnp(deny(lab), { priority: 6 }), allow], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([cnp(deny(lab), { priority: 4 }), allow], 'lab/job', 'shop/api')).toBe('none');
  });

  it('has every ClusterNetworkPolicy of the Baseline tier before the older one', () => {
    const accepting = cnp(accept(lab), { tier: 'Baseline', priority: 1000 });
    expect(allowed([accepting, banp(deny(everybody))], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([accepting, banp(deny(everybody))], 'shop/web', 'shop/api')).toBe('none');
  });

  it('has the older BaselineAdminNetworkPolicy in the Baseline tier', () => {
    expect(allowed([banp(deny(lab))], 'lab/job', 'shop/api')).toBe('none');
    expect(allowed([banp(deny(lab)), ownPods], 'shop/web', 'shop/api')).toBe('all');
    const admin = anp(`ingress: [{ action: Allow, from: [${lab}] }]`);
    expect(allowed([banp(deny(lab)), admin], 'lab/job', 'shop/api')).toBe('all');
  });
});

// API overview, "General Notes": no implicit isolation
describe('isolation', () => {
  it.each(['Admin', 'Baseline'])('comes of no %s rule', (tier) => {
    const policy = cnp(`${accept(lab)}, egress: [{ action: Accept, to: [${lab}] }]`, { tier });
    expect(allowed([policy], 'shop/web', 'shop/api')).toBe('all');
    expect(allowed([policy], 'shop/api', '203.0.113.9')).toBe('all');
  });

  // ClusterNetworkPolicySpec.ingress: "CNPs with no ingress rules do not affect ingress traffic."
  it.each(['ingress: []', 'egress: null', ''])('comes of no policy without rules: %s', (rules) => {
    expect(allowed([cnp(rules)], 'lab/job', 'shop/api')).toBe('all');
  });

  it('a connection needs both sides: an Accept on one does not undo a Deny on the other', () => {
    const to = cnp(`egress: [{ action: Accept, to: [${everybody}] }]`, {
      name: 'out',
      priority: 1,
    });
    const from = cnp(deny(everybody), { name: 'in', priority: 2 });
    expect(allowed([to, from], 'shop/web', 'shop/api')).toBe('none');
  });
});

// ClusterNetworkPolicySpec.priority: "the implementation can apply any of the matching policies"
describe('equal priorities in a tier', () => {
  const a = cnp(accept(lab), { name: 'a' });
  const b = cnp(deny(everybody), { name: 'b' });

  it('leave open what the two decide differently, and warn of both', () => {
    const { ask, faults } = shop(a, b);
    expect(ask('lab/job', 'shop/api')).toMatchObject({ allowed: 'none', unspecified: 'all' });
    expect(ask('shop/web', 'shop/api')).toMatchObject({ allowed: 'none', unspecified: 'none' });
    expect(faults).toMatchObject([{ rule: 'equal-priority', severity: 'warning', name: 'b' }]);
    expect(faults[0]?.message).toMatch(
      /ClusterNetworkPolicy a \(shop\.yaml:\d+\).*shop\/web\[Pod\]/,
    );
    expect(faults[0]?.line).toBeGreaterThan(1);
  });

  it('give the same answer and the same warning in every order of documents', () => {
    const other = shop(b, a);
    expect(other.ask('lab/job', 'shop/api').unspecified).toBe('all');
    expect(other.faults[0]).toMatchObject({ name: 'b' });
  });

  it('name both policies and their priority as what decides', () => {
    const reasons = shop(a, b).explain('lab/job', 'shop/api').ingress;
    const unclear = reasons.filter(({ outcome }) => outcome === 'unspecified');
    expect(unclear.map(({ policies }) => policies[0]?.object.name)).toEqual(['a', 'b']);
    expect(unclear.map(({ rule }) => rule?.path)).toEqual([
      ['spec', 'priority'],
      ['spec', 'priority'],
    ]);
  });

  it('do not name a policy that differs from no other', () => {
    const c = cnp(
      `ingress: [{ action: Pass, from: [{ namespaces: { matchLabels: { team: none } } }] }]`,
      { name: 'c' },
    );
    const reasons = shop(a, b, c).explain('lab/job', 'shop/api').ingress;
    const unclear = reasons.filter(({ outcome }) => outcome === 'unspecified');
    expect(unclear.map(({ policies }) => policies[0]?.object.name)).toEqual(['a', 'b']);
  });

  it('count first matches: two policies with the same exception agree on it', () => {
    const rules = (name: string) =>
      cnp(
        `ingress: [{ action: Accept, from: [${lab}], protocols: [{ destinationNamedPort: http }] },
        { action: Deny, from: [${everybody}] }]`,
        { name },
      );
    const { ask } = shop(rules('a'), rules('b'));
    expect(ask('lab/job', 'shop/api')).toMatchObject({ allowed: 'TCP 80', unspecified: 'none' });
  });

  it('leave open only the ports in which the two differ', () => {
    const some = cnp(
      `ingress: [{ action: Accept, from: [${lab}], protocols: [{ tcp: { destinationPort: { number: 80 } } }] }]`,
      { name: 'a' },
    );
    expect(shop(some, b).ask('lab/job', 'shop/api')).toMatchObject({
      allowed: 'none',
      unspecified: 'TCP 80',
    });
  });

  it('tell a Pass from an Accept', () => {
    const passing = cnp(pass(lab), { name: 'b' });
    expect(shop(a, passing, isolated).ask('lab/job', 'shop/api').unspecified).toBe('all');
  });

  it('are decided before by a lower priority', () => {
    const first = cnp(deny(lab), { name: 'first', priority: 9 });
    expect(shop(a, b, first).ask('lab/job', 'shop/api').unspecified).toBe('none');
  });

  it('of three policies are warned of for each that differs from one before', () => {
    const c = cnp(pass(lab), { name: 'c' });
    const { ask, faults } = shop(a, b, c);
    expect(faults.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(ask('lab/job', 'shop/api').unspecified).toBe('all');
  });

  it('are warned of once, however many Pods and directions they share', () => {
    const both = (name: string, action: string) =>
      cnp(
        `ingress: [{ action: ${action}, from: [${lab}] }], egress: [{ action: ${action}, to: [${lab}] }]`,
        { name },
      );
    expect(shop(both('a', 'Accept'), both('b', 'Deny')).faults).toHaveLength(1);
  });

  it('do not make a policy differ from itself: a name before a range', () => {
    const rules = `egress: [{ action: Accept, to: [{ domainNames: [kubernetes.io] }] },
      { action: Deny, to: [{ networks: [0.0.0.0/0] }] }]`;
    const other = cnp(`egress: [{ action: Pass, to: [${lab}] }]`, { name: 'other' });
    const { ask } = shop(cnp(rules), other);
    expect(ask('shop/web', '203.0.113.9')).toMatchObject({
      conditional: 'all',
      unspecified: 'none',
    });
    expect(ask('shop/web', 'lab/job').unspecified).toBe('all');
  });

  it('between an AdminNetworkPolicy and a ClusterNetworkPolicy are equal too', () => {
    const { faults } = shop(a, anp(deny(lab)));
    expect(faults).toMatchObject([{ rule: 'equal-priority' }]);
    expect(faults[0]?.message).toContain('AdminNetworkPolicy older');
  });

  it.each([
    ['that agree', cnp(accept(everybody), { name: 'b' })],
    ['in two tiers', cnp(deny(lab), { name: 'b', tier: 'Baseline' })],
    ['in two directions', cnp(`egress: [{ action: Deny, to: [${lab}] }]`, { name: 'b' })],
    ['for other Pods', cnp(`subject: ${lab}, ${deny(everybody)}`, { name: 'b' })],
  ])('are nothing to warn of in policies %s', (_, other) => {
    const { ask, faults } = shop(a, other);
    expect(faults).toEqual([]);
    expect(ask('lab/job', 'shop/api')).toMatchObject({ allowed: 'all', unspecified: 'none' });
  });
});
