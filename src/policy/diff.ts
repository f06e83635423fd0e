import type { ManifestObject } from '../cluster/objects.ts';
import { type Analysis, analyze } from './analyze.ts';
import { type Connection, listPieces, mergeNeighbours, type Side } from './list.ts';
import type { PolicyOptions } from './policies.ts';
import { PortSet } from './ports.ts';

/** What a change does to one pair. */
export interface Change {
  from: Side;
  to: Side;
  /** ports that are allowed now and were not */
  opened: PortSet;
  /** ports that were allowed and are not */
  closed: PortSet;
}

export interface Comparison {
  before: Analysis;
  after: Analysis;
  changes: Change[];
}

/** Which connections a change of manifests opens and closes. Only what is allowed for sure counts as open. */
export function compare(
  old: readonly ManifestObject[],
  changed: readonly ManifestObject[],
  options: PolicyOptions = {},
): Comparison {
  // Both sides must cut the outside alike, or their ranges could not be compared.
  const ranges = [old, changed].flatMap((objects) =>
    analyze(objects, options).connections.parties.flatMap(({ peer }) =>
      peer.type === 'range' ? [peer.range] : [],
    ),
  );
  const before = analyze(old, options, ranges);
  const after = analyze(changed, options, ranges);
  const was = new Map([...listPieces(before.connections)].map((piece) => [keyOf(piece), piece]));
  const pieces = [...listPieces(after.connections)].map((piece) => {
    const old = was.get(keyOf(piece))?.decision.allowed ?? PortSet.none;
    was.delete(keyOf(piece));
    return changeOf(piece, old, piece.decision.allowed);
  });
  // What is left has an end that is gone.
  for (const piece of was.values())
    pieces.push(changeOf(piece, piece.decision.allowed, PortSet.none));
  const merged = mergeNeighbours(pieces, (a, b) => a.opened === b.opened && a.closed === b.closed);
  const changes = [...merged].filter(({ opened, closed }) => !opened.isEmpty || !closed.isEmpty);
  return { before, after, changes };
}

function keyOf({ from, to }: Connection): string {
  return `${from.name} ${to.name}`;
}

function changeOf({ from, to }: Connection, old: PortSet, now: PortSet): Change {
  return { from, to, opened: now.minus(old), closed: old.minus(now) };
}
