import { Lines, type Place } from '../fault.ts';
import { readDocuments } from '../manifests/documents.ts';

/** One list of objects: its value, and where things stand in it. */
export interface Dump {
  value: { apiVersion: unknown; kind: string; items: unknown[] };
  placeOf(path: string[]): Place;
}

/** An item as a document of its own, and where its text begins. */
interface Slice {
  text: string;
  start: Place;
}

/**
 * Reads what `kubectl get -o yaml` or `-o json` prints for many objects, item by item: a syntax tree with
 * all positions takes fifty times the room of the text, so it is made for the items somebody asks about.
 *
 * @returns undefined for any other text, or one with faults: the careful reader finds and names them
 */
export function readDump(text: string): Dump | undefined {
  return /^\s*\{/.test(text) ? readJson(text) : readYaml(text);
}

function readJson(text: string): Dump | undefined {
  let value: Partial<Dump['value']>;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { apiVersion, kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined;
  let slices: Slice[] | undefined;
  const slice = (i: number) => {
    slices ??= jsonItems(text);
    return slices[i];
  };
  return { value: { apiVersion, kind, items }, placeOf: placeIn(slice) };
}

/** The items of a JSON list: each begins and ends where a bracket opens and closes below `items`. */
function jsonItems(text: string): Slice[] {
  const lines = new Lines(text);
  const slices: Slice[] = [];
  let depth = 0;
  let key = '';
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token.startsWith('"')) {
      if (depth === 1) key = token;
    } else if (token === '{' || token === '[') {
      depth++;
      if (depth === 3) start = index;
    } else {
      depth--;
      if (depth === 2 && key === '"items"')
        slices.push({ text: text.slice(start, index + 1), start: lines.at(start) });
    }
  }
  return slices;
}

/** The printer of kubectl sorts keys and does not indent lists: only items begin in the first column. */
function readYaml(text: string): Dump | undefined {
  const match = /^apiVersion: (\S+)\nitems:\n(?=- )/.exec(text);
  const end = text.search(/\nkind: \w*List\n/);
  if (!match || end === -1) return undefined;
  const kind = /\w*List/.exec(text.slice(end))?.[0] ?? '';
  const slices: Slice[] = [];
  const items: unknown[] = [];
  let line = 3;
  for (let from = match[0].length; from < end; ) {
    const next = text.indexOf('\n- ', from);
    const to = next === -1 || next > end ? end + 1 : next + 1;
    // Without its dash an item is a document whose lines and columns are those of the list.
    const slice = { text: `  ${text.slice(from + 2, to)}`, start: { line, column: 1 } };
    const { documents, faults } = readDocuments(slice.text);
    if (faults.length || documents.length !== 1) return undefined;
    slices.push(slice);
    items.push(documents[0]?.value);
    line += countLines(slice.text);
    from = to;
  }
  return { value: { apiVersion: match[1], kind, items }, placeOf: placeIn((i) => slices[i]) };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Finds places by reading the one item again in which they lie. */
function placeIn(slice: (i: number) => Slice | undefined): Dump['placeOf'] {
  return ([list, index, ...path]) => {
    const found = list === 'items' ? slice(Number(index)) : undefined;
    const [document] = found ? readDocuments(found.text).documents : [];
    if (!found || !document) return { line: 1, column: 1 };
    const { line, column } = document.placeOf(path);
    return {
      line: found.start.line + line - 1,
      column: line === 1 ? found.start.column + column - 1 : column,
    };
  };
}
