import { fault } from '../../cluster/cluster.ts';
import type { Endpoint } from '../../cluster/model.ts';
import type { Fault } from '../../fault.ts';
import type { CompiledPolicy, Peer, Rule } from '../model.ts';
import { PortSet } from '../ports.ts';

/** Before the policies that are in conflict, behind those of a lower priority. */
const before = 0.5;

const actions = ['allow', 'deny', 'pass'] as const;

/**
 * Policies of one tier and priority that select the same Pods: "the implementation can apply any of the
 * matching policies to the connection" (priority, in ClusterNetworkPolicySpec). Where they decide
 * differently, the answer is not specified. Policies that agree, or that share no Pod, are left in peace.
 */
export function findTies(
  compiled: readonly CompiledPolicy[],
  endpoints: readonly Endpoint[],
): { conflicts: CompiledPolicy[]; faults: Fault[] } {
  const conflicts: CompiledPolicy[] = [];
  const faults = new Map<string, Fault>();
  for (const { tied, members } of sharedPods(compiled, endpoints)) {
    if (actionsOf(tied).size === 1) continue;
    const differences = differencesOf(tied);
    tied.forEach((policy, i) => {
      conflicts.push({
        ...policy,
        precedence: policy.precedence - before,
        selects: (endpoint) => (members.has(endpoint) ? 'yes' : 'no'),
        rules: [conflict((peer, destination) => differences(peer, destination)[i])],
      });
      const other = tied.slice(0, i).find((one) => actionsOf([one, policy]).size > 1);
      if (!other) return;
      const pair = [other, policy].map(({ object }) => `${object.kind} ${object.name}`).join();
      const [pod] = members;
      if (!faults.has(pair) && pod) faults.set(pair, warning(other, policy, pod));
    });
  }
  return { conflicts, faults: [...faults.values()] };
}

/** Which policies of one place select the same Pods, and which Pods these are: once for each such set. */
function sharedPods(compiled: readonly CompiledPolicy[], endpoints: readonly Endpoint[]) {
  const places = new Map<string, CompiledPolicy[]>();
  for (const policy of compiled) {
    const place = [policy.stage, policy.precedence, policy.direction].join(' ');
    places.set(place, [...(places.get(place) ?? []), policy]);
  }
  return [...places.values()].flatMap((policies) => {
    if (policies.length < 2) return [];
    // By name: the order of the documents plays no part.
    const inOrder = policies.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const sets = new Map<string, { tied: CompiledPolicy[]; members: Set<Endpoint> }>();
    for (const endpoint of endpoints) {
      const tied = inOrder.filter((policy) => policy.selects(endpoint) === 'yes');
      if (tied.length < 2) continue;
      const key = tied.map((policy) => inOrder.indexOf(policy)).join();
      const known = sets.get(key);
      if (known) known.members.add(endpoint);
      else sets.set(key, { tied, members: new Set([endpoint]) });
    }
    return [...sets.values()];
  });
}

function nameOf({ object }: CompiledPolicy): string {
  return `${object.name} ${object.kind}`;
}

function actionsOf(policies: readonly CompiledPolicy[]): Set<Rule['action']> {
  return new Set(policies.flatMap(({ rules }) => rules.map(({ action }) => action)));
}

/** A rule that is unspecified where its policy differs from another one, and matches nothing else. */
function conflict(
  difference: (peer: Peer, destination: Endpoint | undefined) => PortSet | undefined,
): Rule {
  return {
    path: ['spec', 'priority'],
    action: 'pass',
    matchesPeer: () => 'unspecified',
    portsAt: (destination, peer) => (peer && difference(peer, destination)) ?? PortSet.none,
  };
}

/** The ports in which each of the policies differs from some other. */
function differencesOf(tied: readonly CompiledPolicy[]) {
  let last: { peer: Peer; destination: Endpoint | undefined; ports: PortSet[] } | undefined;
  return (peer: Peer, destination: Endpoint | undefined): PortSet[] => {
    // All of the policies are asked in turn about the same connection.
    if (last?.peer !== peer || last.destination !== destination) {
      const own = tied.map(({ rules }) => decided(rules, peer, destination));
      const back = differencesFromEarlier([...own].reverse()).reverse();
      const ports = differencesFromEarlier(own).map((set, i) => set.or(back[i] ?? PortSet.none));
      last = { peer, destination, ports };
    }
    return last.ports;
  };
}

type Decided = Record<Rule['action'], PortSet>;

function differencesFromEarlier(own: readonly Decided[]): PortSet[] {
  const earlier = noPorts();
  return own.map((sets) => {
    let different = PortSet.none;
    for (const action of actions) {
      for (const other of actions) {
        if (other !== action) different = different.or(sets[action].and(earlier[other]));
      }
    }
    for (const action of actions) earlier[action] = earlier[action].or(sets[action]);
    return different;
  });
}

/** What each action decides in one policy alone: the first rule that matches. */
function decided(rules: readonly Rule[], peer: Peer, destination: Endpoint | undefined) {
  const sets = noPorts();
  let open = PortSet.all;
  for (const rule of rules) {
    const match = rule.matchesPeer(peer);
    if (match === 'no') continue;
    const ports = rule.portsAt(destination, peer).and(open);
    sets[rule.action] = sets[rule.action].or(ports);
    if (match === 'yes' && rule.condition === undefined) open = open.minus(ports);
  }
  return sets;
}

function noPorts(): Decided {
  return { allow: PortSet.none, deny: PortSet.none, pass: PortSet.none };
}

function warning(a: CompiledPolicy, b: CompiledPolicy, { id }: Endpoint): Fault {
  const { line } = a.object.placeOf(['spec', 'priority']);
  return {
    ...fault(
      b.object,
      ['spec', 'priority'],
      'equal-priority',
      `${b.object.kind} ${b.object.name} has the tier and the priority ${b.precedence} of ` +
        `${a.object.kind} ${a.object.name} (${a.object.file}:${line}), and both select ${id}: ` +
        'which of them decides is not specified; give them different priorities',
    ),
    severity: 'warning',
  };
}
