import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readDump } from '../../src/cluster/dump.ts';
import { readObjects } from '../../src/cluster/objects.ts';
import { readDocuments } from '../../src/manifests/documents.ts';

const items = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      annotations: { note: 'first\n- second\nkind: PodList\n' },
      name: 'a',
      namespace: 'shop',
    },
    spec: { containers: [{ args: ['[{"', '}'], ports: [{ containerPort: 80 }] }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'items' },
    data: { items: '- x', empty: '' },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'b', labels: { a: 'ä "q" \\' } },
    spec: { containers: [] },
  },
];
/** As kubectl prints it: keys sorted, lists not indented. */
const yaml = `apiVersion: v1\nitems:\n${items
  .map((item) => `- ${stringify(item).trimEnd().replaceAll('\n', '\n  ')}\n`)
  .join('')}kind: List\nmetadata:\n  resourceVersion: ""\n`;
const list = { apiVersion: 'v1', items, kind: 'List', metadata: { items: [[{}], {}] } };
const json = JSON.stringify(list, null, 4);

const paths = [
  [],
  ['items', '0'],
  ['items', '0', 'spec', 'containers', '0', 'ports', '0', 'containerPort'],
  ['items', '1', 'data', 'empty'],
  ['items', '2'],
  ['items', '2', 'kind'],
  ['items', '2', 'metadata', 'labels', 'a'],
  ['items', '2', 'spec', 'nowhere'],
];

describe('a dump is read item by item', () => {
  test.each([
    ['YAML', yaml],
    ['JSON', json],
    ['JSON on one line', JSON.stringify(list)],
  ])('%s: the same values and places as the careful reader', (_, text) => {
    const dump = readDump(text);
    const [document] = readDocuments(text).documents;
    expect(dump?.value.items).toEqual((document as { value: typeof list }).value.items);
    expect(dump?.value).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    expect(paths.map((path) => dump?.placeOf(path))).toEqual(
      paths.map((path) => document?.placeOf(path)),
    );
  });

  test('places that the list does not have are its first', () => {
    for (const text of [yaml, json])
      for (const path of [['metadata'], ['items'], ['items', '3'], ['items', 'x']])
        expect(readDump(text)?.placeOf(path)).toEqual({ line: 1, column: 1 });
  });

  test.each([
    ['one object', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n'],
    ['many documents', `${yaml}---\n${yaml}`.replace('apiVersion', '---\napiVersion')],
    ['an empty list', 'apiVersion: v1\nitems: []\nkind: List\n'],
    ['a list with a fault', yaml.replace('name: b', 'name: b\n    name: c')],
    ['a list that does not end', yaml.slice(0, yaml.indexOf('\nkind: List'))],
    [
      'an anchor that an item shares',
      yaml.replace('name: items', 'name: &n items').replace('name: b', 'name: *n'),
    ],
    ['an item of nothing', yaml.replace('kind: List', '- # nothing\nkind: List')],
    ['JSON with a fault', json.replace('"kind"', 'kind')],
    ['JSON that is no list', '{"apiVersion": "v1", "kind": "Pod"}'],
    ['JSON without a kind', '{"items": []}'],
    ['JSON whose items are none', '{"kind": "List", "items": {}}'],
    ['JSON of a thing with items', '{"kind": "Menu", "items": []}'],
  ])('%s is left to the careful reader', (_, text) => {
    expect(readDump(text)).toBeUndefined();
  });

  test('a typed list keeps its kind', () => {
    expect(readDump(yaml.replace('kind: List', 'kind: PodList'))?.value.kind).toBe('PodList');
    expect(readDump('{"apiVersion": "v1", "kind": "PodList", "items": []}')?.value.kind).toBe(
      'PodList',
    );
  });
});

describe('a text of more than a megabyte', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${i}`, annotations: { filler: 'x'.repeat(1000) } },
    }));

  test('as YAML and as JSON gives the same objects, with their places', () => {
    const pods = many(1200);
    const asYaml = `apiVersion: v1\nitems:\n${pods
      .map((item) => `- ${stringify(item, { lineWidth: 0 }).trimEnd().replaceAll('\n', '\n  ')}\n`)
      .join('')}kind: List\nmetadata: {}\n`;
    const asJson = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }, null, 1);
    const [a, b] = [asYaml, asJson].map((text) => readObjects(text, 'dump'));
    expect([a?.faults, b?.faults]).toEqual([[], []]);
    expect(a?.objects.map(({ value }) => value)).toEqual(pods);
    expect(b?.objects.map(({ value }) => value)).toEqual(pods);
    expect(a?.objects[1199]?.placeOf(['metadata', 'name'])).toEqual({
      line: 2 + 1199 * 6 + 4,
      column: 5,
    });
    expect(b?.objects[1]?.placeOf(['metadata', 'name'])).toEqual({ line: 19, column: 5 });
  });

  test('with a fault in it names the fault and reads the rest of the file as always', () => {
    const text = `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: many(1200) })}\n---\na: [`;
    const { objects, faults } = readObjects(text, 'dump');
    expect(objects).toHaveLength(1200);
    expect(faults).toEqual([expect.objectContaining({ rule: 'yaml-syntax', line: 3 })]);
  });
});
