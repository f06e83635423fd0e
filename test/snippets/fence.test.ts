import { describe, expect, test } from 'vitest';
import { parseFence } from '../../src/snippets/fence.ts';

/** Keys and values as an object, `@` their offsets. */
function read(info: string) {
  const { language, keys, problems } = parseFence(info);
  return {
    language,
    keys: Object.fromEntries(keys.map(({ key, value }) => [key, value])),
    offsets: keys.map(({ offset }) => offset),
    problems: problems.map(({ message, offset }) => `${offset} ${message}`),
  };
}

describe('what stands behind the backticks is read', () => {
  test.for<[string, string, Record<string, string | true>]>([
    ['', '', {}],
    ['yaml', 'yaml', {}],
    ['bash cluster', 'bash', { cluster: true }],
    ['yaml since=1.36', 'yaml', { since: '1.36' }],
    ['yaml   file=a/b.yaml\tlines=1-2', 'yaml', { file: 'a/b.yaml', lines: '1-2' }],
    ['yaml title="two words"', 'yaml', { title: 'two words' }],
    ["yaml title='two words'", 'yaml', { title: 'two words' }],
    ['yaml rejected="field \\"a\\""', 'yaml', { rejected: 'field "a"' }],
    ['yaml rejected=\'field "a"\'', 'yaml', { rejected: 'field "a"' }],
    ["yaml rejected='it\\'s'", 'yaml', { rejected: "it's" }],
    ['yaml rejected="a \\\\ b"', 'yaml', { rejected: 'a \\ b' }],
    ['yaml title=""', 'yaml', { title: '' }],
    ['yaml title="a=b {1} since=1.36"', 'yaml', { title: 'a=b {1} since=1.36' }],
    ['yaml {1,3-5}', 'yaml', { '{}': '{1,3-5}' }],
    ['yaml{1, 3}', 'yaml', { '{}': '{1, 3}' }],
    ['yaml fragment=A.b[].c', 'yaml', { fragment: 'A.b[].c' }],
    ['C++', 'C++', {}],
  ])('%s', ([info, language, keys]) => {
    expect(read(info)).toMatchObject({ language, keys, problems: [] });
  });
});

test('each key is known with its place', () => {
  expect(read('yaml since=1.36 title="a" {1}').offsets).toEqual([5, 16, 26]);
});

describe('what cannot be read is said, with its place', () => {
  test.for<[string, string]>([
    ['yaml title="open', '5 cannot read title="open behind the fence'],
    ['yaml since=', '5 cannot read since= behind the fence'],
    ['yaml since = 1.36', '11 cannot read = behind the fence'],
    ['yaml title="a"b', '5 cannot read title="a"b behind the fence'],
    ['yaml =x', '5 cannot read =x behind the fence'],
    ['yaml {a}', '5 cannot read {a} behind the fence'],
    ['yaml ✓', '5 cannot read ✓ behind the fence'],
    ['yaml title=\\"a\\"', '5 cannot read title=\\"a\\" behind the fence'],
    ['yaml since=1.36 since=1.37', '16 the key since stands twice; keep one'],
    ['yaml cluster cluster', '13 the key cluster stands twice; keep one'],
  ])('%s', ([info, problem]) => {
    expect(read(info).problems).toEqual([expect.stringContaining(problem)]);
  });
});

test('of two values of a key the first counts', () => {
  expect(read('yaml since=1.36 since=1.37').keys).toEqual({ since: '1.36' });
});

test('a long row of backslashes is read at once', () => {
  const { problems } = parseFence(`yaml title="${'\\'.repeat(100_000)}`);
  expect(problems).toHaveLength(1);
});
