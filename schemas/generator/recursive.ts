import { element, inline, type Types } from './openapi.ts';
import { orNull, type Schema } from './schema.ts';

// A type that holds itself cannot be written out. It stays in the "definitions" of the schemas that
// use it: the schema inside a CustomResourceDefinition and the groups of groups of a Workload.
const props = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/** Types around the schema of a CustomResourceDefinition that decode themselves. */
const variants: Record<string, Schema> = {
  [`${props}OrBool`]: { type: ['object', 'boolean', 'null'] },
  [`${props}OrArray`]: { type: ['object', 'array', 'null'], items: definitionOf(props) },
  [`${props}OrStringArray`]: {
    type: ['object', 'array', 'null'],
    items: { type: ['string', 'null'] },
  },
};

function definitionOf(name: string): Schema {
  return { $ref: `#/definitions/${name}` };
}

/** A reference to the definition of a recursive type, undefined for every other type. */
export function recursiveReference(name: string, types: Types): Schema | undefined {
  return name in variants || types.recursive.has(name) ? definitionOf(name) : undefined;
}

/** Adds the definitions of the recursive types that a schema refers to. */
export function withDefinitions(schema: Schema, types: Types): Schema {
  const definitions: Record<string, Schema> = {};
  const open = definitionNames(schema);
  for (const name of open) {
    if (!(name in definitions)) {
      definitions[name] = definition(name, types);
      open.push(...definitionNames(definitions[name]));
    }
  }
  return open.length === 0 ? schema : { ...schema, definitions };
}

function definition(name: string, types: Types): Schema {
  const variant = variants[name];
  const type = types.schemas.get(variant === undefined ? name : props);
  if (type === undefined) {
    throw new Error(`no type ${name}`);
  }
  return variant === undefined
    ? element(type, types)
    : { ...orNull(inline(type, types)), ...variant };
}

function definitionNames(schema: Schema): string[] {
  return namesIn(schema, /"\$ref":"#\/definitions\/([^"]+)"/g);
}

function namesIn(schema: Schema, pattern: RegExp): string[] {
  return [...JSON.stringify(schema).matchAll(pattern)].map((match) => String(match[1]));
}

/** The names of all types that hold themselves, directly or through others. */
export function recursiveTypes(schemas: Map<string, Schema>): Set<string> {
  const held = new Map(
    [...schemas].map(([name, schema]) => [
      name,
      namesIn(schema, /"\$ref":"#\/components\/schemas\/([^"]+)"/g),
    ]),
  );
  return new Set([...schemas.keys()].filter((name) => reachable(name, held).has(name)));
}

function reachable(start: string, held: Map<string, string[]>): Set<string> {
  const found = new Set(held.get(start));
  for (const name of found) {
    for (const next of held.get(name) ?? []) {
      found.add(next);
    }
  }
  return found;
}
