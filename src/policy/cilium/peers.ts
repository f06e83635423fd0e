import { asList, asRecord, asString } from '../../cluster/objects.ts';
import { type Match, type Peer, type PolicyContext, PolicyError } from '../model.ts';
import { readBlocks } from './blocks.ts';
import { fqdnCondition, groupCondition } from './conditions.ts';
import { entities } from './entities.ts';
import { identities } from './labels.ts';
import { type LabelMatch, peerSelector } from './selectors.ts';
import { readServices } from './services.ts';

/** Some of the peers a rule speaks of, and what must hold besides for them. */
export interface PeerPart {
  matches(peer: Peer): Match;
  condition?: string;
}

/** Where a rule stands. */
export interface Scope {
  direction: 'ingress' | 'egress';
  action: 'allow' | 'deny';
  /** undefined for a clusterwide policy */
  namespace: string | undefined;
  /** whether the policy is for Pods that have no labels yet */
  forInit: boolean;
  context: PolicyContext;
}

/** The fields that name peers, without from/to. An empty list of the first ones selects nobody. */
const fields = ['Endpoints', 'Nodes', 'Entities', 'CIDR', 'CIDRSet'] as const;
const others = ['Groups', 'Services', 'FQDNs'] as const;

/** The key of a field in a direction: `fromCIDR`, `toCIDR`. */
export function fieldKey(direction: Scope['direction'], field: string): string {
  return (direction === 'ingress' ? 'from' : 'to') + field;
}

/**
 * The peers of a rule; undefined when it names none, and an empty list when it selects nobody.
 *
 * One rule has one field of peers: two that are not empty are refused (pkg/policy/api/rule_validation.go).
 * A field that is there but empty selects nobody, which is not true of groups, Services and names
 * (pkg/policy/utils/parserules.go, mergeEndpointSelectors).
 */
export function readPeers(
  rule: Record<string, unknown>,
  path: string[],
  scope: Scope,
): PeerPart[] | undefined {
  const key = (field: string) => fieldKey(scope.direction, field);
  for (const field of [...fields, ...others]) {
    const value = rule[key(field)];
    if (value !== undefined && value !== null && !Array.isArray(value))
      throw new PolicyError([...path, key(field)], `${key(field)} is not a list`);
  }
  const filled = [...fields, ...others].filter((field) => asList(rule[key(field)]).length);
  const [field, second] = filled;
  if (second) {
    throw new PolicyError(
      [...path, key(second)],
      `${key(field ?? '')} and ${key(second)} do not go together in one rule; write two rules`,
    );
  }
  const withPorts = asList(rule.toPorts).length + asList(rule.icmps).length > 0;
  const parts =
    field &&
    (field === 'Services'
      ? readServices(asList(rule[key(field)]), [...path, key(field)], scope, withPorts)
      : readField(field, asList(rule[key(field)]), [...path, key(field)], scope));
  if (fields.some((f) => Array.isArray(rule[key(f)]) && asList(rule[key(f)]).length === 0))
    return [];
  return parts;
}

function readField(
  field: Exclude<(typeof fields)[number] | (typeof others)[number], 'Services'>,
  list: unknown[],
  path: string[],
  scope: Scope,
): PeerPart[] {
  switch (field) {
    case 'Endpoints':
      return list.map((value, i): PeerPart => {
        const at = [...path, String(i)];
        if (!asRecord(value)) throw new PolicyError(at, 'this entry is not a selector');
        const selector = peerSelector(value, at, scope.namespace, scope.forInit);
        return { matches: (peer) => matchIdentities(selector, peer) };
      });
    case 'Nodes':
      throw new PolicyError(
        path,
        `${path.at(-1)} is refused unless the agents run with enable-node-selector-labels, which is off by default`,
      );
    case 'Entities':
      return entities(list, path, scope.direction);
    case 'CIDR':
    case 'CIDRSet':
      return readBlocks(list, path, scope.context).map(({ contains, condition }) => ({
        // Pods and nodes have identities of their own: addresses do not match them unless
        // policy-cidr-match-mode says so ("Layer 3 Policies", IP/CIDR based).
        matches: (peer) => (peer.type === 'range' && contains(peer.range) ? 'yes' : 'no'),
        condition,
      }));
    case 'Groups':
      // Resolved by asking a cloud's API; what comes back are addresses outside of the cluster.
      return list.map((value) => ({ matches: outside, condition: groupCondition(value) }));
    case 'FQDNs':
      for (const [i, value] of list.entries()) {
        const { matchName, matchPattern } = asRecord(value) ?? {};
        if (!asString(matchName) === !asString(matchPattern))
          throw new PolicyError([...path, String(i)], 'write either matchName or matchPattern');
      }
      // A name stands for addresses outside: where it resolves to Pods, the rule does not apply to
      // them ("Layer 3 Policies", DNS based; pkg/policy/api/egress.go, ToFQDNs).
      return [{ matches: outside, condition: fqdnCondition(list) }];
  }
}

function outside(peer: Peer): Match {
  return peer.type === 'range' ? 'yes' : 'no';
}

/** Left open where only some of the identities the peer may have are selected. */
export function matchIdentities(selector: LabelMatch, peer: Peer): Match {
  const matches = identities(peer).map(selector);
  return matches.every((match) => match === matches[0]) ? (matches[0] ?? 'no') : 'unspecified';
}
