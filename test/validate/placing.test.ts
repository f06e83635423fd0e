import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { check } from '../../src/check/check.ts';
import { readPage } from '../../src/snippets/page.ts';
import { judges } from '../judges.ts';
import { places } from '../places.ts';
import { inTempFolder } from '../temp.ts';
import { validate } from './fixture.ts';

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const manifests = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      type: 'ClusterIP',
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 81 },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: {
      podSelector: {},
      ingress: [{ from: [{ podSelector: {} }, { ipBlock: { cidr: '192.0.2.0/24' } }] }],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
      template: {
        spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80 }] }] },
      },
    },
  },
];
const stray = 'strayKey';

/** A valid manifest with one unknown key in some map of it, and where that key stands. */
function withStrayKey(random: (below: number) => number) {
  const manifest = structuredClone(manifests[random(manifests.length)]) as object;
  const maps: Record<string, unknown>[] = [];
  (function collect(value: unknown) {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) maps.push(value as Record<string, unknown>);
    for (const child of Object.values(value)) collect(child);
  })(manifest);
  const map = maps[random(maps.length)] ?? {};
  map[stray] = 1;
  const written =
    random(4) === 0
      ? `${JSON.stringify(manifest, null, 1 + random(4))}\n`
      : stringify(manifest, {
          indent: 2 + random(3),
          indentSeq: random(2) === 0,
          lineWidth: 0,
          collectionStyle: random(4) === 0 ? 'flow' : 'any',
        });
  return `${'# a comment\n'.repeat(random(3))}${random(2) ? '---\n' : ''}${written}`;
}

function placeOfStrayKey(text: string): string {
  const line = text.split('\n').findIndex((source) => source.includes(stray));
  const source = text.split('\n')[line] ?? '';
  // In JSON the key begins with its quote.
  const column = source.indexOf(stray) - (source.includes(`"${stray}`) ? 1 : 0);
  return `${line + 1}:${column + 1} unknown-field`;
}

/** How a page may hold a fence: what stands before it and in front of each of its lines. */
const surroundings: {
  name: string;
  before: string;
  first?: string;
  each: string;
  after?: string;
}[] = [
  { name: 'at the top level', before: 'Text.\n\n', each: '' },
  { name: 'in a list', before: '- item\n\n', each: '  ' },
  { name: 'as the first thing of a list item', before: 'Text.\n\n', first: '- ', each: '  ' },
  { name: 'in a numbered list', before: '10. item\n\n', each: '    ' },
  { name: 'in a nested list', before: '- item\n  - item\n\n', each: '    ' },
  { name: 'in a quote', before: '> text\n>\n', each: '> ' },
  { name: 'in a quote without blanks', before: 'Text.\n\n', each: '>' },
  { name: 'in a quote in a list', before: '- item\n\n', each: '  > ' },
  { name: 'in a list in a quote', before: '> - item\n>\n', each: '>   ' },
  { name: 'in an admonition', before: ':::note\n\n', each: '', after: '\n:::\n' },
  {
    name: 'in an indented admonition',
    before: '- item\n\n  :::note\n\n',
    each: '  ',
    after: '\n  :::\n',
  },
  {
    name: 'in nested admonitions',
    before: '::::note\n\n:::tip[A title]\n\n',
    each: '',
    after: '\n:::\n\n::::\n',
  },
  {
    name: 'in tabs',
    before: '<Tabs>\n<TabItem value="a">\n\n',
    each: '',
    after: '\n</TabItem>\n</Tabs>\n',
  },
  {
    name: 'in indented tabs',
    before: '<Tabs>\n  <TabItem value="a">\n\n',
    each: '    ',
    after: '\n  </TabItem>\n</Tabs>\n',
  },
  {
    name: 'in details',
    before: '<details>\n<summary>More</summary>\n\n',
    each: '',
    after: '\n</details>\n',
  },
];

function page(text: string, { before, first, each, after = '' }: (typeof surroundings)[number]) {
  const lines = ['```yaml', ...text.trimEnd().split('\n'), '```'];
  const shown = lines.map((line, i) => `${i === 0 ? (first ?? each) : each}${line}`.trimEnd());
  return `---\ntitle: A page\n---\n\n${before}${shown.join('\n')}\n${after}`;
}

test('an unknown key of a manifest is found where it stands', async () => {
  const random = generator(1);
  for (let round = 0; round < 60; round++) {
    const text = withStrayKey(random);
    const { faults } = await validate(text);
    expect(places(faults), text).toEqual([placeOfStrayKey(text)]);
  }
});

test.for(surroundings)(
  '$name, an unknown key is found where it stands in the page',
  async (around) => {
    const random = generator(around.name.length);
    const texts = Array.from({ length: 5 }, () => page(withStrayKey(random), around));
    texts.push(...texts.slice(0, 2).map((text) => text.replaceAll('\n', '\r\n')));
    await inTempFolder(async (write) => {
      const files = await Promise.all(texts.map((text, i) => write(`${10 + i}.mdx`, text)));
      const { units } = await check(files, { judges });
      for (const [i, text] of texts.entries()) {
        const faults = units.flatMap((unit) => unit.faults).filter((f) => f.file === files[i]);
        expect(places(faults), text).toEqual([placeOfStrayKey(text)]);
        expect(faults[0]?.source).toBe(text.split(/\r?\n/)[(faults[0]?.line ?? 0) - 1]);
      }
    });
  },
);

// Markdown takes a blank behind `>` away, and there it is one of the text's own.
const plain = surroundings.filter(({ each }) => each !== '>');
test.for(plain)('$name, the text of a block is the same', (around) => {
  const random = generator(7);
  for (let round = 0; round < 5; round++) {
    const text = withStrayKey(random).trimEnd();
    const { snippets, faults } = readPage('page.mdx', page(text, around));
    expect(faults).toEqual([]);
    expect(snippets.map((snippet) => snippet.text)).toEqual([text]);
  }
});
