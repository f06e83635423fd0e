import type { Match, Peer, PolicyContext } from '../model.ts';
import { matchNetworks, readNetworks, readNodes } from './addresses.ts';
import type { Api } from './apis.ts';
import { mayBePod, readDomainNames } from './domains.ts';
import { limitedList, onlyField } from './fields.ts';
import { podFields, readPods } from './pods.ts';

export interface Peers {
  /** undefined when all peers are names */
  matches: ((peer: Peer) => Match) | undefined;
  /** names: the addresses behind them are known when Pods ask for them, not before */
  names: string[];
  /** the field of a peer that this version of the API does not have */
  unknown: string | undefined;
  /** whether some are without named ports: nodes, networks and names */
  withoutNames: boolean;
}

/** The peers of a rule. Exactly one field in each; entries are ORed. */
export function readPeers(
  value: unknown,
  path: string[],
  choices: readonly string[],
  api: Api,
  context: PolicyContext,
): Peers {
  const matchers: ((peer: Peer) => Match)[] = [];
  const peers: Peers = { matches: undefined, names: [], unknown: undefined, withoutNames: false };
  // A missing list is one that is too short.
  const list = limitedList(value ?? [], path, { least: 1, most: api.most }) ?? [];
  list.forEach((entry, i) => {
    const at = [...path, String(i)];
    const { name, value: field, isKnown } = onlyField(entry, at, choices);
    const here = [...at, name];
    if (!isKnown) {
      peers.unknown ??= name;
    } else if (name === 'namespaces' || name === 'pods') {
      const pods = readPods(name, field, here, api);
      matchers.push((peer) => (peer.type === 'endpoint' && pods(peer.endpoint) ? 'yes' : 'no'));
    } else if (name === 'networks') {
      matchers.push(matchNetworks(readNetworks(field, here), context));
    } else if (name === 'nodes') {
      matchers.push(readNodes(field, here, context));
    } else {
      peers.names.push(...readDomainNames(field, here));
    }
    peers.withoutNames ||= isKnown && !podFields.some((known) => known === name);
  });
  if (matchers.length > 0) peers.matches = anyOf(matchers);
  return peers;
}

/** Names match outside addresses, and Pods if they are names of the cluster. */
export function matchNames(names: readonly string[]): (peer: Peer) => 'yes' | 'no' {
  const alsoPods = names.some(mayBePod);
  return (peer) => (peer.type === 'range' || alsoPods ? 'yes' : 'no');
}

function anyOf(matchers: readonly ((peer: Peer) => Match)[]): (peer: Peer) => Match {
  return (peer) => {
    let match: Match = 'no';
    for (const matches of matchers) {
      const one = matches(peer);
      if (one === 'yes') return one;
      if (one === 'unspecified') match = one;
    }
    return match;
  };
}
