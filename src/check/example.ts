import { dirname, join } from 'node:path';
import {
  asList,
  asRecord,
  asString,
  type ManifestObject,
  readObjects,
} from '../cluster/objects.ts';
import type { Fault } from '../fault.ts';
import { type ManifestDocument, readDocuments } from '../manifests/documents.ts';
import type { AddressRange } from '../policy/addresses.ts';
import { analyze } from '../policy/analyze.ts';
import type { Connections } from '../policy/connections.ts';
import type { Outcome } from '../policy/evaluate.ts';
import { checkExpectations, type Expectations, type Row } from '../policy/expectations.ts';
import { PortSet, parsePorts } from '../policy/ports.ts';
import { sideFilter, sideRange } from '../policy/sides.ts';
import { shownPath } from './files.ts';
import { readText } from './read.ts';

/** One case of an example: which manifests meet, and what must hold then. */
export interface ExampleCase {
  title: string;
  line: number;
  /** how many pairs of endpoints and ranges its truth table covers */
  pairs: number;
  /** who may talk to whom then; undefined when the case cannot be read */
  connections?: Connections;
  /** files that are not accepted: the case is not asked before they are mended */
  waitsFor: string[];
  faults: Fault[];
}

/** Whether a manifest file is accepted (level 1); what it does is a question only then. */
export type IsAccepted = (path: string) => Promise<boolean>;

/** Whether a manifest file is an example's statement of what must hold. */
export function isExample(path: string): boolean {
  return /(^|[\\/])example\.ya?ml$/.test(path);
}

/**
 * Checks an `example.yaml`: each of its documents names a cluster of `examples/clusters/`, the files that
 * are applied to it, and the truth table that must come out.
 */
export async function checkExample(
  file: { path: string; shown: string },
  text: string,
  examples: string,
  isAccepted: IsAccepted = async () => true,
): Promise<{ cases: ExampleCase[]; faults: Fault[] }> {
  const { documents, faults, lines } = readDocuments(text);
  const cases: ExampleCase[] = [];
  if (documents.length === 0 && faults.length === 0) {
    const message = `nothing stands here; an example has ${keys.join(', ')}`;
    faults.push({ line: 1, column: 1, rule: 'example-key', severity: 'error', message });
  }
  for (const document of documents) {
    const found: Fault[] = [];
    const at = (path: string[], rule: string, message: string) => {
      const place = document.placeOf(path);
      found.push({
        file: file.shown,
        ...place,
        rule,
        severity: 'error',
        message,
        source: lines.line(place.line),
      });
    };
    const title = asString(asRecord(document.value)?.title) ?? '';
    const waitsFor: string[] = [];
    const context = { path: file.path, examples, at, faults: found, waitsFor, isAccepted };
    const connections = await checkCase(document, context);
    const pairs = connections ? countPairs(connections) : 0;
    cases.push({ title, line: document.start.line, pairs, connections, waitsFor, faults: found });
  }
  return { cases, faults: faults.map((fault) => ({ file: file.shown, ...fault })) };
}

type At = (path: string[], rule: string, message: string) => void;
const keys = ['title', 'cluster', 'apply', 'expect'];

/** What is needed to check one case, and where its findings go. */
interface CaseContext {
  /** of the example.yaml */
  path: string;
  examples: string;
  at: At;
  faults: Fault[];
  waitsFor: string[];
  isAccepted: IsAccepted;
}

async function checkCase(
  { value }: ManifestDocument,
  { path, examples, at, faults, waitsFor, isAccepted }: CaseContext,
): Promise<Connections | undefined> {
  const example = asRecord(value) ?? {};
  for (const key of Object.keys(example)) {
    if (!keys.includes(key))
      at([key], 'example-key', `unknown key ${key}; an example has ${keys.join(', ')}`);
  }
  if (!asString(example.title)) at([], 'example-key', 'an example needs a title');
  const objects: ManifestObject[] = [];
  const load = async (from: string, place: string[]) => {
    const read = await readText(from, shownPath(from));
    if ('fault' in read)
      return at(place, 'file-missing', `${shownPath(from)}: ${read.fault.message}`);
    if (!(await isAccepted(from))) waitsFor.push(shownPath(from));
    const { objects: own } = readObjects(read.text, shownPath(from));
    objects.push(...own);
  };
  const cluster = asString(example.cluster);
  if (cluster !== undefined) await load(join(examples, 'clusters', `${cluster}.yaml`), ['cluster']);
  const apply = asList(example.apply);
  if (cluster === undefined && apply.length === 0)
    at([], 'example-key', 'an example needs a cluster or files to apply');
  for (const [i, name] of apply.entries())
    await load(join(dirname(path), String(name)), ['apply', String(i)]);
  const expect = asRecord(example.expect);
  if (!expect) {
    at([], 'example-key', 'an example needs expect: what must hold');
    return undefined;
  }
  const table = readTable(expect, at);
  if (!table || faults.length || waitsFor.length) return undefined;

  const analysis = analyze(objects, {}, table.ranges);
  // A warning is often the very lesson of an example; an error means that something was left out.
  faults.push(...analysis.faults.filter(({ severity }) => severity === 'error'));
  for (const { row, message } of checkExpectations(analysis.connections, table.expectations)) {
    const index = row ? table.expectations.rows.indexOf(row) : -1;
    at(
      index < 0 ? ['expect', 'everythingElse'] : ['expect', 'connections', String(index)],
      'expectation',
      message,
    );
  }
  return analysis.connections;
}

/** Every endpoint with every other, and with every outside range in both directions. */
function countPairs({ parties }: Connections): number {
  const inside = parties.reduce((sum, party) => sum + party.endpoints.length, 0);
  const ranges = parties.filter(({ peer }) => peer.type === 'range').length;
  return inside * (inside - 1) + 2 * inside * ranges;
}

function readTable(
  expect: Record<string, unknown>,
  at: At,
): { expectations: Expectations; ranges: AddressRange[] } | undefined {
  for (const key of Object.keys(expect)) {
    if (key !== 'connections' && key !== 'everythingElse')
      at(
        ['expect', key],
        'example-key',
        `unknown key ${key}; expect has connections and everythingElse`,
      );
  }
  const rows: Row[] = [];
  const ranges: AddressRange[] = [];
  let broken = false;
  asList(expect.connections).forEach((value, i) => {
    try {
      const row = asRecord(value) ?? {};
      rows.push(readRow(row));
      // Rows may tell addresses apart that no policy does.
      ranges.push(...[row.from, row.to].flatMap((side) => sideRange(String(side)) ?? []));
    } catch (error) {
      broken = true;
      at(['expect', 'connections', String(i)], 'example-key', (error as Error).message);
    }
  });
  const rest = expect.everythingElse;
  const { allowed, by } = asRecord(rest) ?? {
    allowed: rest === 'allowed' ? true : rest === 'denied' ? false : undefined,
  };
  if (typeof allowed !== 'boolean') {
    at(
      ['expect'],
      'example-key',
      'expect needs everythingElse: denied or allowed, so that no pair is left unsaid',
    );
    return undefined;
  }
  if (broken) return undefined;
  return {
    ranges,
    expectations: {
      rows,
      everythingElse: { outcome: allowed ? 'allowed' : 'denied', by: names(by) },
    },
  };
}

const rowKeys = ['from', 'to', 'port', 'ports', 'allowed', 'by'];
const outcomes = new Map<unknown, Outcome>([
  [true, 'allowed'],
  [false, 'denied'],
  ['conditional', 'conditional'],
  ['unspecified', 'unspecified'],
]);

function readRow(row: Record<string, unknown>): Row {
  for (const key of Object.keys(row)) {
    if (!rowKeys.includes(key))
      throw new Error(`unknown key ${key}; a row has ${rowKeys.join(', ')}`);
  }
  const { from, to, port, ports = port, allowed, by } = row;
  const outcome = outcomes.get(allowed);
  if (outcome === undefined)
    throw new Error('a row needs allowed: true, false, conditional or unspecified');
  if (typeof from !== 'string' || typeof to !== 'string')
    throw new Error('a row needs from and to: ns/name, ns/*, a CIDR or outside');
  const list =
    ports === undefined
      ? undefined
      : (Array.isArray(ports) ? ports : [ports]).map((p) => parsePorts(String(p)));
  return {
    from: sideFilter(from),
    to: sideFilter(to),
    ports: list?.reduce((sum, p) => sum.or(p), PortSet.none),
    outcome,
    by: names(by),
    text: `${from} => ${to}${ports === undefined ? '' : ` ${[ports].flat().join(', ')}`} ${outcome}`,
  };
}

function names(by: unknown): string[] {
  return by === undefined || by === null ? [] : [by].flat().map(String);
}
