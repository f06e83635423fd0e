import { analyze } from '../policy/analyze.ts';
import { because, becauseText } from '../policy/because.ts';
import type { Connections } from '../policy/connections.ts';
import { compare } from '../policy/diff.ts';
import { type Connection, listConnections } from '../policy/list.ts';
import { PortSet, parsePorts } from '../policy/ports.ts';
import { sideFilter } from '../policy/sides.ts';
import { loadObjects } from './load.ts';
import { complain, complainOf, print } from './print.ts';

export interface ConnectionOptions {
  from?: string;
  to?: string;
  port?: string;
  explain?: boolean;
  json?: boolean;
  podsMatchBlocks: boolean;
}

/** `guide connections`: who may talk to whom, by the policies of anybody's manifests. */
export async function connectionsCommand(
  paths: string[],
  options: ConnectionOptions,
): Promise<void> {
  const filters = [options.from, options.to].map((text) =>
    text === undefined ? undefined : sideFilter(text),
  );
  const port = options.port === undefined ? PortSet.all : parsePorts(options.port);
  const { objects, faults } = await loadObjects(paths);
  const analysis = analyze(objects, { blocksMatchPods: options.podsMatchBlocks });
  complain([...faults, ...analysis.faults]);
  complainOf(analysis);
  const answers = listConnections(analysis.connections, filters[0], filters[1]);
  const asked = options.from !== undefined && options.to !== undefined;

  const json: Record<'connections' | 'conditional' | 'unspecified', object[]> = {
    connections: [],
    conditional: [],
    unspecified: [],
  };
  let any = false;
  for (const connection of answers) {
    any = true;
    const { from, to, decision } = connection;
    const allowed = decision.allowed.and(port);
    const conditional = decision.conditional.and(port);
    const unspecified = decision.unspecified.and(port);
    const silent = allowed.isEmpty && conditional.isEmpty && unspecified.isEmpty;
    if (silent && !asked) continue;
    const reasons = options.explain ? explain(analysis.connections, connection, port) : undefined;
    if (options.json) {
      const entry = (ports: PortSet) => ({
        from: from.name,
        to: to.name,
        ports,
        ...(reasons && { because: reasons.map(({ ports, ...reason }) => ({ ...reason, ports })) }),
      });
      if (!allowed.isEmpty) json.connections.push(entry(allowed));
      if (!conditional.isEmpty) json.conditional.push(entry(conditional));
      if (!unspecified.isEmpty) json.unspecified.push(entry(unspecified));
      continue;
    }
    const parts = [
      !allowed.isEmpty && `${allowed}`,
      !conditional.isEmpty && `${conditional} under a condition`,
      !unspecified.isEmpty && `${unspecified} not specified by the API`,
    ].filter(Boolean);
    await print(`${from.name} => ${to.name}: ${parts.join(', ') || 'nothing'}\n`);
    for (const reason of reasons ?? []) await print(`    ${becauseText(reason)}\n`);
  }
  if (options.json) await print(`${JSON.stringify(json, null, 2)}\n`);
  const named = [options.from, options.to].filter((text) => text !== undefined);
  if (!any && named.length) throw new Error(`no pair of sides is named ${named.join(' and ')}`);
}

/** `guide diff OLD… -- NEW…`: which connections a change opens and closes. */
export async function diffCommand(
  before: string[],
  after: string[],
  options: { json?: boolean; podsMatchBlocks: boolean },
): Promise<void> {
  const old = await loadObjects(before);
  const now = await loadObjects(after);
  const {
    changes,
    before: was,
    after: is,
  } = compare(old.objects, now.objects, { blocksMatchPods: options.podsMatchBlocks });
  complain([...old.faults, ...was.faults, ...now.faults, ...is.faults]);
  if (options.json) {
    const json = changes.map(({ from, to, opened, closed }) => ({
      from: from.name,
      to: to.name,
      opened,
      closed,
    }));
    await print(`${JSON.stringify({ changes: json }, null, 2)}\n`);
    return;
  }
  for (const { from, to, opened, closed } of changes) {
    if (!opened.isEmpty) await print(`+ ${from.name} => ${to.name}: ${opened}\n`);
    if (!closed.isEmpty) await print(`- ${from.name} => ${to.name}: ${closed}\n`);
  }
  if (changes.length === 0) await print('no connection changes\n');
}

function explain(connections: Connections, { from, to }: Connection, port: PortSet) {
  const { egress, ingress } = connections.explain(from.party, to.party);
  return [...because('egress', egress), ...because('ingress', ingress)]
    .map((reason) => ({ ...reason, ports: reason.ports.and(port) }))
    .filter(({ ports }) => !ports.isEmpty);
}
