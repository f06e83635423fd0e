import { describe, expect, test } from 'vitest';
import { asLabels, asList, asRecord, asString } from '../../src/cluster/objects.ts';
import { fields, items, type ShapeError } from '../../src/cluster/shape.ts';

const odd = [undefined, null, '', 'a', 0, 1, true, [], [1], {}, { a: 1 }];

describe('values that may be anything', () => {
  test('only maps are records', () => {
    expect(odd.filter((value) => asRecord(value) !== undefined)).toEqual([{}, { a: 1 }]);
  });

  test('only lists are lists; all else is the empty one', () => {
    expect(odd.filter((value) => asList(value).length > 0)).toEqual([[1]]);
    expect(asList('abc')).toEqual([]);
  });

  test('only texts with something in them are texts', () => {
    expect(odd.filter((value) => asString(value) !== undefined)).toEqual(['a']);
  });

  test('labels of what is no map are none', () => {
    expect(odd.map(asLabels).filter((labels) => Object.keys(labels).length)).toEqual([{ a: '1' }]);
  });
});

describe('values that must have their form', () => {
  const complaint = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      return `${(error as ShapeError).path.join('.')}: ${(error as Error).message}`;
    }
    return 'taken';
  };

  test('maps: missing and null ones are empty', () => {
    expect([undefined, null, {}].map((value) => fields(value, []))).toEqual([{}, {}, {}]);
    expect(['', 'a', 0, true, []].map((value) => complaint(() => fields(value, ['x'])))).toEqual(
      Array(5).fill('x: x is not a map'),
    );
  });

  test('maps: any field, or those that are known', () => {
    expect(fields({ a: 1 }, [])).toEqual({ a: 1 });
    expect(fields({ a: 1 }, [], ['a', 'b'])).toEqual({ a: 1 });
    expect(complaint(() => fields({ a: 1, c: 2 }, ['x', '0'], ['a', 'b']))).toBe(
      'x.0.c: unknown field c; use a, b',
    );
  });

  test('lists: missing and null ones are empty', () => {
    expect([undefined, null, [], [1]].map((value) => items(value, []))).toEqual([[], [], [], [1]]);
    expect(['', 'a', 0, true, {}].map((value) => complaint(() => items(value, [])))).toEqual(
      Array(5).fill(': this is not a list'),
    );
  });

  test.each([
    [['spec', 'ingress', '10'], 'ingress'],
    [['spec', 'x1', '0'], 'x1'],
    [['spec', '1x'], '1x'],
    [['3'], 'this'],
  ])('what is wrong at %j is called %s', (path, name) => {
    expect(complaint(() => items({}, path))).toContain(`: ${name} is not a list`);
  });
});
