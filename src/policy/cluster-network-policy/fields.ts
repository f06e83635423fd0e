import { asList, asRecord } from '../../cluster/objects.ts';
import { labelSelector, type Selector } from '../../cluster/selector.ts';
import { read } from '../kubernetes/network-policy.ts';
import { PolicyError } from '../model.ts';

/** The API server drops nulls from custom resources before it validates them. */
export function fieldsOf(value: unknown): [name: string, value: unknown][] {
  return Object.entries(asRecord(value) ?? {}).filter(([, field]) => field != null);
}

/** The one field of a value that must have exactly one (minProperties and maxProperties in the CRDs). */
export function onlyField(value: unknown, path: string[], choices: readonly string[]) {
  const fields = fieldsOf(value);
  const [field] = fields;
  if (!field || fields.length > 1) {
    const found = fields.map(([name]) => name).join(' and ') || 'none';
    throw new PolicyError(
      path,
      `exactly one of ${choices.join(', ')} is needed here, found ${found}`,
    );
  }
  return { name: field[0], value: field[1], isKnown: choices.includes(field[0]) };
}

/** A list with its limits (minItems and maxItems in the CRDs); undefined when it is missing. */
export function limitedList(
  value: unknown,
  path: string[],
  { least = 0, most }: { least?: number; most: number },
): unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = asList(value);
  if (!Array.isArray(value) || list.length < least || list.length > most) {
    const found = Array.isArray(value) ? `${list.length} entries` : 'no list';
    throw new PolicyError(
      path,
      `a list of ${least} to ${most} entries is needed here, found ${found}`,
    );
  }
  return list;
}

/** A list of texts without repetitions (x-kubernetes-list-type: set in the CRDs). */
export function textSet(value: unknown, path: string[]): string[] {
  const list = (limitedList(value, path, { least: 1, most: 25 }) ?? []).map(String);
  list.forEach((text, i) => {
    if (list.indexOf(text) !== i) {
      throw new PolicyError([...path, String(i)], `${text} stands here twice`);
    }
  });
  return list;
}

export function selectorAt(value: unknown, path: string[]): Selector {
  return read(path, () => labelSelector(value));
}
