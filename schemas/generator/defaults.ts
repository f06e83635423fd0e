import { isDeepStrictEqual } from 'node:util';
import type { Schema } from './schema.ts';

/**
 * A rule sees objects with their defaults filled in, but kubeconform sees them as they were
 * written. A property with a default need not be there, unless the rule would refuse the default.
 */
export function defaultAware(rule: Schema, structure: Schema): Schema {
  const isDefaulted = (name: string) => 'default' in (structure.properties?.[name] ?? {});
  const refused = Object.entries(rule.properties ?? {})
    .filter(
      ([name, limit]) =>
        isDefaulted(name) && !accepts(limit, structure.properties?.[name]?.default),
    )
    .map(([name]) => name);
  const demanded = (rule.required ?? []).filter((name) => !isDefaulted(name));
  return { ...rule, required: [...demanded, ...refused] };
}

/** Whether a rule accepts a default. Only what CRDs use is understood, the rest stops the script. */
function accepts(rule: Schema, value: unknown): boolean {
  return Object.entries(rule).every(([keyword, operand]) => {
    if (keyword === 'enum') {
      return (operand as unknown[]).some((one) => isDeepStrictEqual(one, value));
    }
    if (keyword === 'not') {
      return !accepts(operand as Schema, value);
    }
    throw new Error(`a rule with ${keyword} for a property with a default is not understood`);
  });
}
