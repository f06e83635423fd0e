import type { Endpoint } from '../../cluster/model.ts';
import { type AddressRange, contains, type Family, parseAddress } from '../addresses.ts';
import type { Match, Peer } from '../model.ts';
import type { Inventory } from './inventory.ts';
import type { LabelTest } from './selector.ts';

/** Whether one side of a connection fits. */
export type SideMatch = (side: Peer) => Match;

export const anybody: SideMatch = () => 'yes';

/** All of them: `no` counts most, `unspecified` more than `yes`. */
export function allOf(matches: readonly SideMatch[]): SideMatch {
  if (matches.length === 0) return anybody;
  return (side) => {
    let result: Match = 'yes';
    for (const match of matches) {
      const one = match(side);
      if (one === 'no') return 'no';
      if (one === 'unspecified') result = 'unspecified';
    }
    return result;
  };
}

export function not(match: SideMatch): SideMatch {
  const opposite = { yes: 'no', no: 'yes', unspecified: 'unspecified' } as const;
  return (side) => opposite[match(side)];
}

/**
 * Rules see addresses. A Pod whose address is not known lies in no range; one whose addresses lie partly
 * inside (some Pods of a workload, one family) may match or not, and a Pod on its node's network is seen
 * with an address of the node or of a tunnel.
 */
export function inNets(nets: readonly AddressRange[], { blocksMatchPods }: Inventory): SideMatch {
  const inside = (range: AddressRange) => nets.some((net) => contains(net, range));
  return (side) => {
    if (side.type === 'range') return inside(side.range) ? 'yes' : 'no';
    if (nets.length === 0) return 'no';
    const { hostNetwork, ips } = side.endpoint;
    if (hostNetwork) return 'unspecified';
    if (!blocksMatchPods) return 'no';
    return allOrSome(ips.map((ip) => inside(parseAddress(ip))));
  };
}

/**
 * The addresses of what a selector selects: Pods, and the nets of NetworkSets (felix/calc/rule_scanner.go:
 * each selector becomes one set of addresses). A Pod on its node's network is no endpoint of Calico's, but
 * its node may be a selected HostEndpoint.
 */
export function selectedBy(test: LabelTest, inventory: Inventory): SideMatch {
  const nets = inventory.netsOf(test);
  const inSets = inNets(nets, inventory);
  const outside = inNets([...nets, ...inventory.hostNetsOf(test)], inventory);
  return (side) => {
    if (side.type === 'range') return outside(side);
    if (side.endpoint.hostNetwork) {
      if (inventory.selectsHost(test)) return 'unspecified';
    } else if (inventory.selects(test, side.endpoint)) return 'yes';
    return inSets(side);
  };
}

/** Connections of one family only. A Pod whose address is not known has IPv4. */
export function ofFamily(family: Family): SideMatch {
  return (side) => {
    if (side.type === 'range') return side.range.family === family ? 'yes' : 'no';
    const families = familiesOf(side.endpoint);
    return allOrSome(families.map((own) => own === family));
  };
}

/** Whether a Pod has an address of the family at all; which one a connection uses, the other side decides. */
export function hasFamily(family: Family): SideMatch {
  return (side) => (ofFamily(family)(side) === 'no' ? 'no' : 'yes');
}

function familiesOf({ ips }: Endpoint): Family[] {
  return ips.length ? ips.map((ip) => parseAddress(ip).family) : [4];
}

function allOrSome(hits: readonly boolean[]): Match {
  if (!hits.includes(true)) return 'no';
  return hits.includes(false) ? 'unspecified' : 'yes';
}
