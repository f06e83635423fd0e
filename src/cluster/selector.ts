import { asLabels } from './objects.ts';
import { fields, items, ShapeError } from './shape.ts';

export type Labels = Readonly<Record<string, string>>;

/** Whether labels are selected. */
export type Selector = (labels: Labels) => boolean;

/** A selector that cannot be read; `path` leads to what is wrong. */
export class SelectorError extends ShapeError {}

/**
 * A LabelSelector: matchLabels and matchExpressions are ANDed; an empty one selects everything. `NotIn`
 * and `DoesNotExist` select what lacks the key, `In` and `Exists` do not (meta/v1 LabelSelector).
 *
 * @throws SelectorError for an unknown operator, or values that do not fit it
 */
export function labelSelector(value: unknown): Selector {
  const selector = fields(value, [], ['matchLabels', 'matchExpressions']);
  const matchLabels = fields(selector.matchLabels, ['matchLabels']);
  for (const [key, label] of Object.entries(matchLabels)) {
    if (typeof label !== 'string' && label !== null)
      throw new SelectorError(['matchLabels', key], `the label ${key} is not a text; quote it`);
  }
  const terms: Selector[] = Object.entries(asLabels(matchLabels)).map(
    ([key, wanted]) =>
      (labels) =>
        Object.hasOwn(labels, key) && labels[key] === wanted,
  );
  items(selector.matchExpressions, ['matchExpressions']).forEach((expression, i) => {
    terms.push(term(expression, ['matchExpressions', String(i)]));
  });
  return (labels) => terms.every((matches) => matches(labels));
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function term(value: unknown, path: string[]): Selector {
  const { key, operator, values } = fields(value, path, ['key', 'operator', 'values']);
  if (typeof key !== 'string' || key === '')
    throw new SelectorError(path, 'a matchExpressions entry has no key');
  if (typeof operator !== 'string' || !operators.includes(operator)) {
    throw new SelectorError(
      [...path, 'operator'],
      `unknown operator ${String(operator)}; use In, NotIn, Exists or DoesNotExist`,
    );
  }
  const list = items(values, [...path, 'values']);
  list.forEach((label, i) => {
    if (typeof label !== 'string') {
      const at = [...path, 'values', String(i)];
      throw new SelectorError(at, `${String(label)} is not a text; quote it`);
    }
  });
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues && list.length === 0) {
    throw new SelectorError([...path, 'values'], `${operator} needs at least one value`);
  }
  if (!needsValues && list.length > 0) {
    throw new SelectorError([...path, 'values'], `${operator} takes no values`);
  }
  switch (operator) {
    case 'In':
      return (labels) => Object.hasOwn(labels, key) && list.includes(labels[key]);
    case 'NotIn':
      return (labels) => !Object.hasOwn(labels, key) || !list.includes(labels[key]);
    case 'Exists':
      return (labels) => Object.hasOwn(labels, key);
    default:
      return (labels) => !Object.hasOwn(labels, key);
  }
}
