import { describe, expect, test } from 'vitest';
import { readDocuments } from '../../src/manifests/documents.ts';
import { explain } from '../../src/validate/explain.ts';
import { places } from '../places.ts';
import { textOf, validate } from './fixture.ts';

// What an editor or a version control system might change, or what would be too large for a fixture.
const wrong = textOf('unknown-field');
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n';

test.for<[string, string, string[]]>([
  ['CRLF line ends', wrong.replaceAll('\n', '\r\n'), ['10:7 unknown-field']],
  ['CRLF in a text that is not YAML', 'a:\r\n\tb: c\r\n', ['2:1 yaml-tab']],
  ['blanks behind every line', wrong.replaceAll('\n', '  \n'), ['10:7 unknown-field']],
  ['no line end at the end', wrong.trimEnd(), ['10:7 unknown-field']],
  ['an empty text', '', ['1:1 no-manifest']],
  ['blank lines only', ' \n\n \n', ['1:1 no-manifest']],
  ['separators only', '---\n---\n', ['1:1 no-manifest']],
  ['an empty object', '{}\n', ['1:1 no-kind']],
  ['a hundred thousand brackets', '['.repeat(100_000), ['1:* yaml-syntax']],
  ['a hundred thousand dashes', '- '.repeat(100_000), ['1:* yaml-syntax']],
  [
    'JSON that is nested a hundred thousand times',
    `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ['1:* yaml-syntax'],
  ],
  [
    'a line of a million letters',
    `${head}data:\n  long: ${'x'.repeat(1_000_000)}\n  b: 1\n`,
    ['6:6 wrong-type'],
  ],
  [
    'a fault behind a million letters',
    `${head}data: { a: ${'x'.repeat(1_000_000)}, b: 1 }`,
    ['4:1000017 wrong-type'],
  ],
])('%s', async ([, text, expected]) => {
  const { faults } = await validate(text);
  const found = places(faults).map((place, i) =>
    expected[i]?.includes('*') ? place.replace(/:\d+/, ':*') : place,
  );
  expect(found).toEqual(expected);
});

test('too deep a nesting says so', async () => {
  const { faults } = await validate('['.repeat(100_000));
  expect(faults[0]?.message).toBe('this is not YAML: it is nested too deeply');
});

test('a fault carries its line as it stands in the text', async () => {
  const { faults } = await validate(wrong.replaceAll('\n', '\r\n'));
  expect(faults[0]?.source).toBe('      target_port: 8080');
});

test('a fault names kind and name of its object', async () => {
  const { faults } = await validate(
    `${textOf('good')}---\n${wrong.replace('name: web', 'name: api')}`,
  );
  expect(faults[0]).toMatchObject({ kind: 'Service', name: 'api', document: 1 });
});

describe('the plain value of a document is what the API machinery reads', () => {
  test.for<[string, unknown]>([
    ['yes', true],
    ['off', false],
    ['0o17', 15],
    ['017', 15],
    ['0x1F', 31],
    ['1_000', 1000],
    ['2001-12-14', '2001-12-14'],
    ['12:30:45', '12:30:45'],
    ['1.10', 1.1],
    ['"1.10"', '1.10'],
    ['~', null],
    ['1.2.3', '1.2.3'],
    ['<<', '<<'],
  ])('%s', ([source, value]) => {
    expect(readDocuments(`a: ${source}\n`).documents[0]?.value).toEqual({ a: value });
  });
});

test('what kubeconform says in words unknown to us is passed on, not dropped', () => {
  expect(explain(['spec', 'x'], "'oneOf' failed, none matched", {})).toEqual([
    {
      rule: 'schema',
      message: "spec.x: 'oneOf' failed, none matched",
      path: ['spec', 'x'],
      atKey: false,
    },
  ]);
});
