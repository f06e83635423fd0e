import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { type Fault, Lines, type Place } from '../fault.ts';

/** One YAML document that is not empty. */
export interface ManifestDocument {
  /** its source, as the validator gets it */
  text: string;
  /** place of its first content in the whole text */
  start: Place;
  /** the plain value: an object, or whatever stands there */
  value: unknown;
  /** where the value at a path stands: of the key, or of the value when `key` is false */
  placeOf(path: string[], key?: boolean): Place;
}

export interface ManifestText {
  lines: Lines;
  documents: ManifestDocument[];
  /** what cannot be read; documents without a fault of their own are still in `documents` */
  faults: Omit<Fault, 'file'>[];
}

/** Aliases may multiply a document at most this many times; more is an attack or a slip. */
const maxAliasCount = 100;

/**
 * Splits a text into its YAML documents. Parsed as YAML 1.1 with merge keys, because that is what
 * the API machinery's parser (sigs.k8s.io/yaml) reads.
 */
export function readDocuments(original: string): ManifestText {
  // The API machinery reads JSON with a JSON parser, which allows tabs where YAML does not.
  const text = isJson(original) ? original.replaceAll('\t', ' ') : original;
  const lines = new Lines(text);
  const faults: ManifestText['faults'] = [];
  const documents: ManifestDocument[] = [];
  const fault = (rule: string, offset: number, message: string) => {
    const place = lines.at(Math.min(offset, text.length));
    faults.push({ ...place, rule, severity: 'error', message, source: lines.line(place.line) });
  };

  let parsed: Document.Parsed[];
  try {
    const all = parseAllDocuments(text, { version: '1.1', merge: true, prettyErrors: false });
    parsed = Array.isArray(all) ? all : [];
  } catch (error) {
    fault('yaml-syntax', 0, `this is not YAML: ${firstLine(error)}`);
    return { lines, documents, faults };
  }
  let from = 0;
  for (const document of parsed) {
    const [, , to] = document.range;
    const source = text.slice(from, to);
    from = to;
    const [error] = document.errors;
    if (error) {
      fault(...explainSyntax(error.code, error.message, error.pos[0], text));
      continue;
    }
    if (document.contents === null || isEmptyScalar(document.contents)) continue;
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount });
    } catch (error) {
      const bomb = error instanceof ReferenceError && /^Excessive alias/.test(error.message);
      fault(
        bomb ? 'yaml-alias-bomb' : 'yaml-syntax',
        document.contents.range?.[0] ?? 0,
        bomb
          ? `aliases multiply this document more than ${maxAliasCount} times; write the values out`
          : `this is not YAML: ${firstLine(error)}`,
      );
      continue;
    }
    const root = document.contents;
    documents.push({
      text: source,
      start: lines.at(root.range?.[0] ?? 0),
      value,
      placeOf: (path, key = true) => lines.at(offsetOf(document, root, path, key)),
    });
  }
  return { lines, documents, faults };
}

function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.value === null && !node.source;
}

/** Offset of the node at a path; of the last ancestor that exists when the path leads nowhere. */
function offsetOf(document: Document, root: Node, path: string[], key: boolean): number {
  let node: unknown = root;
  let offset = root.range?.[0] ?? 0;
  for (const segment of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = findPair(document, node, segment);
      if (!pair) return offset;
      const at = key || !hasRange(pair.value) ? pair.key : pair.value;
      offset = hasRange(at) ? (at.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      if (!hasRange(node)) return offset;
      offset = node.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

/** The pair of a key, looking through merge keys (`<<: *base`) when the map itself has none. */
function findPair(document: Document, map: Node, key: string) {
  if (!isMap(map)) return undefined;
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (own) return own;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || String(pair.key.source ?? pair.key.value) !== '<<') continue;
    const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const target = isAlias(source) ? source.resolve(document) : source;
      const found = isMap(target)
        ? target.items.find((p) => isScalar(p.key) && String(p.key.value) === key)
        : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function hasRange(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

/** The parser's code as one of our rules, in words that say how to mend it. */
function explainSyntax(
  code: string,
  message: string,
  offset: number,
  text: string,
): [rule: string, offset: number, message: string] {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  if (code === 'TAB_AS_INDENT' || indent.includes('\t')) {
    return [
      'yaml-tab',
      lineStart + indent.indexOf('\t'),
      'a tab indents this line; YAML takes spaces only',
    ];
  }
  if (code === 'DUPLICATE_KEY') {
    const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^:\s]+)/.exec(text.slice(offset))?.[0] ?? '';
    return ['yaml-duplicate-key', offset, `the key ${key} stands twice in this map; keep one`];
  }
  return ['yaml-syntax', offset, `this is not YAML: ${firstLine(message)}`];
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() ?? '';
}
