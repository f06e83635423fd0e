import fc from 'fast-check';

/** Plain manifests, as small as what the properties need to meet each other often. */
export interface Pod {
  apiVersion: 'v1';
  kind: 'Pod';
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: { containers: { ports: { name: string; containerPort: number; protocol: string }[] }[] };
  status: { podIP?: string };
}
export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}
export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}
export interface Port {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}
export interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: Port[];
}
export interface Policy {
  apiVersion: 'networking.k8s.io/v1';
  kind: 'NetworkPolicy';
  metadata: { name: string; namespace: string };
  spec: { podSelector: Selector; policyTypes?: string[]; ingress?: Rule[]; egress?: Rule[] };
}
export interface World {
  namespaces: { name: string; labels: Record<string, string> }[];
  pods: Pod[];
  policies: Policy[];
}

export const portNumbers = [1, 53, 79, 80, 81, 8079, 8080, 8081, 65535];
export const outsideAddresses = [
  '0.0.0.0',
  '9.255.255.255',
  '10.0.0.0',
  '10.0.0.127',
  '10.0.0.128',
  '10.0.1.0',
  '10.255.255.255',
  '11.0.0.0',
  '255.255.255.255',
];
/** Every range that a generated policy may tell apart. */
export const blocks: { cidr: string; except?: string[] }[] = [
  { cidr: '0.0.0.0/0' },
  { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
  { cidr: '10.0.0.0/8', except: ['10.0.0.0/24', '10.0.0.128/25'] },
  { cidr: '10.0.0.0/24' },
  { cidr: '10.0.0.128/25' },
  { cidr: '10.0.0.2/32' },
  { cidr: 'fd00::/8' },
];

const label = fc.constantFrom('x', 'y');
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), label, {
  maxKeys: 2,
  noNullPrototype: true,
});
const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constant({}),
  labels.map((matchLabels) => ({ matchLabels })),
  fc.record({
    matchLabels: labels,
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom('app', 'tier'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.uniqueArray(label, { minLength: 1, maxLength: 2 }),
        }),
        fc.record({
          key: fc.constantFrom('app', 'tier'),
          operator: fc.constantFrom('Exists', 'DoesNotExist'),
        }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const peer: fc.Arbitrary<Peer> = fc.oneof(
  selector.map((podSelector) => ({ podSelector })),
  selector.map((namespaceSelector) => ({ namespaceSelector })),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.constantFrom(...blocks).map((ipBlock) => ({ ipBlock })),
);
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const port: fc.Arbitrary<Port> = fc.oneof(
  fc.constant({}),
  protocol.map((protocol) => ({ protocol })),
  fc.record({ port: fc.constantFrom<number | string>(...portNumbers, 'web', 'dns') }),
  fc.record({ protocol, port: fc.constantFrom<number | string>(...portNumbers, 'web', 'dns') }),
  fc.record({ protocol, port: fc.constantFrom(1, 53, 79), endPort: fc.constantFrom(79, 80, 8080) }),
);
const some = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 0, maxLength: 2 });
export const rule = (direction: 'from' | 'to'): fc.Arbitrary<Rule> =>
  fc.record({ [direction]: some(peer), ports: some(port) }, { requiredKeys: [] });

export const namespaceNames = ['a', 'b'];
const spec = fc.record(
  {
    podSelector: selector,
    policyTypes: fc.constantFrom<string[]>(['Ingress'], ['Egress'], ['Ingress', 'Egress'], []),
    ingress: some(rule('from')),
    egress: some(rule('to')),
  },
  { requiredKeys: ['podSelector'] },
);
export const policies: fc.Arbitrary<Policy[]> = fc
  .array(fc.tuple(fc.constantFrom(...namespaceNames), spec), { maxLength: 4 })
  .map((list) =>
    list.map(([namespace, spec], i) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p${i}`, namespace },
      spec,
    })),
  );

const containerPort = fc.constantFrom(
  { name: 'web', containerPort: 80, protocol: 'TCP' },
  { name: 'web', containerPort: 8080, protocol: 'TCP' },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
  { name: 'dns', containerPort: 53, protocol: 'TCP' },
);
const pods: fc.Arbitrary<Pod[]> = fc
  .array(
    fc.record({
      namespace: fc.constantFrom(...namespaceNames),
      labels,
      ports: some(containerPort),
      // Two Pods never share an address; some have none yet, some one of the other family.
      address: fc.constantFrom('10.0.0.', '10.0.0.12', '10.7.0.', 'fd00::', undefined),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list) =>
    list.map(({ namespace, labels, ports, address }, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod${i}`, namespace, labels },
      spec: { containers: [{ ports }] },
      status: address === undefined ? {} : { podIP: `${address}${i + 1}` },
    })),
  );

export const worlds: fc.Arbitrary<World> = fc.record({
  namespaces: fc
    .tuple(labels, labels)
    .map((both) => both.map((labels, i) => ({ name: namespaceNames[i] ?? '', labels }))),
  pods,
  policies,
});

/** The manifests of a world, each as JSON: one form of YAML. */
export function manifests({ namespaces, pods, policies }: World): string[] {
  return [
    ...namespaces.map(({ name, labels }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...pods,
    ...policies,
  ].map((object) => JSON.stringify(object));
}
