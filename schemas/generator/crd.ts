import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { defaultAware } from './defaults.ts';
import { formatKeywords, intOrString } from './scalars.ts';
import { type KindSchema, orNull, rootSchema, type Schema } from './schema.ts';

interface Definition {
  kind: string;
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

const logic = ['allOf', 'anyOf', 'oneOf'];
const prose = ['description', 'title', 'example', 'externalDocs', 'default'];
const handled = new Set([
  'type',
  'format',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'nullable',
  'not',
]);
const kept = new Set(
  [
    ['enum', 'pattern', 'minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems'],
    ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
    ['minProperties', 'maxProperties'],
  ].flat(),
);

/** Fields of Go types that read and write themselves as a number or a text: Calico's ports and protocols. */
const numberOrText = ['maxPort,minPort,portName', 'numVal,strVal,type'];

const map = <A, B>(record: Record<string, A>, change: (value: A, key: string) => B) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));

/** The keywords that limit a value, without any that describe its structure. */
function limits(schema: Schema, structure: Schema): Schema {
  const result: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (kept.has(keyword)) {
      result[keyword] = value;
    } else if (logic.includes(keyword)) {
      result[keyword] = (value as Schema[]).map((part) => rule(part, structure));
    } else if (keyword === 'not') {
      result.not = rule(value as Schema, structure);
    } else if (
      !handled.has(keyword) &&
      !prose.includes(keyword) &&
      !keyword.startsWith('x-kubernetes-')
    ) {
      throw new Error(`keyword ${keyword} is not understood`);
    }
  }
  // limits of the schema itself are never wider than those of its format
  return schema.format === undefined ? result : { ...formatKeywords(schema.format), ...result };
}

/**
 * A schema below allOf, anyOf, oneOf or not: it limits values and says nothing of the structure,
 * which stands in the schema around it.
 */
function rule(part: Schema, structure: Schema): Schema {
  const schema = defaultAware(part, structure);
  const result = limits(schema, structure);
  if (schema.required?.length) result.required = schema.required;
  if (schema.properties) {
    result.properties = map(schema.properties, (value, name) =>
      rule(value, structure.properties?.[name] ?? {}),
    );
  }
  if (schema.items) result.items = rule(schema.items, structure.items ?? {});
  return result;
}

/**
 * A strict schema from a structural one. The API server fills in defaults and drops nulls before
 * it validates: a property with a default need not be there, and a null is as good as nothing.
 * Nulls in arrays stay, so an item may be null only where it is nullable or has a default.
 */
function strict(schema: Schema, meta: Schema): Schema {
  if (
    numberOrText.includes(
      Object.keys(schema.properties ?? {})
        .sort()
        .join(),
    )
  )
    return intOrString;
  const result = limits(schema, schema);
  if (schema['x-kubernetes-int-or-string']) {
    Object.assign(result, intOrString, limits(schema, schema));
    // by the rules of structural schemas it can only repeat what the line above says
    delete result.anyOf;
  } else if (schema.type !== undefined) {
    result.type = schema.type;
  }
  // the only list type whose rule JSON Schema can say; the API server checks it for custom resources
  if (schema['x-kubernetes-list-type'] === 'set') {
    result.uniqueItems = true;
  }
  if (schema.items) {
    const item = strict(schema.items, meta);
    result.items = 'default' in schema.items ? orNull(item) : item;
  }
  if (schema.type === 'object') {
    const properties = schema.properties ?? {};
    const required = (schema.required ?? []).filter(
      (name) => !('default' in (properties[name] ?? {})),
    );
    result.required = required;
    result.properties = map(properties, (value, name) => {
      const property = strict(value, meta);
      return required.includes(name) ? property : orNull(property);
    });
    if (typeof schema.additionalProperties === 'object') {
      result.additionalProperties = orNull(strict(schema.additionalProperties, meta));
    } else if (
      !schema['x-kubernetes-preserve-unknown-fields'] &&
      schema.additionalProperties !== true
    ) {
      result.additionalProperties = false;
    }
    if (schema['x-kubernetes-embedded-resource']) {
      const text = { type: 'string', minLength: 1 };
      Object.assign(result.properties, { apiVersion: text, kind: text, metadata: orNull(meta) });
      result.required = [...new Set(['apiVersion', 'kind', ...required])];
    }
  }
  return schema.nullable ? orNull(result) : result;
}

/** Every kind that the CustomResourceDefinitions of a folder serve, one for each served version. */
export function customKinds(folder: string, meta: Schema): KindSchema[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as Definition | null)
    .filter((definition) => definition?.kind === 'CustomResourceDefinition')
    .flatMap((definition) => servedKinds(definition as Definition, meta));
}

function servedKinds({ spec }: Definition, meta: Schema): KindSchema[] {
  const { group } = spec;
  const { kind } = spec.names;
  return spec.versions
    .filter((version) => version.served)
    .map(({ name: version, schema }) => {
      const { properties, ...rest } = strict(schema.openAPIV3Schema, meta);
      const whole = { ...rest, properties: { ...properties, metadata: orNull(meta) } };
      return { group, version, kind, schema: rootSchema(whole, group, version, kind) };
    });
}
