/** A JSON Schema of draft 4, the draft that kubeconform reads by default. */
export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  definitions?: Record<string, Schema>;
  [keyword: string]: unknown;
}

/** One kind in one API version, with its finished schema. */
export interface KindSchema {
  group: string;
  version: string;
  kind: string;
  schema: Schema;
}

/** The same schema, which also accepts null. A schema that accepts everything stays as it is. */
export function orNull(schema: Schema): Schema {
  const result = { ...schema };
  if (schema.type !== undefined) {
    result.type = [...new Set([schema.type, 'null'].flat())];
  }
  if (schema.enum !== undefined) {
    result.enum = [...new Set([...schema.enum, null])];
  }
  return result;
}

/** The schema of a whole object: apiVersion and kind must be there and be exactly these. */
export function rootSchema(schema: Schema, group: string, version: string, kind: string): Schema {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    ...schema,
    properties: {
      ...schema.properties,
      apiVersion: { enum: [apiVersion] },
      kind: { enum: [kind] },
    },
    required: [...new Set(['apiVersion', 'kind', ...(schema.required ?? [])])],
  };
}
