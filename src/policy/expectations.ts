import { because, becauseText } from './because.ts';
import type { Connections } from './connections.ts';
import type { Outcome, Reason } from './evaluate.ts';
import { type Connection, type Filter, listPieces } from './list.ts';
import { nameOf } from './policies.ts';
import { PortSet } from './ports.ts';

/** One row of an example's truth table. */
export interface Row {
  from: Filter;
  to: Filter;
  /** the ports it speaks of; undefined means all that no other row of the pair names */
  ports: PortSet | undefined;
  outcome: Outcome;
  /** names of the policies that decide, `shop/web` or `web`; empty when the sides are open */
  by: readonly string[];
  /** the row in the author's words, for messages */
  text: string;
}

/** A whole truth table: the rows, and what holds for every pair without one. */
export interface Expectations {
  rows: readonly Row[];
  everythingElse: { outcome: 'allowed' | 'denied'; by: readonly string[] };
}

export interface Disagreement {
  /** the row that is wrong; undefined for a pair that has none */
  row: Row | undefined;
  message: string;
}

/** How many pairs without a row are named; a table that is wrong for one is often wrong for many. */
const shownPairs = 3;

/**
 * Compares a truth table with what the policies really do. The table is total: what a pair allows must
 * be exactly what its rows say, and a pair without a row must be what `everythingElse` says. One
 * disagreement for each row and pair; rows that match no pair are wrong too.
 */
export function checkExpectations(connections: Connections, table: Expectations): Disagreement[] {
  const found: Disagreement[] = [];
  const elsewhere: Disagreement[] = [];
  const used = new Set<Row>();
  for (const connection of listPieces(connections)) {
    const rows = table.rows.filter((row) => row.from(connection.from) && row.to(connection.to));
    for (const row of rows) used.add(row);
    if (rows.length) found.push(...checkPair(connections, connection, rows));
    else elsewhere.push(...checkElse(connections, connection, table));
  }
  found.push(...elsewhere.slice(0, shownPairs));
  if (elsewhere.length > shownPairs) {
    const more = elsewhere.length - shownPairs;
    found.push({
      row: undefined,
      message: `and ${more} more pairs without a row are not ${table.everythingElse.outcome}`,
    });
  }
  for (const row of table.rows) {
    if (!used.has(row)) found.push({ row, message: `${row.text} names no pair of this cluster` });
  }
  return found;
}

function checkPair(connections: Connections, connection: Connection, rows: Row[]): Disagreement[] {
  const { decision } = connection;
  const found: Disagreement[] = [];
  const named = rows.reduce((sum, row) => sum.or(row.ports ?? PortSet.none), PortSet.none);
  const portsOf = (row: Row) => row.ports ?? PortSet.all.minus(named);
  const answers = {
    allowed: decision.allowed,
    conditional: decision.conditional,
    unspecified: decision.unspecified,
    denied: PortSet.all
      .minus(decision.allowed)
      .minus(decision.conditional)
      .minus(decision.unspecified),
  };
  for (const row of rows) {
    const wrong = portsOf(row).minus(answers[row.outcome]);
    if (wrong.isEmpty) {
      const why = checkBy(connections, connection, row.by, portsOf(row), row.outcome);
      if (why) found.push({ row, message: `${row.text}: ${why}` });
      continue;
    }
    const really = (Object.keys(answers) as Outcome[])
      .filter((outcome) => outcome !== row.outcome && !answers[outcome].and(wrong).isEmpty)
      .map((outcome) => `${answers[outcome].and(wrong)} ${outcome}`);
    found.push({
      row,
      message: `${row.text}: really ${really.join(', ')}; ${explain(connections, connection, wrong)}`,
    });
  }
  // Whatever can pass must stand in some row; what is denied need not.
  const stated = rows.reduce((sum, row) => sum.or(portsOf(row)), PortSet.none);
  const unsaid = PortSet.all.minus(answers.denied).minus(stated);
  if (!unsaid.isEmpty) {
    found.push({
      row: rows[0],
      message: `${nameBoth(connection)}: no row says that ${unsaid} passes; ${explain(connections, connection, unsaid)}`,
    });
  }
  return found;
}

function checkElse(
  connections: Connections,
  connection: Connection,
  table: Expectations,
): Disagreement[] {
  const { decision } = connection;
  const { outcome, by } = table.everythingElse;
  const open = decision.allowed.or(decision.conditional).or(decision.unspecified);
  const wrong = outcome === 'denied' ? open : PortSet.all.minus(decision.allowed);
  if (!wrong.isEmpty) {
    return [
      {
        row: undefined,
        message: `${nameBoth(connection)} has no row, so it should be ${outcome}; for ${wrong} it is not: ${explain(connections, connection, wrong)}`,
      },
    ];
  }
  const why = by.length ? checkBy(connections, connection, by, PortSet.all, outcome) : undefined;
  return why ? [{ row: undefined, message: `${nameBoth(connection)}: ${why}` }] : [];
}

/**
 * Whether the named policies decide. For what is denied, each must be one that denies, on either side.
 * For what passes, they must together let the ports pass on each side that policies guard, and each must
 * play a part.
 */
function checkBy(
  connections: Connections,
  connection: Connection,
  by: readonly string[],
  ports: PortSet,
  outcome: Outcome,
): string | undefined {
  if (ports.isEmpty) return undefined;
  const { egress, ingress } = connections.explain(connection.from.party, connection.to.party);
  const deciding = [egress, ingress].map((reasons) =>
    reasons.filter(
      (r) => r.policies.length > 0 && r.outcome === outcome && !r.ports.and(ports).isEmpty,
    ),
  );
  const names = [
    ...new Set(
      deciding.flat().flatMap((reason) => reason.policies.map(({ object }) => nameOf(object))),
    ),
  ];
  const isNamed = (reason: Reason) =>
    reason.policies.some(({ object }) => by.some((name) => same(name, nameOf(object))));
  const stale = by.filter((name) => !names.some((real) => same(name, real)));
  if (stale.length) {
    return `${stale.join(', ')} does not decide this; ${names.length ? `${names.join(', ')} does` : 'no policy does'}`;
  }
  if (outcome === 'denied')
    return by.length ? undefined : `by is missing; it is denied by ${names.join(', ')}`;
  for (const reasons of deciding) {
    const guarded = reasons.reduce((sum, reason) => sum.or(reason.ports), PortSet.none).and(ports);
    const covered = reasons
      .filter(isNamed)
      .reduce((sum, reason) => sum.or(reason.ports), PortSet.none);
    if (!guarded.minus(covered).isEmpty) {
      const all = [
        ...new Set(reasons.flatMap((r) => r.policies.map(({ object }) => nameOf(object)))),
      ];
      return `by names none of ${all.join(', ')}, which decides ${guarded.minus(covered)}`;
    }
  }
  return undefined;
}

function same(given: string, real: string): boolean {
  return given === real || real.endsWith(`/${given}`);
}

function explain(connections: Connections, { from, to }: Connection, ports: PortSet): string {
  const { egress, ingress } = connections.explain(from.party, to.party);
  return [...because('egress', egress), ...because('ingress', ingress)]
    .map((reason) => ({ ...reason, ports: reason.ports.and(ports) }))
    .filter(({ ports }) => !ports.isEmpty)
    .map(becauseText)
    .join('; ');
}

function nameBoth({ from, to }: Connection): string {
  return `${from.name} => ${to.name}`;
}
