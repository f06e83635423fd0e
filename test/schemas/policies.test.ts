import { describe, expect, it } from 'vitest';
import type { Channel } from '../../src/schemas/index.ts';
import { judge } from './judge.ts';

const manifest = (apiVersion: string, kind: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: default }\nspec: { ${spec} }`;

const group = 'policy.networking.k8s.io';
const cnp = (rule: string, rest = 'tier: Admin, priority: 10') =>
  manifest(
    `${group}/v1alpha2`,
    'ClusterNetworkPolicy',
    `${rest}, subject: { namespaces: {} }, egress: [{ action: Accept, ${rule} }]`,
  );
const anp = (rule: string, rest = 'priority: 10') =>
  manifest(
    `${group}/v1alpha1`,
    'AdminNetworkPolicy',
    `${rest}, subject: { namespaces: {} }, egress: [{ action: Allow, ${rule} }]`,
  );
const banp = (rule: string) =>
  manifest(
    `${group}/v1alpha1`,
    'BaselineAdminNetworkPolicy',
    `subject: { namespaces: {} }, ingress: [{ ${rule}, from: [{ namespaces: {} }] }]`,
  );
const pods = 'to: [{ pods: { podSelector: {} } }]';

const cilium = (spec: string, kind = 'CiliumNetworkPolicy') => manifest('cilium.io/v2', kind, spec);
const calico = (kind: string, spec: string) => manifest('projectcalico.org/v3', kind, spec);
const calicoRule = (rule: string) =>
  calico('NetworkPolicy', `selector: all(), ingress: [{ ${rule} }]`);

/** Both channels say the same. */
async function inBoth(text: string): Promise<string> {
  const answers = await Promise.all(
    (['standard', 'experimental'] as const).map((channel) => judge(text, { channel })),
  );
  expect(answers[1]).toBe(answers[0]);
  return answers[0] ?? '';
}

describe('the Network Policy API', () => {
  it.each([
    ['a rule for all Pods', cnp(pods)],
    ['a network', cnp('to: [{ networks: [10.0.0.0/8, "2001:db8::/32"] }]')],
    [
      'a port and a range',
      cnp(`${pods}, protocols: [{ tcp: { destinationPort: { number: 80 } } },
      { udp: { destinationPort: { range: { start: 1, end: 9 } } } }]`),
    ],
    ['a named port', cnp(`${pods}, protocols: [{ destinationNamedPort: http }]`)],
    ['the Baseline tier', cnp(pods, 'tier: Baseline, priority: 1000')],
    ['the older policy', anp('to: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }]')],
    ['the older baseline', banp('action: Deny')],
  ])('takes %s', async (_, text) => {
    expect(await inBoth(text)).toBe('valid');
  });

  it.each([
    ['an unknown tier', cnp(pods, 'tier: admin, priority: 10'), '/spec/tier: value must be one of'],
    ['a priority above 1000', cnp(pods, 'tier: Admin, priority: 1001'), '/spec/priority: maximum'],
    ['no priority', cnp(pods, 'tier: Admin'), "/spec: missing property 'priority'"],
    ['nobody as a peer', cnp('to: []'), '/spec/egress/0/to: minItems'],
    ['an empty peer', cnp('to: [{}]'), '/spec/egress/0/to/0: minProperties'],
    [
      'two fields in a peer',
      cnp('to: [{ namespaces: {}, networks: [0.0.0.0/0] }]'),
      'maxProperties',
    ],
    ['port 0', cnp(`${pods}, protocols: [{ tcp: { destinationPort: { number: 0 } } }]`), 'minimum'],
    [
      "the older API's ports",
      cnp(`${pods}, ports: []`),
      "additional properties 'ports' not allowed",
    ],
    [
      "the older API's action",
      cnp(pods).replace('Accept', 'Allow'),
      '/spec/egress/0/action: value',
    ],
    ['a tier in the older policy', anp(pods, 'tier: Admin, priority: 1'), "properties 'tier' not"],
    ['a selector of labels only', anp(pods), "missing property 'namespaceSelector'"],
    [
      'Pass in the older baseline',
      banp('action: Pass'),
      '/spec/ingress/0/action: value must be one',
    ],
  ])('refuses %s', async (_, text, error) => {
    expect(await inBoth(text)).toContain(error);
  });

  it.each([
    ['nodes', cnp('to: [{ nodes: {} }]')],
    ['domainNames', cnp('to: [{ domainNames: ["*.example.com"] }]')],
    ['nodes', anp('to: [{ nodes: {} }]')],
    ['domainNames', anp('to: [{ domainNames: ["*.example.com"] }]')],
  ])('knows %s in the experimental channel alone', async (field, text) => {
    const of = (channel: Channel) => judge(text, { channel });
    expect(await of('experimental')).toBe('valid');
    expect(await of('standard')).toContain(`additional properties '${field}' not allowed`);
  });
});

describe('Cilium', () => {
  it.each([
    [
      'endpoints',
      cilium('endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: { a: b } }] }]'),
    ],
    ['entities', cilium('endpointSelector: {}, egress: [{ toEntities: [world, kube-apiserver] }]')],
    [
      'a range with exceptions',
      cilium(
        'endpointSelector: {}, egress: [{ toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }] }]',
      ),
    ],
    [
      'ports and HTTP',
      cilium(
        'endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: GET, path: /cart }] } }] }]',
      ),
    ],
    [
      'names',
      cilium('endpointSelector: {}, egress: [{ toFQDNs: [{ matchPattern: "*.example.com" }] }]'),
    ],
    [
      'deny rules',
      cilium(
        'endpointSelector: {}, ingressDeny: [{ fromEntities: [all] }], enableDefaultDeny: { ingress: false }',
      ),
    ],
    [
      'a policy for nodes',
      cilium('nodeSelector: {}, ingress: [{}]', 'CiliumClusterwideNetworkPolicy'),
    ],
    ['a group of ranges', cilium('externalCIDRs: [203.0.113.0/24]', 'CiliumCIDRGroup')],
  ])('takes %s', async (_, text) => {
    expect(await inBoth(text)).toBe('valid');
  });

  it.each([
    [
      'the field of another API',
      cilium('podSelector: {}'),
      "additional properties 'podSelector' not allowed",
    ],
    [
      'a misspelt list of peers',
      cilium('endpointSelector: {}, ingress: [{ fromEndpoint: [{}] }]'),
      "'fromEndpoint' not allowed",
    ],
    [
      'a port as a number',
      cilium('endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: 80 }] }] }]'),
      'ports/0/port: got number, want null or string',
    ],
    [
      'an unknown entity',
      cilium('endpointSelector: {}, egress: [{ toEntities: [internet] }]'),
      'toEntities/0: value must be one of',
    ],
    [
      'an unknown protocol',
      cilium(
        'endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: HTTP }] }] }]',
      ),
      'protocol: value must be one of',
    ],
    [
      'a range that is none',
      cilium('endpointSelector: {}, egress: [{ toCIDR: [10.0.0.0] }]'),
      "toCIDR/0: '10.0.0.0' does not match pattern",
    ],
    [
      'requirements, which are gone',
      cilium('endpointSelector: {}, ingress: [{ fromRequires: [{}] }]'),
      'fromRequires: maxItems',
    ],
  ])('refuses %s', async (_, text, error) => {
    expect(await inBoth(text)).toContain(error);
  });
});

describe('Calico', () => {
  it.each([
    [
      'ports as numbers, ranges and names',
      calicoRule('action: Allow, protocol: TCP, destination: { ports: [80, "8000:8080", http] }'),
    ],
    ['a protocol by its number', calicoRule('action: Allow, protocol: 132')],
    [
      'selectors',
      calicoRule(`action: Pass, source: { selector: "app == 'web'", namespaceSelector: all() }`),
    ],
    [
      'a policy for the cluster',
      calico(
        'GlobalNetworkPolicy',
        'tier: platform, order: 10.5, selector: all(), types: [Ingress], applyOnForward: true',
      ),
    ],
    ['a tier', calico('Tier', 'order: 100, defaultAction: Pass')],
    ['a set of networks', calico('GlobalNetworkSet', 'nets: [203.0.113.0/24]')],
    [
      'a pool of addresses',
      calico(
        'IPPool',
        'cidr: 10.244.0.0/16, ipipMode: Never, vxlanMode: Always, natOutgoing: true',
      ),
    ],
    [
      'a BGP configuration',
      calico('BGPConfiguration', 'asNumber: 64512, nodeToNodeMeshEnabled: false'),
    ],
    ['a staged policy', calico('StagedNetworkPolicy', 'stagedAction: Set, selector: all()')],
  ])('takes %s', async (_, text) => {
    expect(await inBoth(text)).toBe('valid');
  });

  it.each([
    [
      'the field of another API',
      calico('NetworkPolicy', 'podSelector: {}'),
      "additional properties 'podSelector' not allowed",
    ],
    [
      'a misspelt field',
      calicoRule('action: Allow, destination: { port: [80] }'),
      "additional properties 'port' not allowed",
    ],
    [
      'one port without a list',
      calicoRule('action: Allow, destination: { ports: 80 }'),
      'ports: got number, want null or array',
    ],
    [
      'a list as a selector',
      calico('NetworkPolicy', 'selector: [all()]'),
      '/spec/selector: got array, want null or string',
    ],
    [
      'an order in words',
      calico('NetworkPolicy', 'order: first'),
      '/spec/order: got string, want null or number',
    ],
    ['a rule without an action', calicoRule('protocol: TCP'), "missing property 'action'"],
    [
      'a tier with Allow at its end',
      calico('Tier', 'defaultAction: Allow'),
      '/spec/defaultAction: value must be one of',
    ],
  ])('refuses %s', async (_, text, error) => {
    expect(await inBoth(text)).toContain(error);
  });
});
