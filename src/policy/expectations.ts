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
  const found = new Map<Row | undefined, string[]>();
  const used = new Set<Row>();
  const spoken = new Set<Row>();
  const add = ({ row, message }: Disagreement) =>
    found.set(row, [...(found.get(row) ?? []), message]);
  for (const connection of listPieces(connections)) {
    const rows = table.rows.filter((row) => row.from(connection.from) && row.to(connection.to));
    const parts = partsOf(rows);
    for (const [row, ports] of parts) {
      used.add(row);
      if (!ports.isEmpty) spoken.add(row);
    }
    if (rows.length) checkPair(connections, connection, parts).forEach(add);
    else checkElse(connections, connection, table).forEach(add);
  }
  for (const row of table.rows) {
    if (!used.has(row)) add({ row, message: `${row.text} names no pair of this cluster` });
    else if (!spoken.has(row)) add({ row, message: `${row.text}: other rows say it all` });
  }
  return [...found].flatMap(([row, messages]) => {
    const more = messages.length - shownPairs;
    const what = row
      ? 'more pairs of this row'
      : `more pairs without a row are not ${table.everythingElse.outcome}`;
    const shown = more > 0 ? [...messages.slice(0, shownPairs), `and ${more} ${what}`] : messages;
    return shown.map((message) => ({ row, message }));
  });
}

/** What each row of a pair says: the ports it names, or all that no other row of the pair names. */
function partsOf(rows: readonly Row[]): Map<Row, PortSet> {
  const named = rows.reduce((sum, row) => sum.or(row.ports ?? PortSet.none), PortSet.none);
  return new Map(rows.map((row) => [row, row.ports ?? PortSet.all.minus(named)]));
}

function checkPair(
  connections: Connections,
  connection: Connection,
  rows: ReadonlyMap<Row, PortSet>,
): Disagreement[] {
  const { decision } = connection;
  const found: Disagreement[] = [];
  const answers = {
    allowed: decision.allowed,
    conditional: decision.conditional,
    unspecified: decision.unspecified,
    denied: PortSet.all
      .minus(decision.allowed)
      .minus(decision.conditional)
      .minus(decision.unspecified),
  };
  for (const [row, ports] of rows) {
    const what = describe(row, connection);
    const wrong = ports.minus(answers[row.outcome]);
    if (wrong.isEmpty) {
      const why = checkBy(connections, connection, row.by, ports, row.outcome);
      if (why) found.push({ row, message: `${what}: ${why}` });
      continue;
    }
    const really = (Object.keys(answers) as Outcome[])
      .filter((outcome) => outcome !== row.outcome && !answers[outcome].and(wrong).isEmpty)
      .map((outcome) => `${answers[outcome].and(wrong)} ${outcome}`);
    found.push({
      row,
      message: `${what}: really ${really.join(', ')}; ${explain(connections, connection, wrong)}`,
    });
  }
  // Whatever can pass must stand in some row; what is denied need not.
  const stated = [...rows.values()].reduce((sum, ports) => sum.or(ports), PortSet.none);
  const unsaid = PortSet.all.minus(answers.denied).minus(stated);
  if (!unsaid.isEmpty) {
    found.push({
      row: rows.keys().next().value,
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

/** A row in its author's words, and which of its pairs is meant when it has several. */
function describe({ text }: Row, connection: Connection): string {
  const pair = nameBoth(connection);
  return text.startsWith(pair.replace(/\[\w+\]/g, '')) ? text : `${text}, for ${pair}`;
}

function nameBoth({ from, to }: Connection): string {
  return `${from.name} => ${to.name}`;
}
