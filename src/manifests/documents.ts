import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
  visit,
} from 'yaml';
import { type Fault, Lines, type Place } from '../fault.ts';
import { mendIndent } from './indent-mend.ts';

/** One YAML document that is not empty. */
export interface ManifestDocument {
  /** its source, as the validator gets it; with merge keys resolved, because its strict parser refuses a merged key that is set anew */
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

/** Scalars as the API machinery's parser reads them: it knows no times and no dates, but `0o17`. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (source) => Number.parseInt(source.replace(/0o|_/g, ''), 8),
};
const customTags = (tags: Tags): Tags => [
  octal,
  ...tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME')),
  ),
];

/**
 * Splits a text into its YAML documents. Parsed as YAML 1.1 with merge keys, because that is what
 * the API machinery's parser (sigs.k8s.io/yaml) reads.
 */
export function readDocuments(original: string): ManifestText {
  // The API machinery reads JSON with a JSON parser, which allows tabs where YAML does not.
  const text = isJson(original) ? original.replaceAll('\t', ' ') : original;
  const lines = new Lines(text);
  const end = text.trimEnd().length;
  const faults: ManifestText['faults'] = [];
  const documents: ManifestDocument[] = [];
  const fault = (rule: string, offset: number, message: string) => {
    const place = lines.at(Math.min(offset, end));
    faults.push({ ...place, rule, severity: 'error', message, source: lines.line(place.line) });
  };

  let parsed: Document.Parsed[];
  try {
    const all = parseAllDocuments(text, {
      version: '1.1',
      merge: true,
      customTags,
      prettyErrors: false,
    });
    parsed = Array.isArray(all) ? all : [];
  } catch (error) {
    fault('yaml-syntax', 0, `this is not YAML: ${firstLine(error)}`);
    return { lines, documents, faults };
  }
  let from = 0;
  for (const document of parsed) {
    const [, , to] = document.range;
    const begin = from;
    const source = text.slice(begin, to);
    from = to;
    const [error] = document.errors;
    if (error) {
      const [offset] = error.pos;
      const opened = /closing .*quote/.test(error.message) ? lastQuote(document) : undefined;
      const [rule, at, why] = explainSyntax(error.code, error.message, opened ?? offset, text);
      // The parser may have given up before the document's end.
      const end = text.indexOf('\n---', to - 1);
      const whole = text.slice(begin, end === -1 ? undefined : end + 1);
      const mend = rule === 'yaml-syntax' ? mendIndent(whole, at - begin) : undefined;
      if (mend) {
        const hint = `; this line fits with ${mend.spaces} spaces before it`;
        fault(rule, begin + mend.offset, why + hint);
      } else fault(rule, at, why);
      continue;
    }
    if (document.contents === null || isEmptyScalar(document.contents)) continue;
    let value: unknown;
    let merges = false;
    try {
      const pairs = pairsOf(document);
      const odd = pairs.find((pair) => !isText(pair.key));
      if (odd) {
        const [offset = 0] = hasRange(odd.key) ? (odd.key.range ?? []) : [];
        fault('yaml-key', offset, explainKey(text.slice(offset - 1, offset + 1)));
        continue;
      }
      merges = pairs.some(isMerge);
      value = document.toJS({ maxAliasCount });
    } catch (error) {
      const bomb = error instanceof ReferenceError && /^Excessive alias/.test(error.message);
      fault(
        bomb ? 'yaml-alias-bomb' : 'yaml-syntax',
        unresolved(document, error) ?? document.contents.range?.[0] ?? 0,
        bomb
          ? `aliases multiply this document more than ${maxAliasCount} times; write the values out`
          : `this is not YAML: ${firstLine(error)}`,
      );
      continue;
    }
    const root = document.contents;
    documents.push({
      text: merges ? JSON.stringify(value) : source,
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

function pairsOf(document: Document): Pair[] {
  const pairs: Pair[] = [];
  visit(document, { Pair: (_, pair) => void pairs.push(pair) });
  return pairs;
}

/** Where a quote is opened that nothing closes: the parser only says that the text ends. */
function lastQuote(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE')) offset = range?.[0];
    },
  });
  return offset;
}

/** Where the alias stands whose anchor the parser misses. */
function unresolved(document: Document, error: unknown): number | undefined {
  const name = /^Unresolved alias .*: (.+)$/.exec(firstLine(error))?.[1];
  let offset: number | undefined;
  visit(document, {
    Alias(_, { source, range }) {
      if (source === name) offset ??= range?.[0];
    },
  });
  return offset;
}

/** JSON, and with it Kubernetes, takes texts as keys; what YAML reads as a number or boolean is turned into one. */
function isText(key: unknown): boolean {
  return isAlias(key) || (isScalar(key) && key.value !== null);
}

function explainKey(around: string): string {
  return around === '{{'
    ? 'this is a template, not YAML; show what it renders'
    : 'a key must be a text; write one, in quotes if it has special characters';
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && String(pair.key.source ?? pair.key.value) === '<<';
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
    if (!isMerge(pair)) continue;
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
  if (message.startsWith('Maximum call stack')) return 'it is nested too deeply';
  return message.split('\n')[0]?.trim() ?? '';
}
