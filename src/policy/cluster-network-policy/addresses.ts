import type { Endpoint } from '../../cluster/model.ts';
import {
  type AddressRange,
  contains,
  cut,
  type Family,
  parseAddress,
  parseCidr,
} from '../addresses.ts';
import { read } from '../kubernetes/network-policy.ts';
import type { Match, Peer, PolicyContext } from '../model.ts';
import { fieldsOf, selectorAt, textSet } from './fields.ts';

type Matcher = (peer: Peer) => Match;

/** The ranges of a `networks` peer. */
export function readNetworks(value: unknown, path: string[]): AddressRange[] {
  return textSet(value, path).map((text, i) => read([...path, String(i)], () => parseCidr(text)));
}

/**
 * Networks match the addresses of Pods too: "cluster-internal traffic will be checked against the rule as
 * well. So if you Accept or Deny traffic to 0.0.0.0/0, that will allow or deny all IPv4 pod-to-pod traffic"
 * (ClusterNetworkPolicyEgressPeer, networks). Where a Pod's address is not known, only networks that hold
 * all addresses, or none that a Pod can have, say anything of it.
 */
export function matchNetworks(networks: readonly AddressRange[], context: PolicyContext): Matcher {
  const holds = (range: AddressRange) => networks.some((network) => contains(network, range));
  const unknown = matchUnknown(networks, context);
  return (peer) => {
    if (peer.type === 'range') return holds(peer.range) ? 'yes' : 'no';
    return matchAddresses(peer.endpoint, holds) ?? unknown;
  };
}

/**
 * Loopback and link-local addresses, the metadata server's among them: no Pod has one, and the API server
 * takes none as an endpoint (pkg/apis/core/validation, ValidateNonSpecialIP).
 */
const neverPods = ['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10'].map(parseCidr);

/** Of a Pod whose address nobody says. Without a trace of IPv6 the cluster is taken for one of IPv4. */
function matchUnknown(networks: readonly AddressRange[], { endpoints }: PolicyContext): Match {
  const isDual = endpoints.some(({ ips }) => ips.some((ip) => ip.includes(':')));
  const families: Family[] = isDual ? [4, 6] : [4];
  const pieces = families
    .flatMap((family) => cut(family, [...networks, ...neverPods]))
    .filter((piece) => !neverPods.some((range) => contains(range, piece)));
  const inside = pieces.map((piece) => networks.some((network) => contains(network, piece)));
  if (!inside.includes(false)) return 'yes';
  return inside.includes(true) ? 'unspecified' : 'no';
}

/**
 * Nodes match by the addresses in their status (ClusterNetworkPolicyEgressPeer, nodes). A Pod on its
 * node's network has that node's address; which node that is, manifests seldom say.
 */
export function readNodes(value: unknown, path: string[], { nodes }: PolicyContext): Matcher {
  const selects = selectorAt(value, path);
  const selected = nodes.filter(({ labels }) => selects(labels));
  const addresses = selected.flatMap(({ ips }) => ips.map(parseAddress));
  const isHere = (range: AddressRange) => addresses.some((address) => contains(address, range));
  // Without Nodes among the manifests, any address may be a node's.
  const isComplete = nodes.length > 0 && selected.every(({ ips }) => ips.length > 0);
  const elsewhere: Match = isComplete ? 'no' : 'unspecified';
  const selectsAll =
    nodes.length > 0 ? selected.length === nodes.length : fieldsOf(value).length === 0;
  return (peer) => {
    if (peer.type === 'range') return isHere(peer.range) ? 'yes' : elsewhere;
    const { endpoint } = peer;
    if (!endpoint.hostNetwork) return 'no';
    if (selectsAll) return 'yes';
    if (nodes.length > 0 && selected.length === 0) return 'no';
    const match = matchAddresses(endpoint, isHere) ?? 'unspecified';
    return match === 'no' ? elsewhere : match;
  };
}

/** Undefined when no address of the Pod is known. */
function matchAddresses({ ips }: Endpoint, holds: (address: AddressRange) => boolean) {
  const hits = new Set(ips.map((ip) => holds(parseAddress(ip))));
  if (hits.size === 0) return undefined;
  // Some Pods of a workload, or one family of a dual-stack Pod.
  return hits.size === 2 ? 'unspecified' : hits.has(true) ? 'yes' : 'no';
}
