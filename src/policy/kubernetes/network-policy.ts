import type { Endpoint, Protocol } from '../../cluster/model.ts';
import { protocols } from '../../cluster/model.ts';
import { asList, asRecord } from '../../cluster/objects.ts';
import { labelSelector, type Selector } from '../../cluster/selector.ts';
import { fields, items, ShapeError } from '../../cluster/shape.ts';
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

const specFields = ['podSelector', 'policyTypes', 'ingress', 'egress'];

/** Where Calico sorts NetworkPolicies among its own policies of the default tier. */
const precedence = 1000;

/**
 * networking.k8s.io/v1 NetworkPolicy. Source of the rules: the API reference and the concept page
 * "Network Policies"; endPort: KEP-2079.
 */
export const networkPolicy: PolicyReader = {
  owns: ({ apiVersion, kind }) => apiVersion === 'networking.k8s.io/v1' && kind === 'NetworkPolicy',

  compile(object, context) {
    const spec = map(object.value.spec, ['spec'], specFields);
    const selected = read(['spec', 'podSelector'], () => labelSelector(spec.podSelector));
    const namespace = object.namespace ?? 'default';
    // The API server validates the rules of both directions, whether policyTypes makes them count or not.
    const rules = {
      ingress: readRules(spec.ingress, ['spec', 'ingress'], 'from', namespace, context),
      egress: readRules(spec.egress, ['spec', 'egress'], 'to', namespace, context),
    };
    return directions(spec).map((direction): CompiledPolicy => {
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
        rules: rules[direction],
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

function readRules(
  value: unknown,
  path: string[],
  peers: 'from' | 'to',
  namespace: string,
  context: PolicyContext,
): Rule[] {
  return list(value, path).map((value, i): Rule => {
    const at = [...path, String(i)];
    const rule = map(value, at, [peers, 'ports']);
    return {
      path: at,
      action: 'allow',
      matchesPeer: readPeers(rule[peers], [...at, peers], namespace, context),
      ...readPorts(rule.ports, [...at, 'ports']),
    };
  });
}

/** Without policyTypes a policy is for ingress, and for egress too if it has egress rules. */
function directions(spec: Record<string, unknown>): Direction[] {
  const types = list(spec.policyTypes, ['spec', 'policyTypes']);
  if (types.length === 0)
    return list(spec.egress, ['spec', 'egress']).length ? ['ingress', 'egress'] : ['ingress'];
  const read = types.map((type, i): Direction => {
    if (type === 'Ingress') return 'ingress';
    if (type === 'Egress') return 'egress';
    throw new PolicyError(
      ['spec', 'policyTypes', String(i)],
      `unknown policy type ${String(type)}; use Ingress or Egress`,
    );
  });
  return [...new Set(read)];
}

/** One entry of a peer list: selectors look at a peer's labels, a block at its addresses. */
type PeerEntry = { selects: (peer: Peer) => Match } | { holds: (range: AddressRange) => boolean };

/** Entries of the list are ORed; a missing or empty list means everybody, outside included. */
function readPeers(
  value: unknown,
  path: string[],
  namespace: string,
  context: PolicyContext,
): Rule['matchesPeer'] {
  const entries = list(value, path).map((peer, i) =>
    readPeer(peer, [...path, String(i)], namespace),
  );
  if (entries.length === 0) return () => 'yes';
  const matchers = entries.flatMap((entry) => ('selects' in entry ? [entry.selects] : []));
  const blocks = entries.flatMap((entry) => ('holds' in entry ? [entry.holds] : []));
  if (blocks.length) matchers.push(matchBlocks(blocks, context));
  return (peer) => {
    let match: Match = 'no';
    for (const matches of matchers) {
      const one = matches(peer);
      if (one === 'yes') return 'yes';
      if (one === 'unspecified') match = 'unspecified';
    }
    return match;
  };
}

function readPeer(value: unknown, path: string[], namespace: string): PeerEntry {
  const entry = map(value, path, ['podSelector', 'namespaceSelector', 'ipBlock']);
  const has = (key: string) => entry[key] !== undefined && entry[key] !== null;
  if (has('ipBlock')) {
    if (has('podSelector') || has('namespaceSelector')) {
      throw new PolicyError(path, 'ipBlock does not go together with selectors; write two entries');
    }
    return { holds: readBlock(entry.ipBlock, [...path, 'ipBlock']) };
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
  return {
    selects(peer) {
      if (peer.type !== 'endpoint') return 'no';
      const { endpoint } = peer;
      // A podSelector alone means the policy's own namespace.
      const inNamespace = namespaces
        ? namespaces(endpoint.namespace.labels)
        : endpoint.namespace.name === namespace;
      if (!inNamespace || !pods(endpoint.labels)) return 'no';
      return endpoint.hostNetwork ? 'unspecified' : 'yes';
    },
  };
}

function readBlock(value: unknown, path: string[]): (range: AddressRange) => boolean {
  const block = map(value, path, ['cidr', 'except']);
  const cidr = read([...path, 'cidr'], () => parseCidr(String(block.cidr ?? '')));
  const except = list(block.except, [...path, 'except']).map((value, i) => {
    const at = [...path, 'except', String(i)];
    const range = read(at, () => parseCidr(String(value)));
    // The API server also refuses one that is the whole block.
    if (!contains(cidr, range) || contains(range, cidr))
      throw new PolicyError(at, `${String(value)} is not a part of ${String(block.cidr)}`);
    return range;
  });
  return (range) => contains(cidr, range) && !except.some((part) => overlap(part, range));
}

/** The blocks of a list together: one may hold a Pod's IPv4 address and another its IPv6 address. */
function matchBlocks(
  blocks: readonly ((range: AddressRange) => boolean)[],
  { blocksMatchPods }: PolicyContext,
): (peer: Peer) => Match {
  const inside = (range: AddressRange) => blocks.some((holds) => holds(range));
  return (peer) => {
    if (peer.type === 'range') return inside(peer.range) ? 'yes' : 'no';
    // A hostNetwork Pod has its node's address, and its Service may hide it: plugins differ.
    if (peer.endpoint.hostNetwork) return 'unspecified';
    if (!blocksMatchPods) return 'no';
    const hits = peer.endpoint.ips.map((ip) => inside(parseAddress(ip)));
    if (!hits.includes(true)) return 'no';
    // Some Pods of the workload, or one family of a dual-stack Pod.
    return hits.includes(false) ? 'unspecified' : 'yes';
  };
}

/** A missing or empty list means all ports of all protocols; a missing protocol means TCP. */
function readPorts(value: unknown, path: string[]): Pick<Rule, 'portsAt' | 'portNames'> {
  const entries = list(value, path);
  if (entries.length === 0) return { portsAt: () => PortSet.all };
  let fixed = PortSet.none;
  const portNames: PortName[] = [];
  entries.forEach((entry, i) => {
    const at = [...path, String(i)];
    const port = readPort(map(entry, at, ['protocol', 'port', 'endPort']), at);
    if (port instanceof PortSet) fixed = fixed.or(port);
    else portNames.push(port);
  });
  return {
    portNames,
    portsAt: (destination) =>
      portNames.reduce((sum, name) => sum.or(portsNamed(name, destination)), fixed),
  };
}

type PortName = NonNullable<Rule['portNames']>[number];

/** A name is looked up on the Pod where the connection ends; outside of the cluster it means nothing. */
function portsNamed({ name, protocol }: PortName, destination: Endpoint | undefined): PortSet {
  return (destination?.ports ?? [])
    .filter((port) => port.name === name && port.protocol === protocol)
    .reduce((sum, port) => sum.or(PortSet.one(protocol, port.number)), PortSet.none);
}

function readPort(entry: Record<string, unknown>, path: string[]): PortSet | PortName {
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
    if (!isPortName(port)) {
      const hint = /^\d+$/.test(port) ? '; write the number without quotes' : '';
      throw new PolicyError([...path, 'port'], `"${port}" is no name of a port${hint}`);
    }
    return { name: port, protocol, path: [...path, 'port'] };
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

/** IsValidPortName of apimachinery: at most 15 small letters, digits and single dashes, one letter at least. */
function isPortName(text: string): boolean {
  return text.length <= 15 && /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}

function map(value: unknown, path: string[], known: readonly string[]): Record<string, unknown> {
  return read([], () => fields(value, path, known));
}

function list(value: unknown, path: string[]): unknown[] {
  return read([], () => items(value, path));
}

/** Gives what a parser throws the path of what it read. */
export function read<T>(path: string[], parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    const below = error instanceof ShapeError ? error.path : [];
    throw new PolicyError([...path, ...below], (error as Error).message);
  }
}
