import { closest, distance } from 'fastest-levenshtein';
import type { ReadSchema } from '../schemas/index.ts';
import { fieldPath } from './path.ts';

/** One thing a validator found in a document, as one of our rules. */
export interface Finding {
  rule: string;
  message: string;
  /** where it stands; of the key itself when `atKey` is true, else of the value */
  path: string[];
  atKey: boolean;
}

/** The part of JSON Schema that the generated schemas use and the messages need. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
}

/**
 * Says in our words what kubeconform said in its own (English, JSON Schema's terms), and keeps its
 * words behind ours. What we have no words for is passed on as it is, never dropped.
 *
 * @param path where in the document, as segments
 * @param said kubeconform's message
 * @param value the whole document
 * @param schema the schema that judged it, for "did you mean"
 */
export function explain(path: string[], said: string, value: unknown, schema?: Schema): Finding[] {
  const where = path.length ? fieldPath(path) : 'the document';
  const tail = ` (kubeconform: ${said})`;
  const one = (rule: string, message: string, atKey = true): Finding[] => [
    { rule, message: message + tail, path, atKey },
  ];

  let match = /^additional propert(?:y|ies) (.+) not allowed$/s.exec(said);
  if (match) {
    const known = Object.keys(schemaAt(schema, path)?.properties ?? {});
    const inside = path.length ? ` in ${where}` : ' at the top level';
    // kubeconform names them in any order, so each gets a message of its own.
    return unquoted(match[1] ?? '', keysAt(value, path)).map((name) => ({
      rule: 'unknown-field',
      message: `unknown field "${name}"${inside}${suggestion(name, known)} (kubeconform: additional properties ${quoted(name)} not allowed)`,
      path: [...path, name],
      atKey: true,
    }));
  }
  match = /^missing propert(?:y|ies) (.+)$/s.exec(said);
  if (match) return one('missing-field', `${where} lacks ${(match[1] ?? '').replaceAll("'", '"')}`);
  match = /^got (.+), want (.+)$/s.exec(said);
  if (match && !/^\d/.test(match[1] ?? '')) {
    const want = (match[2] ?? '').replace(/^null or | or null$/, '');
    return one(
      'wrong-type',
      `${where} must be ${article(want)}, not ${article(match[1] ?? '')}${typeHint(match[1] ?? '', want)}`,
      false,
    );
  }
  match = /^value must be (?:one of )?(.+)$/s.exec(said);
  if (match) {
    const allowed = (match[1] ?? '').replace(/, <nil>$/, '');
    const options = [...allowed.matchAll(/'((?:\\'|[^'])*)'/g)].map((m) => m[1] ?? '');
    const found = JSON.stringify(valueAt(value, path));
    return one(
      'wrong-value',
      `${where} is ${found}; it must be ${allowed.replaceAll("'", '"').replaceAll(', ', ' or ')}${suggestion(String(valueAt(value, path)), options)}`,
      false,
    );
  }
  match =
    /^(minimum|maximum|exclusiveMinimum|exclusiveMaximum|minLength|maxLength|minItems|maxItems|minProperties|maxProperties|multipleOf): got (\S+), want (\S+)$/.exec(
      said,
    );
  if (match) {
    const [, keyword = '', got, want] = match;
    const limit =
      keyword.startsWith('min') || keyword === 'exclusiveMinimum' ? 'at least' : 'at most';
    const what = keyword.endsWith('Length')
      ? ' characters'
      : keyword.endsWith('Items')
        ? ' entries'
        : keyword.endsWith('Properties')
          ? ' keys'
          : '';
    return one('out-of-range', `${where} has ${got}${what}; ${limit} ${want} allowed`, false);
  }
  if (/does not match pattern/.test(said))
    return one('wrong-pattern', `${where} is not written as it must be`, false);
  if (/is not valid /.test(said))
    return one('wrong-format', `${where} is not written as it must be`, false);
  if (/^items at \d+ and \d+ are equal$/.test(said))
    return one('duplicate-item', `${where} holds the same entry twice`, false);
  return [{ rule: 'schema', message: `${where}: ${said}`, path, atKey: false }];
}

/** The names in `'a', 'b'`; looked for among the keys that are really there, since a name may hold quotes. */
function unquoted(list: string, keys: string[]): string[] {
  const names = keys.filter((key) => `, ${list},`.includes(`, ${quoted(key)},`));
  if (names.length) return names;
  return [...list.matchAll(/'((?:\\'|[^'])*)'/g)].map((m) => m[1] ?? '');
}

/** A name as kubeconform quotes it. */
function quoted(name: string): string {
  return `'${JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function keysAt(value: unknown, path: string[]): string[] {
  const at = valueAt(value, path);
  return typeof at === 'object' && at !== null ? Object.keys(at) : [];
}

export function valueAt(value: unknown, path: string[]): unknown {
  let at = value;
  for (const segment of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[segment];
  }
  return at;
}

export function schemaAt(schema: Schema | undefined, path: string[]): Schema | undefined {
  let at = schema;
  for (const segment of path) {
    const inMap =
      typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined;
    at = at?.properties?.[segment] ?? (at?.items && /^\d+$/.test(segment) ? at.items : inMap);
  }
  return at;
}

/** `; did you mean x?` when a known name is near, ignoring case, `-` and `_`. */
export function suggestion(name: string, known: string[]): string {
  if (known.length === 0) return '';
  const plain = (s: string) => s.replace(/[-_]/g, '').toLowerCase();
  const same = known.find((k) => plain(k) === plain(name));
  const near = same ?? closest(name, known);
  const most = Math.max(1, Math.floor(name.length / 3));
  return same !== undefined || distance(name, near) <= most ? `; did you mean ${near}?` : '';
}

function article(type: string): string {
  if (type === 'null') return 'empty';
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** YAML turns `true`, `on` and `80` into other types unless they are quoted: the usual reason. */
function typeHint(got: string, want: string): string {
  if (want === 'string' && ['boolean', 'number', 'integer'].includes(got))
    return '; quote the value';
  if ((want === 'integer' || want === 'number') && got === 'string')
    return '; write it without quotes';
  if (want === 'array' && got === 'object') return '; begin each entry with a dash';
  if (want === 'object' && got === 'array') return '; take the dash away';
  return '';
}

/** Reads and parses a schema; undefined when there is none. */
export async function readSchema(
  read: ReadSchema,
  path: string | undefined,
): Promise<Schema | undefined> {
  const text = path === undefined ? undefined : await read(path);
  return text === undefined ? undefined : (JSON.parse(text) as Schema);
}
