import type { Endpoint, Protocol } from '../../cluster/model.ts';
import { protocols } from '../../cluster/model.ts';
import { asList, asRecord } from '../../cluster/objects.ts';
import { labelSelector, type Selector, SelectorError } from '../../cluster/selector.ts';
import { type AddressRange, contains, overlap, parseAddress, parseCidr } from '../addresses.ts';
import {
  type CompiledPolicy,
  type Direction,
  type Match,
  type Peer,
  type PolicyContext,
  PolicyError,
  type PolicyReader,
  type Rule,
  stages,
} from '../model.ts';
import { PortSet } from '../ports.ts';

/** Where Calico sorts NetworkPolicies among its own policies of the default tier. */
const precedence = 1000;

/**
 * networking.k8s.io/v1 NetworkPolicy. Source of the rules: the API reference and the concept page
 * "Network Policies"; endPort: KEP-2079.
 */
export const networkPolicy: PolicyReader = {
  owns: ({ apiVersion, kind }) => apiVersion === 'networking.k8s.io/v1' && kind === 'NetworkPolicy',

  compile(object, context) {
    const spec = asRecord(object.value.spec) ?? {};
    const selected = read(['spec', 'podSelector'], () => labelSelector(spec.podSelector));
    const namespace = object.namespace ?? 'default';
    return directions(spec).map((direction): CompiledPolicy => {
      const [list, peersKey] =
        direction === 'ingress' ? (['ingress', 'from'] as const) : (['egress', 'to'] as const);
      return {
        object,
        direction,
        stage: stages.policies,
        precedence,
        selects(endpoint) {
          if (endpoint.namespace.name !== namespace || !selected(endpoint.labels)) return 'no';
          // What policies do to Pods on the node's network is left to the plugin.
          return endpoint.hostNetwork ? 'unspecified' : 'yes';
        },
        otherwise: 'deny',
        rules: asList(spec[list]).map((value, i): Rule => {
          const path = ['spec', list, String(i)];
          const rule = asRecord(value) ?? {};
          return {
            path,
            action: 'allow',
            matchesPeer: readPeers(rule[peersKey], [...path, peersKey], namespace, context),
            portsAt: readPorts(rule.ports, [...path, 'ports']),
          };
        }),
      };
    });
  },

  ranges(object) {
    const spec = asRecord(object.value.spec) ?? {};
    const peers = [
      ...asList(spec.ingress).flatMap((rule) => asList(asRecord(rule)?.from)),
      ...asList(spec.egress).flatMap((rule) => asList(asRecord(rule)?.to)),
    ];
    return peers.flatMap((peer) => {
      const block = asRecord(asRecord(peer)?.ipBlock);
      return block
        ? [block.cidr, ...asList(block.except)].map((cidr) => parseCidr(String(cidr)))
        : [];
    });
  },
};

/** Without policyTypes a policy is for ingress, and for egress too if it has egress rules. */
function directions(spec: Record<string, unknown>): Direction[] {
  const types = asList(spec.policyTypes);
  if (types.length === 0) return asList(spec.egress).length ? ['ingress', 'egress'] : ['ingress'];
  return [...new Set(types)].map((type, i) => {
    if (type === 'Ingress') return 'ingress';
    if (type === 'Egress') return 'egress';
    throw new PolicyError(
      ['spec', 'policyTypes', String(i)],
      `unknown policy type ${String(type)}; use Ingress or Egress`,
    );
  });
}

/** Entries of the list are ORed; a missing or empty list means everybody, outside included. */
function readPeers(
  value: unknown,
  path: string[],
  namespace: string,
  context: PolicyContext,
): Rule['matchesPeer'] {
  const peers = asList(value).map((peer, i) =>
    readPeer(peer, [...path, String(i)], namespace, context),
  );
  if (peers.length === 0) return () => 'yes';
  return (peer) => {
    let match: Match = 'no';
    for (const matches of peers) {
      const one = matches(peer);
      if (one === 'yes') return 'yes';
      if (one === 'unspecified') match = 'unspecified';
    }
    return match;
  };
}

function readPeer(
  value: unknown,
  path: string[],
  namespace: string,
  context: PolicyContext,
): (peer: Peer) => Match {
  const entry = asRecord(value) ?? {};
  const has = (key: string) => entry[key] !== undefined && entry[key] !== null;
  if (has('ipBlock')) {
    if (has('podSelector') || has('namespaceSelector')) {
      throw new PolicyError(path, 'ipBlock does not go together with selectors; write two entries');
    }
    return readBlock(entry.ipBlock, [...path, 'ipBlock'], context);
  }
  if (!has('podSelector') && !has('namespaceSelector')) {
    throw new PolicyError(
      path,
      'this entry names nobody; write podSelector, namespaceSelector or ipBlock',
    );
  }
  const pods: Selector = has('podSelector')
    ? read([...path, 'podSelector'], () => labelSelector(entry.podSelector))
    : () => true;
  const namespaces = has('namespaceSelector')
    ? read([...path, 'namespaceSelector'], () => labelSelector(entry.namespaceSelector))
    : undefined;
  return (peer) => {
    if (peer.type !== 'endpoint') return 'no';
    const { endpoint } = peer;
    // A podSelector alone means the policy's own namespace.
    const inNamespace = namespaces
      ? namespaces(endpoint.namespace.labels)
      : endpoint.namespace.name === namespace;
    if (!inNamespace || !pods(endpoint.labels)) return 'no';
    return endpoint.hostNetwork ? 'unspecified' : 'yes';
  };
}

function readBlock(
  value: unknown,
  path: string[],
  { blocksMatchPods }: PolicyContext,
): (peer: Peer) => Match {
  const block = asRecord(value) ?? {};
  const cidr = read([...path, 'cidr'], () => parseCidr(String(block.cidr ?? '')));
  const except = asList(block.except).map((value, i) => {
    const at = [...path, 'except', String(i)];
    const range = read(at, () => parseCidr(String(value)));
    // The API server also refuses one that is the whole block.
    if (!contains(cidr, range) || contains(range, cidr))
      throw new PolicyError(at, `${String(value)} is not a part of ${String(block.cidr)}`);
    return range;
  });
  const inside = (range: AddressRange) =>
    contains(cidr, range) && !except.some((part) => overlap(part, range));
  return (peer) => {
    if (peer.type === 'range') return inside(peer.range) ? 'yes' : 'no';
    // A hostNetwork Pod has its node's address, and its Service may hide it: plugins differ.
    if (peer.endpoint.hostNetwork) return 'unspecified';
    if (!blocksMatchPods) return 'no';
    const hits = peer.endpoint.ips.map((ip) => inside(parseAddress(ip)));
    if (hits.length === 0 || !hits.includes(true)) return 'no';
    // Some Pods of the workload, or one family of a dual-stack Pod.
    return hits.includes(false) ? 'unspecified' : 'yes';
  };
}

/** A missing or empty list means all ports of all protocols; a missing protocol means TCP. */
function readPorts(value: unknown, path: string[]): Rule['portsAt'] {
  const list = asList(value);
  if (list.length === 0) return () => PortSet.all;
  let fixed = PortSet.none;
  const named: Rule['portsAt'][] = [];
  list.forEach((entry, i) => {
    const port = readPort(asRecord(entry) ?? {}, [...path, String(i)]);
    if (port instanceof PortSet) fixed = fixed.or(port);
    else named.push(port);
  });
  if (named.length === 0) return () => fixed;
  return (destination) => named.reduce((sum, at) => sum.or(at(destination)), fixed);
}

/** A set, or, for a named port, the set on a given Pod: the name is looked up where the connection ends. */
function readPort(
  entry: Record<string, unknown>,
  path: string[],
): PortSet | ((destination: Endpoint | undefined) => PortSet) {
  const protocol = (entry.protocol ?? 'TCP') as Protocol;
  if (!protocols.includes(protocol)) {
    throw new PolicyError(
      [...path, 'protocol'],
      `unknown protocol ${String(entry.protocol)}; use ${protocols.join(', ')}`,
    );
  }
  const { port, endPort } = entry;
  const hasEnd = endPort !== undefined && endPort !== null;
  if (port === undefined || port === null) {
    if (hasEnd) throw new PolicyError([...path, 'endPort'], 'endPort needs port');
    return PortSet.allOf(protocol);
  }
  if (typeof port === 'string') {
    if (hasEnd)
      throw new PolicyError([...path, 'endPort'], 'endPort needs a number as port, not a name');
    return (destination) =>
      (destination?.ports ?? [])
        .filter((p) => p.name === port && p.protocol === protocol)
        .reduce((sum, p) => sum.or(PortSet.one(protocol, p.number)), PortSet.none);
  }
  const valid = (number: unknown) =>
    Number.isInteger(number) && Number(number) >= 1 && Number(number) <= 65535;
  if (!valid(port))
    throw new PolicyError([...path, 'port'], `${String(port)} is not a port from 1 to 65535`);
  if (hasEnd && (!valid(endPort) || Number(endPort) < Number(port))) {
    throw new PolicyError(
      [...path, 'endPort'],
      `endPort ${String(endPort)} is not a port from ${port} to 65535`,
    );
  }
  return PortSet.range(protocol, Number(port), Number(hasEnd ? endPort : port));
}

/** Gives what a parser throws the path of what it read. */
export function read<T>(path: string[], parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    const below = error instanceof SelectorError ? error.path : [];
    throw new PolicyError([...path, ...below], (error as Error).message);
  }
}
