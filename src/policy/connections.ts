import type { Cluster, Endpoint } from '../cluster/model.ts';
import { type AddressRange, contains, cut, parseAddress } from './addresses.ts';
import {
  both,
  type Decision,
  decide,
  type Reason,
  type Stack,
  type StackedRule,
  stackOf,
} from './evaluate.ts';
import type { Peer } from './model.ts';
import type { Policies } from './policies.ts';
import { PortSet } from './ports.ts';

/** Endpoints that no policy can tell apart, or one range of outside addresses. */
export interface Party {
  peer: Peer;
  /** every endpoint of the class; empty for a range */
  endpoints: readonly Endpoint[];
  ingress: Stack;
  egress: Stack;
}

/** Who may talk to whom: decisions between parties, computed when asked for and then kept. */
export interface Connections {
  parties: readonly Party[];
  /** the party of an endpoint */
  partyOf(endpoint: Endpoint): Party;
  /** the parties of the addresses in a range; several when policies cut it */
  partiesIn(range: AddressRange): Party[];
  decision(from: Party, to: Party): Decision;
  /** the reasons of both sides; of the side that has policies at all, for addresses outside */
  explain(from: Party, to: Party): { egress: Reason[]; ingress: Reason[] };
}

const nothing: Stack = { stages: [] };
const everythingAllowed: Decision = {
  allowed: PortSet.all,
  conditional: PortSet.none,
  unspecified: PortSet.none,
};

/** Makes the policies of a cluster ready to be asked. Cost follows classes of endpoints, not Pods. */
export function connect(cluster: Cluster, policies: Policies): Connections {
  const nodes = cluster.nodes.flatMap(({ ips }) => ips.map(parseAddress));
  const ranges = [...policies.ranges, ...nodes];
  const cuts = new Map(([4, 6] as const).map((family) => [family, cut(family, ranges)]));
  /** Which piece of the address space an address lies in: policies see no more of it. */
  const pieceOf = (ip: string) => {
    const { family, first } = parseAddress(ip);
    return `${family}/${cuts.get(family)?.findIndex(({ last }) => first <= last)}`;
  };
  const classes = new Map<string, Endpoint[]>();
  for (const endpoint of cluster.endpoints) {
    const key = classKey(endpoint, ranges.length ? pieceOf : undefined);
    const known = classes.get(key);
    if (known) known.push(endpoint);
    else classes.set(key, [endpoint]);
  }

  const stacks = new Map<string, Stack>();
  const numbers = new Map(policies.compiled.map((policy, i) => [policy, i]));
  /** Without rules for some endpoints only, all rules of a policy are there or none. */
  const keyOf = ({ rule, policy, unclear }: StackedRule) => {
    const own = rule.appliesTo && `.${policy.rules.indexOf(rule)}${unclear ? '?' : ''}`;
    return `${numbers.get(policy)}${own ?? ''}`;
  };
  /** Endpoints with the same policies share one stack, so that its decisions are made once. */
  const share = (stack: Stack) => {
    const key = stack.stages
      .map(({ rules, isolating, unclear }) =>
        [
          [...new Set(rules.map(keyOf))].join(),
          isolating.map((policy) => numbers.get(policy)).join(),
          unclear.map((policy) => numbers.get(policy)).join(),
        ].join('|'),
      )
      .join('/');
    const known = stacks.get(key);
    if (known) return known;
    stacks.set(key, stack);
    return stack;
  };

  const parties: Party[] = [];
  const byEndpoint = new Map<Endpoint, Party>();
  for (const endpoints of classes.values()) {
    const [endpoint] = endpoints;
    if (!endpoint) continue;
    const party: Party = {
      peer: { type: 'endpoint', endpoint },
      endpoints,
      ingress: share(stackOf(endpoint, 'ingress', policies.compiled)),
      egress: share(stackOf(endpoint, 'egress', policies.compiled)),
    };
    parties.push(party);
    for (const member of endpoints) byEndpoint.set(member, party);
  }
  const families = usedFamilies(cluster, ranges);
  const outside = families.flatMap((family) =>
    (cuts.get(family) ?? []).map(
      (range): Party => ({
        peer: { type: 'range', range, node: nodes.some((node) => contains(range, node)) },
        endpoints: [],
        ingress: nothing,
        egress: nothing,
      }),
    ),
  );
  parties.push(...outside);

  const kept = new Map<Stack, Map<Party, Map<string, Decision>>>();
  /** Named ports make a decision depend on the ports of the destination too. */
  const side = (stack: Stack, other: Party, destination: Party): Decision => {
    if (stack.stages.length === 0) return everythingAllowed;
    const ofParty = getOrMake(
      getOrMake(kept, stack, newMap<Party, Map<string, Decision>>),
      other,
      newMap<string, Decision>,
    );
    const at = endpointOf(destination);
    const key = other === destination || !at ? '' : portsKey(at);
    const known = ofParty.get(key);
    if (known) return known;
    const decision = decide(stack, other.peer, at);
    ofParty.set(key, decision);
    return decision;
  };

  return {
    parties,
    partyOf(endpoint) {
      const party = byEndpoint.get(endpoint);
      if (!party) throw new Error(`${endpoint.id} is not of this cluster`);
      return party;
    },
    partiesIn: (range) =>
      outside.filter(
        ({ peer }) =>
          peer.type === 'range' &&
          peer.range.family === range.family &&
          peer.range.first <= range.last &&
          range.first <= peer.range.last,
      ),
    decision(from, to) {
      return both(side(from.egress, to, to), side(to.ingress, from, to));
    },
    explain(from, to) {
      const egress: Reason[] = [];
      const ingress: Reason[] = [];
      if (from.peer.type === 'endpoint') decide(from.egress, to.peer, endpointOf(to), egress);
      if (to.peer.type === 'endpoint') decide(to.ingress, from.peer, endpointOf(to), ingress);
      return { egress, ingress };
    },
  };
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function newMap<K, V>(): Map<K, V> {
  return new Map();
}

function endpointOf({ peer }: Party): Endpoint | undefined {
  return peer.type === 'endpoint' ? peer.endpoint : undefined;
}

const portsKeys = new WeakMap<Endpoint, string>();
function portsKey(endpoint: Endpoint): string {
  let key = portsKeys.get(endpoint);
  if (key === undefined) {
    key = endpoint.ports
      .filter((port) => port.name !== undefined)
      .map(({ name, protocol, number }) => `${name} ${protocol} ${number}`)
      .sort()
      .join();
    portsKeys.set(endpoint, key);
  }
  return key;
}

/** All that policies can see of an endpoint. */
function classKey(endpoint: Endpoint, pieceOf?: (ip: string) => string): string {
  return JSON.stringify([
    endpoint.namespace.name,
    Object.entries(endpoint.labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    portsKey(endpoint),
    endpoint.hostNetwork,
    endpoint.serviceAccount,
    pieceOf ? [...new Set(endpoint.ips.map(pieceOf))].sort() : [],
  ]);
}

/** IPv6 is part of the picture only if a policy or an address speaks of it. */
function usedFamilies(cluster: Cluster, ranges: readonly AddressRange[]): (4 | 6)[] {
  const six =
    ranges.some(({ family }) => family === 6) ||
    cluster.endpoints.some(({ ips }) => ips.some((ip) => ip.includes(':')));
  return six ? [4, 6] : [4];
}
