import type { Schema } from './schema.ts';

const lineWidth = 100;

/**
 * JSON with sorted keys and without indentation: what fits stands on one line, what does not is
 * broken up, so that files stay small and their differences readable.
 */
export function print(value: unknown): string {
  const compact = JSON.stringify(value);
  if (compact.length <= lineWidth || typeof value !== 'object' || value === null) {
    return compact;
  }
  return Array.isArray(value)
    ? `[\n${value.map(print).join(',\n')}\n]`
    : `{\n${Object.entries(value)
        .map(([key, entry]) => `${JSON.stringify(key)}:${print(entry)}`)
        .join(',\n')}\n}`;
}

/** The text of a schema file. Empty lists of properties and of required ones are left out. */
export function schemaText(schema: Schema): string {
  return `${print(tidy(schema))}\n`;
}

/** Keys sorted at every level, also "required", whose order means nothing. */
function tidy(schema: Schema): Schema {
  const entries = Object.entries(schema)
    .filter(([keyword, value]) => !isEmpty(keyword, value))
    .map(([keyword, value]): [string, unknown] => [keyword, tidyKeyword(keyword, value)]);
  return sorted(entries) as Schema;
}

const namedSchemas = ['properties', 'definitions'];

function isEmpty(keyword: string, value: unknown): boolean {
  return (
    value === undefined ||
    (['properties', 'required'].includes(keyword) && Object.keys(value as object).length === 0)
  );
}

function tidyKeyword(keyword: string, value: unknown): unknown {
  if (keyword === 'required') {
    return [...(value as string[])].sort();
  }
  if (typeof value !== 'object' || value === null || keyword === 'enum' || keyword === 'type') {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(tidy);
  }
  return namedSchemas.includes(keyword)
    ? sorted(Object.entries(value).map(([name, schema]) => [name, tidy(schema)]))
    : tidy(value as Schema);
}

const sorted = (entries: [string, unknown][]): Record<string, unknown> =>
  Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
