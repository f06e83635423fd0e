import type { Endpoint } from '../cluster/model.ts';
import type { CompiledPolicy, Direction, Peer, Rule } from './model.ts';
import { PortSet } from './ports.ts';

export type Outcome = 'allowed' | 'denied' | 'conditional' | 'unspecified';

/** Why some ports have an outcome. */
export interface Reason {
  ports: PortSet;
  outcome: Outcome;
  /** the policies that decide; empty when none selects the endpoint */
  policies: readonly CompiledPolicy[];
  /** the rule, when one decides */
  rule?: Rule;
  condition?: string;
}

/** What the policies of one side of a connection say. Ports in none of the sets are denied. */
export interface Decision {
  allowed: PortSet;
  /** allowed if a condition holds that ports and addresses cannot say */
  conditional: PortSet;
  unspecified: PortSet;
}

/** A rule that is, or with `unclear` may be, for the endpoint of its stack. */
export interface StackedRule {
  rule: Rule;
  policy: CompiledPolicy;
  unclear?: boolean;
}

/** The policies of one endpoint and direction, in the order in which they are asked. */
export interface Stack {
  stages: readonly {
    rules: readonly StackedRule[];
    /** the policies that isolate: without a rule that decides, they deny */
    isolating: readonly CompiledPolicy[];
    /** policies of which the API does not say whether they select the endpoint */
    unclear: readonly CompiledPolicy[];
  }[];
}

/** Finds the policies of an endpoint. `policies` must be sorted by stage and precedence. */
export function stackOf(
  endpoint: Endpoint,
  direction: Direction,
  policies: readonly CompiledPolicy[],
): Stack {
  const stages = new Map<
    number,
    {
      rules: StackedRule[];
      isolating: CompiledPolicy[];
      unclear: CompiledPolicy[];
    }
  >();
  for (const policy of policies) {
    if (policy.direction !== direction) continue;
    const match = policy.selects(endpoint);
    if (match === 'no') continue;
    let stage = stages.get(policy.stage);
    if (!stage) {
      stage = { rules: [], isolating: [], unclear: [] };
      stages.set(policy.stage, stage);
    }
    if (match === 'unspecified') {
      stage.unclear.push(policy);
      continue;
    }
    for (const rule of policy.rules) {
      const own = rule.appliesTo?.(endpoint) ?? 'yes';
      if (own !== 'no') stage.rules.push({ rule, policy, unclear: own === 'unspecified' });
    }
    if (policy.otherwise === 'deny') stage.isolating.push(policy);
  }
  return { stages: [...stages.values()] };
}

/**
 * Decides one direction of a connection.
 *
 * Stages are asked in order; in a stage, rules in order, and the first that matches decides its ports.
 * For allow-only APIs the order makes no difference, so this is also their union. What no rule decides is
 * denied if a policy of the stage isolates the endpoint, and else left to the next stage; after the last
 * it is allowed.
 *
 * @param destination the endpoint the connection ends at, for named ports; undefined when outside
 * @param reasons filled with what decided, when given
 */
export function decide(
  stack: Stack,
  peer: Peer,
  destination: Endpoint | undefined,
  reasons?: Reason[],
): Decision {
  const hostPeer = peer.type === 'endpoint' ? peer.endpoint.hostNetwork : peer.node === true;
  let open = PortSet.all;
  let allowed = PortSet.none;
  let conditional = PortSet.none;
  let maybeAllowed = PortSet.none;
  let maybeDenied = PortSet.none;

  for (const { rules, isolating, unclear } of stack.stages) {
    if (open.isEmpty) break;
    if (unclear.length) {
      reasons?.push({ ports: open, outcome: 'unspecified', policies: unclear });
      maybeDenied = maybeDenied.or(open);
    }
    const offered = open;
    let passed = PortSet.none;
    for (const { rule, policy, unclear } of rules) {
      const matched = rule.matchesPeer(peer);
      if (matched === 'no') continue;
      const match = unclear ? 'unspecified' : matched;
      const all = rule.portsAt(destination, peer);
      // Allow rules add up: a later one is a reason too, even where an earlier one decided already.
      if (reasons && rule.action === 'allow' && match === 'yes' && !rule.condition) {
        const also = all.and(offered).and(open.or(allowed));
        if (!also.isEmpty)
          reasons.push({ ports: also, outcome: 'allowed', policies: [policy], rule });
      }
      const ports = all.and(open);
      if (ports.isEmpty) continue;
      if (match === 'unspecified') {
        // A pass may lead to either.
        if (rule.action !== 'allow') maybeDenied = maybeDenied.or(ports);
        if (rule.action !== 'deny') maybeAllowed = maybeAllowed.or(ports);
        reasons?.push({ ports, outcome: 'unspecified', policies: [policy], rule });
        continue;
      }
      if (rule.condition !== undefined && rule.action === 'allow') {
        // Where the condition does not hold, the next rules are asked.
        conditional = conditional.or(ports);
        reasons?.push({
          ports,
          outcome: 'conditional',
          policies: [policy],
          rule,
          condition: rule.condition,
        });
        continue;
      }
      open = open.minus(ports);
      if (rule.action === 'allow') allowed = allowed.or(ports);
      else if (rule.action === 'pass') passed = passed.or(ports);
      else reasons?.push({ ports, outcome: 'denied', policies: [policy], rule });
    }
    if (isolating.length === 0) {
      open = open.or(passed);
      continue;
    }
    const denied = open;
    open = passed;
    if (denied.isEmpty) continue;
    // Policies do not say whether they mean the network of a node, which a hostNetwork Pod uses; and a
    // Pod's own node always reaches it (concept page, "The two sorts of pod isolation" and "ipBlock").
    const unsettled = hostPeer && !isolating.some(({ settlesNodes }) => settlesNodes);
    if (unsettled) maybeAllowed = maybeAllowed.or(denied);
    reasons?.push({
      ports: denied,
      outcome: unsettled ? 'unspecified' : 'denied',
      policies: isolating,
    });
  }
  if (!open.isEmpty) {
    allowed = allowed.or(open);
    reasons?.push({ ports: open, outcome: 'allowed', policies: [] });
  }
  const unspecified = maybeAllowed.minus(allowed).or(maybeDenied.and(allowed.or(conditional)));
  return {
    allowed: allowed.minus(unspecified),
    conditional: conditional.minus(allowed).minus(unspecified),
    unspecified,
  };
}

/** A connection needs both sides: egress at its source and ingress at its destination. */
export function both(a: Decision, b: Decision): Decision {
  const allowed = a.allowed.and(b.allowed);
  const possible = (d: Decision) => d.allowed.or(d.conditional).or(d.unspecified);
  const candidates = possible(a).and(possible(b)).minus(allowed);
  const unspecified = candidates.and(a.unspecified.or(b.unspecified));
  return { allowed, conditional: candidates.minus(unspecified), unspecified };
}
