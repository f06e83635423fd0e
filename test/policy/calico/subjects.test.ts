import { describe, expect, test } from 'vitest';
import { ask, gnp, np, pod } from './world.ts';

const deny = 'ingress: [{ action: Deny }]';
const account = `apiVersion: v1
kind: ServiceAccount
metadata: { name: api, namespace: shop, labels: { trust: high } }`;

/** The Pods that cannot be reached from a Pod that nothing selects. */
function denied(manifests: string[]) {
  const q = ask([...manifests, pod('zzz', 'prober')]);
  return ['shop/web', 'shop/api', 'shop/db', 'ops/mon'].filter(
    (to) => q.from('zzz/prober').to(to) === 'none',
  );
}

describe('whom a NetworkPolicy is for (API reference, NetworkPolicySpec)', () => {
  test('an empty or missing selector means all Pods of its namespace', () => {
    expect(denied([np('p', `{ ${deny} }`)])).toEqual(['shop/web', 'shop/api', 'shop/db']);
    expect(denied([np('p', `{ selector: "", ${deny} }`)])).toHaveLength(3);
    expect(denied([np('p', `{ selector: all(), ${deny} }`)])).toHaveLength(3);
  });

  test('a selector never leaves the namespace of the policy, whatever it says', () => {
    expect(denied([np('p', `{ selector: "app == 'mon'", ${deny} }`)])).toEqual([]);
    const other = `projectcalico.org/namespace == 'ops' || app == 'db'`;
    expect(denied([np('p', `{ selector: "${other}", ${deny} }`)])).toEqual(['shop/db']);
  });

  test('without metadata.namespace it is for the namespace default', () => {
    const policy = `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: p }
spec: { ${deny} }`;
    const q = ask([policy, pod('default', 'here')]);
    expect(q.from('shop/web').to('default/here')).toBe('none');
    expect(q.from('shop/web').to('shop/api')).toBe('all');
  });

  test('serviceAccountSelector goes by labels of the ServiceAccount, and by its name', () => {
    const by = (s: string) =>
      denied([account, np('p', `{ serviceAccountSelector: "${s}", ${deny} }`)]);
    expect(by("trust == 'high'")).toEqual(['shop/api']);
    expect(by("projectcalico.org/name == 'api'")).toEqual(['shop/api']);
    expect(by("projectcalico.org/name == 'default'")).toEqual(['shop/web', 'shop/db']);
    expect(by("trust != 'high'")).toEqual(['shop/web', 'shop/db']);
  });

  test('selector and serviceAccountSelector must both select', () => {
    const spec = `{ selector: "app == 'web'", serviceAccountSelector: "trust == 'high'", ${deny} }`;
    expect(denied([account, np('p', spec)])).toEqual([]);
  });
});

describe('whom a GlobalNetworkPolicy is for (API reference, GlobalNetworkPolicySpec)', () => {
  test('without a selector, all Pods of all namespaces', () => {
    expect(denied([gnp('p', `{ ${deny} }`)])).toHaveLength(4);
  });

  test('namespaceSelector goes by labels of the namespace, and by its name', () => {
    const by = (s: string) => denied([gnp('p', `{ namespaceSelector: "${s}", ${deny} }`)]);
    expect(by("team == 'red'")).toEqual(['ops/mon']);
    // Automatic labels: projectcalico.org/name, and Kubernetes' own.
    expect(by("projectcalico.org/name == 'ops'")).toEqual(['ops/mon']);
    expect(by("kubernetes.io/metadata.name == 'ops'")).toEqual(['ops/mon']);
    expect(by("team != 'red'")).toEqual(['shop/web', 'shop/api', 'shop/db']);
    expect(by('all()')).toHaveLength(4);
    expect(by('!all()')).toEqual([]);
  });

  test('selector, namespaceSelector and serviceAccountSelector are ANDed', () => {
    const by = (more: string) =>
      denied([account, gnp('p', `{ namespaceSelector: "team == 'blue'", ${more} ${deny} }`)]);
    expect(by(`selector: "app in {'web', 'mon'}",`)).toEqual(['shop/web']);
    expect(by(`serviceAccountSelector: "has(trust)",`)).toEqual(['shop/api']);
    expect(by(`selector: "app == 'web'", serviceAccountSelector: "has(trust)",`)).toEqual([]);
  });

  // conversion.go, podToDefaultWorkloadEndpoint and NamespaceToProfile
  test('a selector sees the labels that Calico adds', () => {
    const by = (s: string) => denied([account, gnp('p', `{ selector: "${s}", ${deny} }`)]);
    expect(by("projectcalico.org/namespace == 'ops'")).toEqual(['ops/mon']);
    expect(by("projectcalico.org/orchestrator != 'k8s'")).toEqual([]);
    expect(by("projectcalico.org/serviceaccount == 'api'")).toEqual(['shop/api']);
    expect(by("pcns.team == 'red'")).toEqual(['ops/mon']);
    expect(by("pcns.projectcalico.org/name == 'ops'")).toEqual(['ops/mon']);
    expect(by("pcsa.trust == 'high'")).toEqual(['shop/api']);
    expect(by("team == 'red'")).toEqual([]);
  });

  test('a service account of 63 characters has no label, but its name can still be selected', () => {
    const long = 'a'.repeat(63);
    const longPod = pod('shop', 'long', { more: `serviceAccountName: ${long}` });
    const by = (spec: string) =>
      ask([longPod, np('p', `{ ${spec}, ${deny} }`)])
        .from('ops/mon')
        .to('shop/long');
    expect(by(`selector: "has(projectcalico.org/serviceaccount)"`)).toBe('all');
    expect(by(`serviceAccountSelector: "projectcalico.org/name == '${long}'"`)).toBe('none');
  });

  test('a label named like a part of JavaScript is a label like any other', () => {
    expect(denied([gnp('p', `{ selector: has(constructor), ${deny} }`)])).toEqual([]);
  });
});

describe('types (API reference, PolicySpec.types)', () => {
  const a = `selector: "app == 'api'"`;
  /** The directions in which api is isolated. */
  function directions(policy: string) {
    const q = ask([policy]);
    return [
      ...(q.from('shop/web').to('shop/api') === 'all' ? [] : ['ingress']),
      ...(q.from('shop/api').to('shop/web') === 'all' ? [] : ['egress']),
    ];
  }
  const denial = '[{ action: Deny }]';

  test.each([
    ['no rules', `{ ${a} }`, ['ingress']],
    ['ingress rules', `{ ${a}, ingress: ${denial} }`, ['ingress']],
    ['egress rules', `{ ${a}, egress: ${denial} }`, ['egress']],
    ['both', `{ ${a}, ingress: ${denial}, egress: ${denial} }`, ['ingress', 'egress']],
    ['empty lists', `{ ${a}, ingress: [], egress: [] }`, ['ingress']],
  ])('without types, %s decide', (_, spec, expected) => {
    expect(directions(np('p', spec))).toEqual(expected);
  });

  test('with types, rules of the other direction are void', () => {
    expect(directions(np('p', `{ ${a}, types: [Ingress], egress: ${denial} }`))).toEqual([
      'ingress',
    ]);
    expect(directions(np('p', `{ ${a}, types: [Egress] }`))).toEqual(['egress']);
  });

  // felix/calc/policy_sorter.go, ExtractPolicyMetadata
  test('stored as crd.projectcalico.org/v1 without types, a policy is for both', () => {
    const stored = (spec: string) =>
      np('p', spec).replace('projectcalico.org/v3', 'crd.projectcalico.org/v1');
    expect(directions(stored(`{ ${a}, ingress: ${denial} }`))).toEqual(['ingress', 'egress']);
    expect(directions(stored(`{ ${a}, types: [Ingress] }`))).toEqual(['ingress']);
  });
});

describe('Pods on the network of their node', () => {
  const host = pod('shop', 'host', { labels: '{ app: host }', more: 'hostNetwork: true' });
  const hep = `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: node1-auto-hep, labels: { app: host } }
spec: { node: node1, interfaceName: "*", expectedIPs: [10.0.0.1] }`;

  // conversion.go, IsValidCalicoWorkloadEndpoint
  test('no policy is for them: they are no endpoints of Calico', () => {
    const q = ask([host, np('p', `{ ${deny} }`), gnp('q', `{ ${deny} }`)]);
    expect(q.from('192.0.2.1').to('shop/host')).toBe('all');
  });

  test('a GlobalNetworkPolicy for the HostEndpoint of some node may concern them', () => {
    const global = gnp('q', `{ selector: "app == 'host'", ${deny} }`);
    expect(ask([host, hep, global]).from('ops/mon').to('shop/host')).toBe('~all');
    const namespaced = np('p', `{ selector: "app == 'host'", ${deny} }`);
    expect(ask([host, hep, namespaced]).from('ops/mon').to('shop/host')).toBe('all');
  });

  // felix/rules/static.go, filterOutputChain: a node is never kept from its own Pods.
  test('what they send to a Pod that denies them depends on the node', () => {
    const q = ask([host, np('p', `{ selector: "app == 'api'", ${deny} }`)]);
    expect(q.from('shop/host').to('shop/api')).toBe('~all');
    const allow = np('p', `{ selector: "app == 'api'", ingress: [{ action: Allow }] }`);
    expect(ask([host, allow]).from('shop/host').to('shop/api')).toBe('all');
    const silent = np('p', `{ selector: "app == 'api'" }`);
    expect(ask([host, silent]).from('shop/host').to('shop/api')).toBe('~all');
  });

  // updateprocessors/globalnetworkpolicyprocessor.go: all() is what has a namespace, or an account.
  test.each([
    ['namespaceSelector: all()', 'all'],
    ['serviceAccountSelector: all()', 'all'],
    ['selector: all()', '~all'],
  ])('%s in a GlobalNetworkPolicy: a HostEndpoint is meant or not', (selector, expected) => {
    const q = ask([host, hep, gnp('q', `{ ${selector}, ${deny} }`)]);
    expect(q.from('192.0.2.1').to('shop/host')).toBe(expected);
  });

  test('what a Pod sends to them is denied like anything else', () => {
    const rule = np(
      'p',
      `{ selector: "app == 'api'", egress: [{ action: Deny }, { action: Allow }] }`,
    );
    expect(ask([host, rule]).from('shop/api').to('shop/host')).toBe('none');
    const q = ask([host, np('p', `{ selector: "app == 'api'", types: [Egress] }`)]);
    expect(q.from('shop/api').to('shop/host')).toBe('none');
  });

  test('as peers, selectors do not mean them, unless their node has a HostEndpoint', () => {
    const rule = (s: string) =>
      gnp(
        'p',
        `{ selector: "app == 'api'", types: [Egress], egress: [{ action: Allow, destination: { ${s} } }] }`,
      );
    const s = `selector: "app == 'host'"`;
    expect(
      ask([host, rule(s)])
        .from('shop/api')
        .to('shop/host'),
    ).toBe('none');
    expect(
      ask([host, hep, rule(s)])
        .from('shop/api')
        .to('shop/host'),
    ).toBe('~all');
    expect(
      ask([host, rule('nets: [10.0.0.0/8]')])
        .from('shop/api')
        .to('shop/host'),
    ).toBe('~all');
  });
});

describe('policies for host endpoints only (API reference, doNotTrack, preDNAT, applyOnForward)', () => {
  test.each(['doNotTrack', 'preDNAT'])(
    '%s says nothing about Pods, and a warning says so',
    (key) => {
      const q = ask([gnp('p', `{ ${key}: true, applyOnForward: true, ${deny} }`)]);
      expect(q.from('shop/web').to('shop/api')).toBe('all');
      expect(q.faults).toMatchObject([{ severity: 'warning', rule: 'policy-left-out', name: 'p' }]);
      expect(q.messages[0]).toMatch(`${key} makes this a policy for host endpoints`);
    },
  );

  test('an error in such a policy is still an error', () => {
    const q = ask([
      gnp('p', `{ doNotTrack: true, applyOnForward: true, ingress: [{ action: Drop }] }`),
    ]);
    expect(q.faults).toMatchObject([{ severity: 'error' }]);
  });

  test.each([
    ['{ doNotTrack: true, preDNAT: true, applyOnForward: true }', 'do not go together'],
    ['{ preDNAT: true }', 'preDNAT needs applyOnForward: true'],
  ])('%s is refused', (spec, message) => {
    const q = ask([gnp('p', spec)]);
    expect(q.faults).toMatchObject([{ severity: 'error' }]);
    expect(q.messages[0]).toMatch(message);
  });

  test('applyOnForward and performanceHints change nothing for Pods', () => {
    const more = 'applyOnForward: true, performanceHints: [AssumeNeededOnEveryNode]';
    expect(denied([gnp('p', `{ ${more}, ${deny} }`)])).toHaveLength(4);
  });
});

describe('addresses of nodes', () => {
  const node = `apiVersion: v1
kind: Node
metadata: { name: node1 }
status: { addresses: [{ type: InternalIP, address: 10.0.0.1 }] }`;
  const hep = `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: node1-auto-hep, labels: { is: node } }
spec: { node: node1, interfaceName: "*", expectedIPs: [10.0.0.1] }`;
  const rule = (action: string) =>
    gnp(
      'p',
      `{ selector: "app == 'api'", ingress: [{ action: ${action}, source: { selector: "has(is)" } }] }`,
    );

  test('a selector means the addresses of the HostEndpoints it selects', () => {
    expect(
      ask([node, hep, rule('Allow')])
        .from('10.0.0.1')
        .to('shop/api'),
    ).toBe('all');
    expect(
      ask([node, rule('Allow')])
        .from('10.0.0.1')
        .to('shop/api'),
    ).toBe('~all');
  });

  test('a Deny of a node is open: the own node of a Pod reaches it', () => {
    const allowed = rule('Deny').replace('] }', ', { action: Allow }] }');
    expect(ask([node, hep, allowed]).from('10.0.0.1').to('shop/api')).toBe('~all');
    expect(ask([node, hep, allowed]).from('10.0.0.2').to('shop/api')).toBe('all');
  });
});
