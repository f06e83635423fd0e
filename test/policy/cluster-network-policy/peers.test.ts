import { describe, expect, it } from 'vitest';
import { allowed, anp, banp, cnp, everybody, lab, networkPolicy, node, shop } from './shop.ts';

const egress = (...rules: string[]) => `egress: [${rules.map((rule) => `{ ${rule} }`).join()}]`;
const ingress = (...rules: string[]) => `ingress: [${rules.map((rule) => `{ ${rule} }`).join()}]`;
const outside = '203.0.113.9';

// v0.2.0, apis/v1alpha2/clusternetworkpolicy_types.go: ClusterNetworkPolicySubject, NamespacedPod
describe('the subject', () => {
  it('is every Pod of the selected namespaces', () => {
    const policy = cnp(ingress(`action: Deny, from: [${everybody}]`));
    expect(allowed([policy], 'lab/job', 'shop/web')).toBe('none');
    expect(allowed([policy], 'shop/web', 'lab/job')).toBe('all');
  });

  it('is every Pod for an empty selector', () => {
    const policy = cnp(`subject: { namespaces: {} }, ${ingress(`action: Deny, from: [${lab}]`)}`);
    expect(allowed([policy], 'lab/job', 'shop/web')).toBe('none');
    expect(allowed([policy], 'lab/job', 'lab/tool')).toBe('none');
  });

  it('is what both selectors of pods select', () => {
    const pods =
      'namespaceSelector: { matchLabels: { team: sales } }, podSelector: { matchLabels: { app: api } }';
    const policy = cnp(
      `subject: { pods: { ${pods} } }, ${ingress(`action: Deny, from: [${lab}]`)}`,
    );
    expect(allowed([policy], 'lab/job', 'shop/api')).toBe('none');
    expect(allowed([policy], 'lab/job', 'shop/web')).toBe('all');
  });

  // CRD v1alpha2: NamespacedPod requires podSelector alone
  it('is in all namespaces when pods has no namespaceSelector', () => {
    const policy = cnp(
      `subject: { pods: { podSelector: { matchLabels: { app: job } } } }, ${ingress(`action: Deny, from: [${everybody}]`)}`,
    );
    expect(allowed([policy], 'shop/web', 'lab/job')).toBe('none');
    expect(allowed([policy], 'lab/job', 'shop/web')).toBe('all');
  });

  // "Note that host-networked pods are not included in subject selection."
  it('is no Pod on the network of its node', () => {
    const policy = cnp(
      `subject: { namespaces: {} }, ${ingress(`action: Deny, from: [${everybody}]`)}`,
    );
    expect(allowed([policy], 'shop/web', 'ops/agent')).toBe('all');
  });
});

// ClusterNetworkPolicyIngressPeer, ClusterNetworkPolicyEgressPeer
describe('namespaces and pods as peers', () => {
  it('are ORed in a list', () => {
    const pods = '{ pods: { podSelector: { matchLabels: { app: web } } } }';
    const policy = cnp(ingress(`action: Deny, from: [${lab}, ${pods}]`));
    expect(allowed([policy], 'lab/job', 'shop/api')).toBe('none');
    expect(allowed([policy], 'shop/web', 'shop/api')).toBe('none');
    expect(allowed([policy], 'shop/api', 'shop/web')).toBe('all');
  });

  it('are ANDed in pods', () => {
    const policy = cnp(
      ingress(
        'action: Deny, from: [{ pods: { namespaceSelector: { matchLabels: { team: research } }, podSelector: { matchLabels: { app: web } } } }]',
      ),
    );
    expect(allowed([policy], 'lab/job', 'shop/api')).toBe('all');
    expect(allowed([policy], 'shop/web', 'shop/api')).toBe('all');
  });

  // "Note that host-networked pods are not included in this type of peer."
  it('are no Pods on the network of their node', () => {
    expect(
      allowed([cnp(ingress(`action: Deny, from: [${everybody}]`))], 'ops/agent', 'shop/api'),
    ).toBe('all');
    expect(
      allowed([cnp(egress(`action: Deny, to: [${everybody}]`))], 'shop/api', 'ops/agent'),
    ).toBe('all');
  });

  it('are nobody outside of the cluster', () => {
    expect(allowed([cnp(ingress(`action: Deny, from: [${everybody}]`))], outside, 'shop/api')).toBe(
      'all',
    );
  });

  it('select namespaces by the name that the API server gives them as a label', () => {
    const policy = cnp(
      ingress(
        'action: Deny, from: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: lab } } }]',
      ),
    );
    expect(allowed([policy], 'lab/job', 'shop/api')).toBe('none');
  });
});

// ClusterNetworkPolicyEgressPeer.networks: "cluster-internal traffic will be checked against the rule as well"
describe('networks', () => {
  const toNetwork = (...networks: string[]) =>
    cnp(egress(`action: Deny, to: [{ networks: [${networks.map((n) => `"${n}"`).join()}] }]`));

  it('match addresses outside', () => {
    expect(allowed([toNetwork('203.0.113.0/24')], 'shop/web', outside)).toBe('none');
    expect(allowed([toNetwork('203.0.113.0/24')], 'shop/web', '203.0.114.9')).toBe('all');
  });

  it('match Pods by their addresses', () => {
    expect(allowed([toNetwork('10.9.0.0/16')], 'shop/web', 'lab/job')).toBe('none');
    expect(allowed([toNetwork('10.9.0.0/16')], 'shop/web', 'shop/api')).toBe('all');
  });

  it('match all Pods with 0.0.0.0/0, also those whose address is not known', () => {
    for (const pod of ['shop/api', 'lab/job', 'lab/tool', 'ops/agent']) {
      expect(allowed([toNetwork('0.0.0.0/0')], 'shop/web', pod)).toBe('none');
    }
  });

  it('match all Pods with the two halves of all addresses', () => {
    expect(allowed([toNetwork('0.0.0.0/1', '128.0.0.0/1')], 'shop/web', 'lab/tool')).toBe('none');
  });

  it('match no Pod of an IPv4 cluster with IPv6', () => {
    expect(allowed([toNetwork('::/0')], 'shop/web', 'lab/tool')).toBe('all');
    expect(allowed([toNetwork('::/0')], 'shop/web', '203.0.113.9')).toBe('all');
    expect(allowed([toNetwork('::/0')], 'shop/web', '2001:db8::1')).toBe('none');
  });

  it('leave open a Pod whose address nobody knows', () => {
    for (const part of ['10.0.0.0/8', '0.0.0.0/1']) {
      const { ask } = shop(toNetwork(part));
      expect(ask('shop/web', 'lab/tool')).toMatchObject({ allowed: 'none', unspecified: 'all' });
    }
  });

  // No Pod has such an address (API server: ValidateEndpointIP)
  it('match no such Pod with loopback and link-local addresses, as that of a metadata server', () => {
    const metadata = toNetwork('169.254.169.254/32', '127.0.0.0/8');
    expect(allowed([metadata], 'shop/web', 'lab/tool')).toBe('all');
    expect(allowed([metadata], 'shop/web', '169.254.169.254')).toBe('none');
  });

  // ValidateNonSpecialIP: no Pod has a loopback or link-local address
  it('do not doubt such a Pod for an address that no Pod has', () => {
    expect(allowed([toNetwork('169.254.169.254/32')], 'shop/web', 'lab/tool')).toBe('all');
    expect(allowed([toNetwork('169.254.169.254/32')], 'shop/web', '169.254.169.254')).toBe('none');
    expect(shop(toNetwork('169.254.0.0/15')).ask('shop/web', 'lab/tool').unspecified).toBe('all');
  });

  it('leave open such a Pod in a cluster with IPv6 even for all of IPv4', () => {
    const dual =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: dual, namespace: lab }\nspec: {}\nstatus: { podIPs: [{ ip: 10.9.0.9 }, { ip: "2001:db8::9" }] }';
    const { ask } = shop(toNetwork('0.0.0.0/0'), dual);
    expect(ask('shop/web', 'lab/tool').unspecified).toBe('all');
    expect(ask('shop/web', 'lab/dual').unspecified).toBe('all');
    expect(ask('shop/web', 'lab/job')).toMatchObject({ allowed: 'none', unspecified: 'none' });
  });

  // "If you don't want that, add a rule that Passes all pod traffic before the Networks rule."
  it('spare Pods that a rule before passed', () => {
    const policy = cnp(
      egress(`action: Pass, to: [${everybody}]`, 'action: Deny, to: [{ networks: [0.0.0.0/0] }]'),
    );
    expect(allowed([policy], 'shop/web', 'lab/tool')).toBe('all');
    expect(allowed([policy], 'shop/web', outside)).toBe('none');
  });

  it('may be allowed before the rest is denied', () => {
    const policy = cnp(
      egress(
        'action: Accept, to: [{ networks: [203.0.113.0/25] }]',
        'action: Deny, to: [{ networks: [203.0.113.0/24] }]',
      ),
    );
    expect(allowed([policy], 'shop/web', '203.0.113.9')).toBe('all');
    expect(allowed([policy], 'shop/web', '203.0.113.200')).toBe('none');
  });
});

// ClusterNetworkPolicyEgressPeer.nodes (experimental): addresses in node.status.addresses
describe('nodes', () => {
  const nodes = [node('a', 'east', '192.0.2.1'), node('b', 'west', '192.0.2.2')];
  const denyNodes = (selector = '{}') => cnp(egress(`action: Deny, to: [{ nodes: ${selector} }]`));
  const east = '{ matchLabels: { zone: east } }';

  it('match the addresses of selected Nodes', () => {
    const manifests = [...nodes, denyNodes(east)];
    expect(allowed(manifests, 'shop/web', '192.0.2.1')).toBe('none');
    expect(allowed(manifests, 'shop/web', '192.0.2.2')).toBe('all');
    expect(allowed(manifests, 'shop/web', outside)).toBe('all');
  });

  it('match Pods on the network of their node, and no others', () => {
    expect(allowed([...nodes, denyNodes(east)], 'shop/web', 'ops/agent')).toBe('none');
    expect(
      allowed([...nodes, denyNodes('{ matchLabels: { zone: west } }')], 'shop/web', 'ops/agent'),
    ).toBe('all');
    expect(allowed([...nodes, denyNodes()], 'shop/web', 'lab/job')).toBe('all');
  });

  it('match no address when the selector selects none of the Nodes', () => {
    const nowhere = [...nodes, denyNodes('{ matchLabels: { zone: north } }')];
    expect(allowed(nowhere, 'shop/web', '192.0.2.1')).toBe('all');
    expect(allowed(nowhere, 'shop/web', 'ops/agent')).toBe('all');
  });

  it('leave addresses open when there are no Nodes among the manifests', () => {
    const { ask } = shop(denyNodes());
    expect(ask('shop/web', outside).unspecified).toBe('all');
    expect(ask('shop/web', 'ops/agent')).toMatchObject({ allowed: 'none', unspecified: 'none' });
    expect(shop(denyNodes(east)).ask('shop/web', 'ops/agent').unspecified).toBe('all');
  });

  it('leave addresses open when a selected Node does not say its own', () => {
    const { ask } = shop(node('a', 'east', '192.0.2.1'), node('b', 'east'), denyNodes(east));
    expect(ask('shop/web', '192.0.2.1')).toMatchObject({ allowed: 'none', unspecified: 'none' });
    expect(ask('shop/web', outside).unspecified).toBe('all');
  });
});

// ClusterNetworkPolicyEgressPeer.domainNames (experimental); NPEP-133
describe('domainNames', () => {
  const names = (list: string, action = 'Accept') =>
    `action: ${action}, to: [{ domainNames: [${list}] }]`;
  const denyRest = 'action: Deny, to: [{ networks: [0.0.0.0/0] }]';

  it('allow under a condition', () => {
    const { ask, explain } = shop(cnp(egress(names('kubernetes.io, "*.example.com"'), denyRest)));
    expect(ask('shop/web', outside)).toEqual({
      allowed: 'none',
      conditional: 'all',
      unspecified: 'none',
    });
    expect(explain('shop/web', outside).egress[0]).toMatchObject({
      outcome: 'conditional',
      condition: 'name is kubernetes.io or *.example.com',
    });
  });

  it('say nothing of Pods', () => {
    expect(allowed([cnp(egress(names('kubernetes.io'), denyRest))], 'shop/web', 'lab/job')).toBe(
      'none',
    );
  });

  // NPEP-133, "Expected Behavior": names of Pods and of headless Services
  it.each([
    'db.lab.svc.cluster.local',
    'db.lab.svc.cluster.local.',
    '"*.svc.Cluster.Local"',
    'example.com, db.lab.svc.cluster.local',
  ])('may lead to Pods by names of the cluster: %s', (list) => {
    const policy = cnp(egress(names(list), denyRest));
    expect(shop(policy).ask('shop/web', 'lab/job').conditional).toBe('all');
  });

  it('are taken in every form that the CRD takes', () => {
    const list = 'a.io, a1.b-c.example.com., x_y.example.org, "*.a.b"';
    expect(shop(cnp(egress(names(list)))).faults).toEqual([]);
  });

  it('do not make the other peers of a rule conditional', () => {
    const both =
      'action: Accept, to: [{ domainNames: [kubernetes.io] }, { networks: [203.0.113.0/24] }]';
    const { ask } = shop(cnp(egress(both, denyRest)));
    expect(ask('shop/web', outside)).toMatchObject({ allowed: 'all', conditional: 'none' });
    expect(ask('shop/web', '198.51.100.1')).toMatchObject({ allowed: 'none', conditional: 'all' });
  });

  // "DomainNames is only supported for Accept rules."
  it.each(['Deny', 'Pass'])('leave open what %s does with them', (action) => {
    const policy = cnp(egress(names('kubernetes.io', action)));
    expect(shop(policy).ask('shop/web', outside)).toMatchObject({
      allowed: 'none',
      unspecified: 'all',
    });
    expect(shop(policy).ask('shop/web', 'lab/job').unspecified).toBe('none');
  });
});

// "If an implementation sees no fields are set ... it should fail closed."
describe('a peer that this version of the API does not have', () => {
  const policy = (action: string) =>
    cnp(
      ingress(
        `action: ${action}, from: [${lab}, { services: {} }], protocols: [{ destinationNamedPort: http }]`,
      ),
    );

  it('makes Accept match nothing, its other peers neither', () => {
    const isolated = networkPolicy('podSelector: {}, policyTypes: [Ingress]');
    const { ask, faults } = shop(policy('Accept'), isolated);
    expect(ask('lab/job', 'shop/api').allowed).toBe('none');
    expect(faults).toMatchObject([{ rule: 'unknown-peer', severity: 'warning' }]);
    expect(faults[0]?.message).toContain('it matches nothing');
    expect(shop(policy('Accept')).ask('lab/job', 'shop/api').allowed).toBe('all');
  });

  it.each(['Deny', 'Pass'])('makes %s deny everything, from outside too', (action) => {
    const { ask, faults } = shop(policy(action));
    for (const from of ['lab/job', 'shop/web', 'ops/agent', outside]) {
      expect(ask(from, 'shop/api')).toEqual({
        allowed: 'none',
        conditional: 'none',
        unspecified: 'none',
      });
    }
    expect(faults).toMatchObject([{ rule: 'unknown-peer', severity: 'warning', name: 'rules' }]);
    expect(faults[0]?.message).toContain('services: this rule fails closed, it denies everything');
  });

  it('is one of the names in the older baseline, which has none', () => {
    const { faults } = shop(banp(egress('action: Deny, to: [{ domainNames: [kubernetes.io] }]')));
    expect(faults).toMatchObject([{ rule: 'unknown-peer' }]);
    expect(
      shop(anp(egress('action: Allow, to: [{ domainNames: [kubernetes.io] }]'))).faults,
    ).toEqual([]);
  });
});
