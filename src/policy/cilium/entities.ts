import { type Direction, type Match, type Peer, PolicyError } from '../model.ts';
import type { PeerPart } from './peers.ts';

/** What a CiliumNetworkPolicy may name: the enum of its schema in Cilium 1.20. */
const known = [
  'all',
  'cluster',
  'cluster-mesh',
  'health',
  'host',
  'ingress',
  'init',
  'kube-apiserver',
  'none',
  'remote-node',
  'unmanaged',
  'world',
];

/** The kinds of peers there are, among those that manifests know. */
type Place = 'pod' | 'node' | 'world';

function placeOf(peer: Peer): Place {
  if (peer.type === 'range') return 'world';
  return peer.endpoint.hostNetwork ? 'node' : 'pod';
}

/**
 * The peers that entities stand for ("Layer 3 Policies", Entities based). `world` is never a Pod or a
 * node; `cluster` is every Pod and node; `health`, `ingress`, `init`, `unmanaged` and `none` are nothing
 * that manifests describe.
 */
export function entities(
  list: readonly unknown[],
  path: string[],
  direction: Direction,
): PeerPart[] {
  list.forEach((name, i) => {
    if (known.includes(String(name))) return;
    const hint =
      name === 'world-ipv4' || name === 'world-ipv6'
        ? 'the schema does not take it; use world, or a CIDR of that family'
        : `use one of ${known.join(', ')}`;
    throw new PolicyError([...path, String(i)], `unknown entity ${String(name)}; ${hint}`);
  });
  const has = (...names: string[]) => names.some((name) => list.includes(name));
  const places: Place[] = [];
  if (has('all', 'world')) places.push('world');
  if (has('all', 'cluster', 'cluster-mesh')) places.push('pod', 'node');
  if (has('host') && has('remote-node')) places.push('node');

  const at = (place: Place): PeerPart['matches'] => {
    return (peer): Match => (placeOf(peer) === place ? 'yes' : 'no');
  };
  const parts: PeerPart[] = [
    { matches: (peer) => (places.includes(placeOf(peer)) ? 'yes' : 'no') },
  ];
  // A Pod on a node's network is `host` to the Pods of its own node and `remote-node` to all others.
  const other = direction === 'ingress' ? 'the source' : 'the destination';
  if (has('host') && !has('remote-node'))
    parts.push({ matches: at('node'), condition: `${other} is on the same node` });
  if (has('remote-node') && !has('host'))
    parts.push({ matches: at('node'), condition: `${other} is on another node` });
  // It runs on nodes, or outside of the cluster where a provider runs it; manifests do not say where.
  if (has('kube-apiserver')) {
    parts.push({
      matches: (peer) => (placeOf(peer) === 'pod' ? 'no' : 'yes'),
      condition: `${other} is the kube-apiserver`,
    });
  }
  return parts;
}
