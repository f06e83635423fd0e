import { describe, expect, test } from 'vitest';
import { labelSelector, SelectorError } from '../../src/cluster/selector.ts';

/** Where and why a selector is refused. */
function refusal(value: unknown): string {
  try {
    labelSelector(value);
  } catch (error) {
    if (error instanceof Error && 'path' in error)
      return `${(error.path as string[]).join('.')}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('a LabelSelector (meta/v1 LabelSelector)', () => {
  test.each([undefined, null, {}, { matchLabels: null, matchExpressions: null }])(
    '%j selects everything',
    (value) => {
      expect(labelSelector(value)({})).toBe(true);
      expect(labelSelector(value)({ a: 'b' })).toBe(true);
    },
  );

  test('a null value is the empty text, as for the API server', () => {
    expect(labelSelector({ matchLabels: { a: null } })({ a: '' })).toBe(true);
    expect(labelSelector({ matchLabels: { a: '' } })({})).toBe(false);
  });

  test.each(['constructor', 'toString', '__proto__'])(
    'the key %s is a label like any other',
    (key) => {
      const expression = (operator: string, values?: string[]) =>
        labelSelector({ matchExpressions: [{ key, operator, values }] })({});
      expect(expression('Exists')).toBe(false);
      expect(expression('DoesNotExist')).toBe(true);
      expect(expression('In', ['a'])).toBe(false);
      expect(expression('NotIn', ['a'])).toBe(true);
    },
  );

  test('every label and every expression must fit', () => {
    const both = labelSelector({
      matchLabels: { a: '1', b: '2' },
      matchExpressions: [{ key: 'c', operator: 'Exists' }],
    });
    expect(both({ a: '1', b: '2', c: '' })).toBe(true);
    expect(both({ a: '1', b: '2' })).toBe(false);
    expect(both({ a: '1', c: '' })).toBe(false);
    expect(both({ a: '1', b: '3', c: '' })).toBe(false);
  });

  test.each([
    ['a list', [], ': this is not a map'],
    ['a text', 'app=web', ': this is not a map'],
    [
      'labels without matchLabels',
      { app: 'web' },
      'app: unknown field app; use matchLabels, matchExpressions',
    ],
    ['matchLabels as a list', { matchLabels: ['a'] }, 'matchLabels: matchLabels is not a map'],
    [
      'a number as a value',
      { matchLabels: { v: 1.1 } },
      'matchLabels.v: the label v is not a text; quote it',
    ],
    [
      'matchExpressions as a map',
      { matchExpressions: {} },
      'matchExpressions: matchExpressions is not a list',
    ],
    [
      'an expression that is none',
      { matchExpressions: ['a'] },
      'matchExpressions.0: matchExpressions is not a map',
    ],
    [
      'no key',
      { matchExpressions: [{ operator: 'Exists' }] },
      'matchExpressions.0: a matchExpressions entry has no key',
    ],
    [
      'an empty key',
      { matchExpressions: [{ key: '', operator: 'Exists' }] },
      'matchExpressions.0: a matchExpressions entry has no key',
    ],
    [
      'a number as key',
      { matchExpressions: [{ key: 1, operator: 'Exists' }] },
      'matchExpressions.0: a matchExpressions entry has no key',
    ],
    [
      'another operator',
      { matchExpressions: [{ key: 'a', operator: 'in' }] },
      'matchExpressions.0.operator: unknown operator in; use In, NotIn, Exists or DoesNotExist',
    ],
    [
      'no operator',
      { matchExpressions: [{ key: 'a' }] },
      'matchExpressions.0.operator: unknown operator undefined; use In, NotIn, Exists or DoesNotExist',
    ],
    [
      'In without values',
      { matchExpressions: [{ key: 'a', operator: 'In' }] },
      'matchExpressions.0.values: In needs at least one value',
    ],
    [
      'NotIn of nothing',
      { matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] },
      'matchExpressions.0.values: NotIn needs at least one value',
    ],
    [
      'Exists with values',
      { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      'matchExpressions.0.values: Exists takes no values',
    ],
    [
      'DoesNotExist with values',
      { matchExpressions: [{ key: 'a', operator: 'DoesNotExist', values: ['b'] }] },
      'matchExpressions.0.values: DoesNotExist takes no values',
    ],
    [
      'values as a text',
      { matchExpressions: [{ key: 'a', operator: 'In', values: 'b' }] },
      'matchExpressions.0.values: values is not a list',
    ],
    [
      'a number among values',
      { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 1] }] },
      'matchExpressions.0.values.1: 1 is not a text; quote it',
    ],
    [
      'a misspelt field',
      { matchExpressions: [{ key: 'a', operator: 'In', value: ['b'] }] },
      'matchExpressions.0.value: unknown field value; use key, operator, values',
    ],
  ])('%s is refused', (_, value, expected) => {
    expect(refusal(value)).toBe(expected);
  });

  test('a refusal is a SelectorError', () => {
    expect(() => labelSelector({ matchLabels: { a: 1 } })).toThrow(SelectorError);
  });
});
