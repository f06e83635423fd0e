import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recursiveReference, recursiveTypes, withDefinitions } from './recursive.ts';
import { formatKeywords, intOrString, microTime, quantity } from './scalars.ts';
import { type KindSchema, orNull, rootSchema, type Schema } from './schema.ts';

/** The named types of one Kubernetes release, as upstream wrote them. */
export interface Types {
  schemas: Map<string, Schema>;
  recursive: Set<string>;
}

interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

const metaTypes = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Types with a decoder of their own, of which the OpenAPI document says too little or nothing. */
const decoded: Record<string, Schema> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': quantity,
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': intOrString,
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
  [`${metaTypes}.FieldsV1`]: { type: 'object' },
  [`${metaTypes}.MicroTime`]: microTime,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': {},
};

const prose = ['description', 'default'];
const understood = new Set(
  ['type', 'format', 'properties', 'required', 'items', 'additionalProperties'].concat(prose),
);

const typeName = (reference: string): string => reference.replace('#/components/schemas/', '');

/** The name of the type that a schema refers to: by $ref, or by allOf where a default stands by. */
function reference(schema: Schema): string | undefined {
  const allOf = schema.allOf as Schema[] | undefined;
  if (allOf !== undefined && allOf.length !== 1) {
    throw new Error('allOf of several schemas is not understood');
  }
  const target = schema.$ref ?? allOf?.[0]?.$ref;
  return target === undefined ? undefined : typeName(String(target));
}

/**
 * A self-contained, strict schema of one type. Null decodes to the zero value, so it is accepted
 * wherever a missing or empty value is.
 */
export function inline(schema: Schema, types: Types): Schema {
  const name = reference(schema);
  if (name !== undefined) {
    const type = types.schemas.get(name);
    if (type === undefined) {
      throw new Error(`no type ${name}`);
    }
    return decoded[name] ?? recursiveReference(name, types) ?? inline(type, types);
  }
  const unknown = Object.keys(schema).filter(
    (keyword) => !understood.has(keyword) && !keyword.startsWith('x-kubernetes-'),
  );
  if (unknown.length > 0) {
    throw new Error(`keyword ${unknown.join(', ')} is not understood`);
  }
  const result: Schema = { type: schema.type };
  if (schema.format !== undefined) {
    Object.assign(result, formatKeywords(schema.format));
  }
  if (schema.items !== undefined) {
    result.items = element(schema.items, types);
  }
  if (schema.type === 'object') {
    const required = schema.required ?? [];
    result.properties = Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([property, value]) => {
        const inlined = inline(value, types);
        return [property, required.includes(property) ? inlined : orNull(inlined)];
      }),
    );
    result.required = required;
    result.additionalProperties =
      typeof schema.additionalProperties === 'object'
        ? element(schema.additionalProperties, types)
        : false;
  }
  return result;
}

/** An array item or a map value. Null there is an empty value, which may lack required fields. */
export function element(schema: Schema, types: Types): Schema {
  const inlined = inline(schema, types);
  return (inlined.required ?? []).length > 0 ? inlined : orNull(inlined);
}

/** The metadata of every object, also of custom resources, whose schemas leave it out. */
export function objectMeta(types: Types): Schema {
  return inline({ $ref: `${metaTypes}.ObjectMeta` }, types);
}

/** Every kind of a release that can be written: what its paths take in POST or PUT requests. */
export function builtInKinds(folder: string): { types: Types; kinds: KindSchema[] } {
  const schemas = new Map<string, Schema>();
  const written = new Set<string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const document = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      schemas.set(name, schema as Schema);
    }
    for (const path of Object.values<Record<string, RequestBody>>(document.paths)) {
      for (const method of ['post', 'put']) {
        const body = path[method]?.requestBody?.content['*/*']?.schema.$ref;
        if (body !== undefined) {
          written.add(typeName(body));
        }
      }
    }
  }
  const types = { schemas, recursive: recursiveTypes(schemas) };
  const kinds = [...written].flatMap((name) => kindSchema(name, types) ?? []);
  return { types, kinds };
}

interface RequestBody {
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
}

function kindSchema(name: string, types: Types): KindSchema | undefined {
  const type = types.schemas.get(name);
  const kinds = type?.['x-kubernetes-group-version-kind'] as GroupVersionKind[] | undefined;
  const metadata = type?.properties?.metadata;
  if (!type || !metadata || reference(metadata) !== `${metaTypes}.ObjectMeta`) {
    return undefined;
  }
  const own = kinds?.[0];
  if (own === undefined || kinds?.length !== 1) {
    throw new Error(`${name} does not name exactly one kind`);
  }
  const { group, version, kind } = own;
  const schema = withDefinitions(rootSchema(inline(type, types), group, version, kind), types);
  return { group, version, kind, schema };
}
