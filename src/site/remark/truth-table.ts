import { because, becauseText } from '../../policy/because.ts';
import type { Connections } from '../../policy/connections.ts';
import { type Side, sidesOf } from '../../policy/list.ts';
import type { PortSet } from '../../policy/ports.ts';
import { sideFilter } from '../../policy/sides.ts';

export interface TruthCell {
  /** `all`, `8080`, `none`; what a reader sees */
  text: string;
  outcome: 'allowed' | 'some' | 'denied' | 'open' | 'self';
  /** the deciding policies and rules, for those who ask */
  because: string;
}

/** The computed answers of one case of an example, ready to be shown as a matrix. */
export interface TruthTableData {
  title: string;
  example: string;
  names: { from: string[]; to: string[] };
  cells: TruthCell[][];
}

/**
 * Who may talk to whom, as rows (from) and columns (to).
 *
 * @param only patterns such as `shop/*` and `outside`; rows and columns are limited to these sides
 */
export function truthTable(
  title: string,
  example: string,
  connections: Connections,
  only: readonly string[],
): TruthTableData {
  const filters = only.map(sideFilter);
  const sides = sidesOf(connections).filter(
    (side) => filters.length === 0 || filters.some((f) => f(side)),
  );
  const ranges = sides.filter((side) => side.range);
  const name = (side: Side) =>
    side.range ? (ranges.length === 1 ? 'outside' : side.name) : side.name.replace(/\[\w+\]$/, '');
  return {
    title,
    example,
    names: { from: sides.map(name), to: sides.map(name) },
    cells: sides.map((from) => sides.map((to) => cell(connections, from, to))),
  };
}

function cell(connections: Connections, from: Side, to: Side): TruthCell {
  if (from === to || (from.range && to.range)) return { text: '', outcome: 'self', because: '' };
  const { allowed, conditional, unspecified } = connections.decision(from.party, to.party);
  const { egress, ingress } = connections.explain(from.party, to.party);
  const reasons = [...because('egress', egress), ...because('ingress', ingress)]
    .map(becauseText)
    .join('\n');
  const parts = [
    allowed.isEmpty ? '' : ports(allowed),
    conditional.isEmpty ? '' : `${ports(conditional)} if …`,
    unspecified.isEmpty ? '' : `${ports(unspecified)} unspecified`,
  ].filter(Boolean);
  const outcome = allowed.isAll
    ? 'allowed'
    : !allowed.isEmpty
      ? 'some'
      : parts.length
        ? 'open'
        : 'denied';
  return { text: parts.join(', ') || 'none', outcome, because: reasons };
}

/** TCP goes without saying, as it does in the API. */
function ports(set: PortSet): string {
  if (set.isAll) return 'all';
  return `${set}`.replace(/^TCP /, '');
}
