import type { Peer, Pod, Policy, Port, Rule, Selector, World } from './generate.ts';

/**
 * One question, answered straight from the text of the API reference and nothing else: no classes of Pods,
 * no sets of ports, nothing kept. Slow, and made another way than what it judges.
 */
export function mayConnect(
  world: World,
  from: Pod | string,
  to: Pod | string,
  protocol: string,
  port: number,
): boolean {
  return (
    sideAllows(world, 'Egress', from, to, to, protocol, port) &&
    sideAllows(world, 'Ingress', to, from, to, protocol, port)
  );
}

function sideAllows(
  world: World,
  direction: 'Ingress' | 'Egress',
  subject: Pod | string,
  other: Pod | string,
  destination: Pod | string,
  protocol: string,
  port: number,
): boolean {
  if (typeof subject === 'string') return true;
  // "A pod is isolated if there is any NetworkPolicy that both selects the pod and has the direction."
  const selecting = world.policies.filter(
    (policy) =>
      policy.metadata.namespace === subject.metadata.namespace &&
      selects(policy.spec.podSelector, subject.metadata.labels) &&
      typesOf(policy).includes(direction),
  );
  if (selecting.length === 0) return true;
  for (const policy of selecting) {
    const rules = (direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
    for (const rule of rules) {
      if (peersMatch(world, policy, rule, other) && portsMatch(rule, destination, protocol, port))
        return true;
    }
  }
  return false;
}

function typesOf({ spec }: Policy): string[] {
  if (spec.policyTypes !== undefined && spec.policyTypes.length > 0) return spec.policyTypes;
  return spec.egress !== undefined && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function peersMatch(world: World, policy: Policy, rule: Rule, other: Pod | string): boolean {
  const peers = rule.from ?? rule.to ?? [];
  return peers.length === 0 || peers.some((peer) => peerMatches(world, policy, peer, other));
}

function peerMatches(world: World, policy: Policy, peer: Peer, other: Pod | string): boolean {
  if (peer.ipBlock) {
    const address = typeof other === 'string' ? other : other.status.podIP;
    if (address === undefined || !inBlock(address, peer.ipBlock.cidr)) return false;
    return !(peer.ipBlock.except ?? []).some((except) => inBlock(address, except));
  }
  if (typeof other === 'string') return false;
  if (peer.namespaceSelector === undefined) {
    if (other.metadata.namespace !== policy.metadata.namespace) return false;
  } else {
    const namespace = world.namespaces.find(({ name }) => name === other.metadata.namespace);
    if (!selects(peer.namespaceSelector, namespace?.labels ?? {})) return false;
  }
  return peer.podSelector === undefined || selects(peer.podSelector, other.metadata.labels);
}

function selects(selector: Selector, labels: Record<string, string>): boolean {
  for (const key of Object.keys(selector.matchLabels ?? {})) {
    if (labels[key] !== selector.matchLabels?.[key]) return false;
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const value = labels[key];
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
    if (operator === 'In' && (value === undefined || !values?.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values?.includes(value)) return false;
  }
  return true;
}

function portsMatch(
  rule: Rule,
  destination: Pod | string,
  protocol: string,
  port: number,
): boolean {
  const ports = rule.ports ?? [];
  return (
    ports.length === 0 || ports.some((entry) => portMatches(entry, destination, protocol, port))
  );
}

function portMatches(
  entry: Port,
  destination: Pod | string,
  protocol: string,
  port: number,
): boolean {
  if ((entry.protocol ?? 'TCP') !== protocol) return false;
  if (entry.port === undefined) return true;
  if (typeof entry.port === 'number')
    return port >= entry.port && port <= (entry.endPort ?? entry.port);
  if (typeof destination === 'string') return false;
  for (const container of destination.spec.containers) {
    for (const own of container.ports) {
      if (own.name === entry.port && own.protocol === protocol && own.containerPort === port)
        return true;
    }
  }
  return false;
}

/** Compares the first bits as texts of zeros and ones. Of IPv6 the generated worlds have fd00::/8 alone. */
function inBlock(address: string, cidr: string): boolean {
  if (cidr.includes(':')) return address.startsWith('fd');
  if (address.includes(':')) return false;
  const [base = '', length] = cidr.split('/');
  const bits = (text: string) =>
    text
      .split('.')
      .map((byte) => Number(byte).toString(2).padStart(8, '0'))
      .join('')
      .slice(0, Number(length));
  return bits(base) === bits(address);
}
