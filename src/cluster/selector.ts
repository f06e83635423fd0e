import { asLabels, asList, asRecord } from './objects.ts';

export type Labels = Readonly<Record<string, string>>;

/** Whether labels are selected. */
export type Selector = (labels: Labels) => boolean;

/** A selector that cannot be read; `path` leads to what is wrong. */
export class SelectorError extends Error {
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * A LabelSelector: matchLabels and matchExpressions are ANDed; an empty one selects everything. `NotIn`
 * and `DoesNotExist` select what lacks the key, `In` and `Exists` do not (meta/v1 LabelSelector).
 *
 * @throws SelectorError for an unknown operator, or values that do not fit it
 */
export function labelSelector(value: unknown): Selector {
  const selector = asRecord(value) ?? {};
  const terms: Selector[] = Object.entries(asLabels(selector.matchLabels)).map(
    ([key, wanted]) =>
      (labels) =>
        labels[key] === wanted,
  );
  asList(selector.matchExpressions).forEach((expression, i) => {
    terms.push(term(expression, ['matchExpressions', String(i)]));
  });
  return (labels) => terms.every((matches) => matches(labels));
}

function term(value: unknown, path: string[]): Selector {
  const { key, operator, values } = asRecord(value) ?? {};
  if (typeof key !== 'string' || key === '')
    throw new SelectorError(path, 'a matchExpressions entry has no key');
  const list = asList(values).map(String);
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues && list.length === 0) {
    throw new SelectorError([...path, 'values'], `${operator} needs at least one value`);
  }
  if (!needsValues && list.length > 0) {
    throw new SelectorError([...path, 'values'], `${String(operator)} takes no values`);
  }
  switch (operator) {
    case 'In':
      return (labels) => key in labels && list.includes(labels[key] ?? '');
    case 'NotIn':
      return (labels) => !(key in labels) || !list.includes(labels[key] ?? '');
    case 'Exists':
      return (labels) => key in labels;
    case 'DoesNotExist':
      return (labels) => !(key in labels);
    default:
      throw new SelectorError(
        [...path, 'operator'],
        `unknown operator ${String(operator)}; use In, NotIn, Exists or DoesNotExist`,
      );
  }
}
