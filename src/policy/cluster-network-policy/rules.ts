import { asRecord } from '../../cluster/objects.ts';
import { type PolicyContext, PolicyError, type Rule } from '../model.ts';
import { PortSet } from '../ports.ts';
import type { Api } from './apis.ts';
import { limitedList } from './fields.ts';
import { matchNames, readPeers } from './peers.ts';

const longestName = 100;

/**
 * One entry of `ingress` or `egress`. Mostly one rule; none, where it fails closed and allows nothing; two,
 * where some peers are names: what those allow hangs on a condition, what the others allow does not.
 */
export function readRule(
  value: unknown,
  path: string[],
  { peersKey, choices }: { peersKey: string; choices: readonly string[] },
  api: Api,
  context: PolicyContext,
): Rule[] {
  const entry = asRecord(value) ?? {};
  const action = api.actions[String(entry.action)];
  if (!action) {
    throw new PolicyError(
      [...path, 'action'],
      `unknown action ${String(entry.action)}; use ${Object.keys(api.actions).join(', ')}`,
    );
  }
  if (String(entry.name ?? '').length > longestName) {
    throw new PolicyError([...path, 'name'], `a name has at most ${longestName} characters`);
  }
  const peers = readPeers(entry[peersKey], [...path, peersKey], choices, api, context);
  const { portsAt, named } = readPorts(entry[api.portsKey], [...path, api.portsKey], api);
  if (named && peers.withoutNames) {
    // x-kubernetes-validations of ClusterNetworkPolicyEgressRule, in the experimental channel
    throw new PolicyError(
      named,
      'a named port does not go together with networks, nodes or domainNames: they have no named ports',
    );
  }
  if (peers.unknown !== undefined) return failClosed(action, path);

  const rules: Rule[] = [];
  if (peers.matches) rules.push({ path, action, matchesPeer: peers.matches, portsAt });
  if (peers.names.length > 0) {
    const matchesPeer = matchNames(peers.names);
    const condition = `name is ${peers.names.join(' or ')}`;
    // Names are "only supported for Accept rules": what others do with them is not said.
    const unclear: Rule['matchesPeer'] = (peer) =>
      matchesPeer(peer) === 'yes' ? 'unspecified' : 'no';
    rules.push(
      action === 'allow'
        ? { path, action, matchesPeer, portsAt, condition }
        : { path, action, matchesPeer: unclear, portsAt },
    );
  }
  return rules;
}

/**
 * A rule with a peer of a newer API: as Accept it matches nothing, as Deny and Pass it is "a 'Deny all'
 * rule" (ClusterNetworkPolicyIngressPeer, ClusterNetworkPolicyEgressPeer).
 */
function failClosed(action: Rule['action'], path: string[]): Rule[] {
  if (action === 'allow') return [];
  return [{ path, action: 'deny', matchesPeer: () => 'yes', portsAt: () => PortSet.all }];
}

/** A missing list means all ports of all protocols; an empty one is refused. */
function readPorts(
  value: unknown,
  path: string[],
  api: Api,
): { portsAt: Rule['portsAt']; named?: string[] } {
  const list = limitedList(value, path, { least: 1, most: api.most });
  if (!list) return { portsAt: () => PortSet.all };
  let fixed = PortSet.none;
  let named: string[] | undefined;
  const byName: Rule['portsAt'][] = [];
  list.forEach((entry, i) => {
    const ports = api.readPort(entry, [...path, String(i)]);
    if (ports instanceof PortSet) {
      fixed = fixed.or(ports);
    } else {
      byName.push(ports);
      named ??= [...path, String(i)];
    }
  });
  const portsAt: Rule['portsAt'] = (destination) =>
    byName.reduce((sum, at) => sum.or(at(destination)), fixed);
  return named ? { portsAt, named } : { portsAt };
}
