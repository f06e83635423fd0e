import type { Endpoint } from '../cluster/model.ts';
import { type AddressRange, formatRange } from './addresses.ts';
import type { Connections, Party } from './connections.ts';
import type { Decision } from './evaluate.ts';

/** One side of a connection as people name it: an endpoint, or a range of outside addresses. */
export interface Side {
  /** `shop/web[Deployment]` or `10.0.0.0-10.255.255.255` */
  name: string;
  party: Party;
  endpoint?: Endpoint;
  range?: AddressRange;
}

export interface Connection {
  from: Side;
  to: Side;
  decision: Decision;
}

export type Filter = (side: Side) => boolean;

/**
 * Every pair of endpoints, and of endpoints with outside ranges, in both directions. An endpoint with
 * itself is left out: a Pod is never cut off from itself, and the API says nothing more. Lazy, because a
 * large cluster has more pairs than memory.
 */
export function* listPieces(
  connections: Connections,
  from: Filter = () => true,
  to: Filter = () => true,
): Generator<Connection> {
  const sides = sidesOf(connections);
  const inside = sides.filter((side) => side.endpoint);
  const outside = sides.filter((side) => side.range);
  const pair = (from: Side, to: Side) => ({
    from,
    to,
    decision: connections.decision(from.party, to.party),
  });
  const targets = [...inside, ...outside].filter(to);
  for (const source of inside.filter(from)) {
    for (const target of targets) if (source !== target) yield pair(source, target);
  }
  const sources = outside.filter(from);
  for (const target of inside.filter(to)) {
    for (const source of sources) yield pair(source, target);
  }
}

/** The same, with neighbouring ranges that have the same answer put together. */
export function listConnections(
  connections: Connections,
  from?: Filter,
  to?: Filter,
): Generator<Connection> {
  return mergeNeighbours(listPieces(connections, from, to), (a, b) =>
    sameDecision(a.decision, b.decision),
  );
}

/** All endpoints by name, then the outside ranges in order. */
export function sidesOf(connections: Connections): Side[] {
  const sides = connections.parties.flatMap((party): Side[] =>
    party.peer.type === 'range'
      ? [{ name: formatRange(party.peer.range), party, range: party.peer.range }]
      : party.endpoints.map((endpoint) => ({ name: endpoint.id, party, endpoint })),
  );
  const inside = sides.filter((side) => side.endpoint);
  inside.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return [...inside, ...sides.filter((side) => side.range)];
}

function sameDecision(a: Decision, b: Decision): boolean {
  return (
    a.allowed === b.allowed && a.conditional === b.conditional && a.unspecified === b.unspecified
  );
}

/** Puts together what follows each other, differs only in a range that goes on, and is the same otherwise. */
export function* mergeNeighbours<T extends { from: Side; to: Side }>(
  items: Iterable<T>,
  same: (a: T, b: T) => boolean,
): Generator<T> {
  let open: T | undefined;
  for (const item of items) {
    const from = open && continued(open.from, item.from);
    const to = open && continued(open.to, item.to);
    if (open && from && to && same(open, item)) {
      open = { ...open, from, to };
      continue;
    }
    if (open) yield open;
    open = item;
  }
  if (open) yield open;
}

/** The side that covers both, if they are the same endpoint or ranges that touch. */
function continued(a: Side, b: Side): Side | undefined {
  if (!a.range || !b.range) return a.name === b.name ? a : undefined;
  if (a.range.family !== b.range.family || a.range.last + 1n !== b.range.first) return undefined;
  const range = { ...a.range, last: b.range.last };
  return { ...a, range, name: formatRange(range) };
}
