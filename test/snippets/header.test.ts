import { describe, expect, test } from 'vitest';
import { readHeader, withoutHeader } from '../../src/snippets/header.ts';

const manifest = 'apiVersion: v1\nkind: Service\n';

describe('the first comment lines of a file say what holds for it', () => {
  test.for<[string, object]>([
    ['# guide: since=1.36\n', { since: '1.36' }],
    ['#guide:since=1.36\n', { since: '1.36' }],
    ['# guide: since=1.36\r\n', { since: '1.36' }],
    ['# guide: since=1.36 channel=experimental\n', { since: '1.36', channel: 'experimental' }],
    ['# guide: rejected="unknown field \\"a\\""\n', { rejected: 'unknown field "a"' }],
    ['# Copyright\n\n# guide: since=1.36\n', { since: '1.36' }],
    ['# guide:\n', {}],
    ['# A guide: since=1.36\n', {}],
    ['', {}],
  ])('%j', ([header, stated]) => {
    expect(readHeader(header + manifest)).toEqual({
      statement: { class: 'manifest', ...stated },
      problems: [],
    });
  });
});

test.for([
  `${manifest}# guide: since=1.36\n`,
  `text: |\n  # guide: since=1.36\n`,
  `---\n# guide: since=1.36\n${manifest}`,
])('a comment below the first content is no header: %j', (text) => {
  expect(readHeader(text)).toEqual({ statement: { class: 'manifest' }, problems: [] });
});

describe('a header that cannot be read is said, with its place', () => {
  test.for<[string, string, string]>([
    ['# guide: sinse=1.36\n', 'sinse', 'unknown fence key "sinse"'],
    ['# one\n# guide: since=1.36 cluster\n', 'cluster', 'unknown fence key "cluster"'],
    ['# guide: since=36\n', 'since', 'since needs a value like'],
    ['# guide: file=a.yaml\n', 'file', 'a file takes rejected, since, channel'],
    ['# guide: fragment=A.b\n', 'fragment', 'a file takes rejected, since, channel'],
    ['# guide: rejected="a" since=1.36\n', 'since', 'not both'],
    ['# guide: rejected=unknown field\n', 'field', 'unknown fence key "field"'],
  ])('%j', ([header, at, said]) => {
    const { problems } = readHeader(header + manifest);
    expect(problems).toEqual([
      expect.objectContaining({ rule: 'fence-key', offset: header.indexOf(at) }),
    ]);
    expect(problems[0]?.message).toContain(said);
  });
});

describe('a page does not show the header', () => {
  test.for<[string, string]>([
    [`# guide: since=1.36\n${manifest}`, manifest],
    [`# guide: since=1.36\r\n${manifest}`, manifest],
    [`# one\n# guide: since=1.36\n# two\n${manifest}`, `# one\n# two\n${manifest}`],
    [manifest, manifest],
    [`${manifest}# guide: since=1.36\n`, `${manifest}# guide: since=1.36\n`],
    [`data: |\n  x\n# guide: a\n`, `data: |\n  x\n# guide: a\n`],
  ])('%j', ([text, shown]) => {
    expect(withoutHeader(text)).toBe(shown);
  });
});

test('a file of comments only, as large as may be, is read at once', () => {
  expect(readHeader('#\n'.repeat(1_000_000)).problems).toEqual([]);
});
