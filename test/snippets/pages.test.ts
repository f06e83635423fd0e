import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Page, readPage } from '../../src/snippets/page.ts';
import { places } from '../places.ts';

const fixtures = new URL('fixtures/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, fixtures), 'utf8');

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web';
const blocksOf = (page: Page) =>
  page.snippets.map((s) => `${s.line}:${s.column} ${s.fence.language}`);
const faultsOf = (page: Page) =>
  [...page.faults, ...page.snippets.flatMap((snippet) => snippet.faults)].sort(
    (a, b) => a.line - b.line,
  );

/** Each page in fixtures/: where its blocks begin, and where its faults stand. */
const cases: Record<string, { blocks: string[]; faults: [place: string, said: string][] }> = {
  'a-fence-inside-of-a-longer-one.mdx': { blocks: ['1:1 md'], faults: [] },
  'a-lazy-line-leaves-the-quote.mdx': {
    blocks: ['1:3 yaml', '4:3 text'],
    faults: [
      ['1:3 fence-unclosed', 'this block is not closed and takes all up to line 2; end it '],
    ],
  },
  'admonition-with-a-bare-title.mdx': {
    blocks: ['3:1 yaml'],
    faults: [
      ['1:1 admonition-unread', 'this admonition is shown as plain text; write :::note[A titl'],
      ['10:1 admonition-unread', 'this admonition is shown as plain text; write :::note[A titl'],
    ],
  },
  'closed-by-tildes.mdx': {
    blocks: ['1:1 yaml'],
    faults: [
      ['1:1 fence-unclosed', 'this block is not closed and takes all up to line 7; end it '],
    ],
  },
  'closed-by-too-few-backticks.mdx': {
    blocks: ['1:1 yaml'],
    faults: [
      ['1:1 fence-unclosed', 'this block is not closed and takes all up to line 7; end it '],
    ],
  },
  'code-block-component.mdx': {
    blocks: [],
    faults: [['2:3 block-unowned', '<CodeBlock> is checked by nothing; use a fenced block']],
  },
  'found-as-a-list-item.mdx': { blocks: ['1:3 yaml'], faults: [] },
  'found-at-the-top-level.mdx': { blocks: ['3:1 yaml'], faults: [] },
  'found-below-a-heading-with-an-id.md': { blocks: ['3:1 yaml'], faults: [] },
  'found-below-a-table.md': { blocks: ['7:1 yaml'], faults: [] },
  'found-below-front-matter.mdx': { blocks: ['6:1 yaml'], faults: [] },
  'found-below-imports-and-comments.mdx': { blocks: ['11:1 yaml'], faults: [] },
  'found-between-tildes.mdx': { blocks: ['1:1 yaml'], faults: [] },
  'found-in-a-fence-with-blanks-behind-it.mdx': { blocks: ['1:1 yaml'], faults: [] },
  'found-in-a-footnote.mdx': { blocks: ['5:5 yaml'], faults: [] },
  'found-in-a-list.mdx': { blocks: ['3:3 yaml'], faults: [] },
  'found-in-a-longer-fence.mdx': { blocks: ['1:1 yaml'], faults: [] },
  'found-in-a-nested-list.mdx': { blocks: ['4:6 yaml'], faults: [] },
  'found-in-a-quote-in-a-list.mdx': { blocks: ['3:5 yaml'], faults: [] },
  'found-in-a-quote.mdx': { blocks: ['3:3 yaml'], faults: [] },
  'found-in-an-admonition-in-a-list.mdx': { blocks: ['5:3 yaml'], faults: [] },
  'found-in-an-admonition.mdx': { blocks: ['3:1 yaml'], faults: [] },
  'found-in-details.md': { blocks: ['4:1 yaml'], faults: [] },
  'found-in-details.mdx': { blocks: ['4:1 yaml'], faults: [] },
  'found-in-indented-tabs.mdx': { blocks: ['4:5 yaml'], faults: [] },
  'found-in-nested-admonitions.mdx': { blocks: ['5:1 yaml'], faults: [] },
  'found-in-tabs-without-blank-lines.mdx': { blocks: ['3:1 yaml'], faults: [] },
  'found-in-tabs.mdx': { blocks: ['4:1 yaml', '14:1 yaml'], faults: [] },
  'in-an-html-comment.md': { blocks: ['7:1 yaml'], faults: [] },
  'indented-code-in-a-list.md': {
    blocks: [],
    faults: [['3:3 block-unowned', 'text indented by four spaces is a code block that nothing ch']],
  },
  'indented-code.md': {
    blocks: [],
    faults: [['3:1 block-unowned', 'text indented by four spaces is a code block that nothing ch']],
  },
  'manifest-as-json-on-the-command-line.mdx': {
    blocks: ['1:1 bash'],
    faults: [
      [
        '2:28 manifest-outside-yaml',
        'a manifest outside of a yaml block is checked by nothing; gi',
      ],
    ],
  },
  'manifest-in-a-bash-heredoc.mdx': {
    blocks: ['1:1 bash'],
    faults: [
      ['3:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-a-console-diff.mdx': {
    blocks: ['1:1 console'],
    faults: [
      ['3:2 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-a-list-of-a-text-block.mdx': {
    blocks: ['1:1 text'],
    faults: [
      ['3:3 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-a-text-block.mdx': {
    blocks: ['1:1 text'],
    faults: [
      ['2:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-an-export.mdx': {
    blocks: [],
    faults: [
      ['2:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-an-expression.mdx': {
    blocks: [],
    faults: [
      [
        '1:17 manifest-outside-yaml',
        'a manifest outside of a yaml block is checked by nothing; gi',
      ],
    ],
  },
  'manifest-in-an-html-comment.md': {
    blocks: [],
    faults: [
      ['3:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-an-mdx-comment.mdx': {
    blocks: [],
    faults: [
      ['3:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-braces-in-a-text-block.mdx': {
    blocks: ['1:1 text'],
    faults: [
      ['2:2 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-front-matter.mdx': {
    blocks: [],
    faults: [
      ['3:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'manifest-in-html.md': {
    blocks: [],
    faults: [
      [
        '1:25 manifest-outside-yaml',
        'a manifest outside of a yaml block is checked by nothing; gi',
      ],
    ],
  },
  'manifest-in-prose.mdx': {
    blocks: [],
    faults: [
      ['3:1 manifest-outside-yaml', 'a manifest outside of a yaml block is checked by nothing; gi'],
    ],
  },
  'no-language.mdx': {
    blocks: ['1:1 '],
    faults: [
      ['1:1 fence-language', 'a block without a language is checked by nothing; write one '],
    ],
  },
  'not-mdx-brace-in-prose.mdx': {
    blocks: ['5:1 yaml'],
    faults: [['3:7 page-syntax', 'the page is not MDX: Could not parse expression with acorn']],
  },
  'not-mdx-elements-that-cross.mdx': {
    blocks: ['6:5 yaml'],
    faults: [['13:1 page-syntax', 'the page is not MDX: Unexpected closing tag `</Tabs>`, expec']],
  },
  'not-mdx-heading-id.mdx': {
    blocks: ['3:1 yaml'],
    faults: [['1:13 page-syntax', 'the page is not MDX: Could not parse expression with acorn']],
  },
  'not-mdx-html-comment.mdx': {
    blocks: ['5:1 yaml'],
    faults: [['3:2 page-syntax', 'the page is not MDX: Unexpected character `!` (U+0021) befor']],
  },
  'not-mdx-import.mdx': {
    blocks: ['3:1 yaml'],
    faults: [['1:13 page-syntax', 'the page is not MDX: Could not parse import/exports with aco']],
  },
  'not-mdx-unclosed-element.mdx': {
    blocks: ['5:1 yaml'],
    faults: [['3:1 page-syntax', 'the page is not MDX: Expected a closing tag for `<Tabs>` (3:']],
  },
  'pre-element.mdx': {
    blocks: [],
    faults: [['1:1 block-unowned', '<pre> is checked by nothing; use a fenced block']],
  },
  'prose-about-fields.mdx': { blocks: [], faults: [] },
  'swallowed-by-html-in-a-quote.md': {
    blocks: [],
    faults: [['2:1 block-unowned', 'this fence is part of the HTML above it and is shown as plai']],
  },
  'swallowed-by-html.md': {
    blocks: [],
    faults: [['3:1 block-unowned', 'this fence is part of the HTML above it and is shown as plai']],
  },
  'two-faults-in-two-blocks.mdx': {
    blocks: ['1:1 yamll', '5:1 yaml', '9:1 text'],
    faults: [
      ['1:4 fence-language', 'no check owns a block of language "yamll"; use one of yaml, '],
      ['9:9 fence-key', 'unknown fence key "quux"; text takes title, showLineNumbers'],
    ],
  },
  'unclosed-in-a-list.mdx': {
    blocks: ['1:3 yaml', '6:1 yaml'],
    faults: [
      ['1:3 fence-unclosed', 'this block is not closed and takes all up to line 3; end it '],
    ],
  },
  'unclosed-in-a-quote.mdx': {
    blocks: ['1:3 yaml', '6:1 yaml'],
    faults: [
      ['1:3 fence-unclosed', 'this block is not closed and takes all up to line 2; end it '],
    ],
  },
  'unclosed-in-an-admonition.mdx': {
    blocks: ['3:1 yaml'],
    faults: [
      ['3:1 fence-unclosed', 'this block is not closed and takes all up to line 6; end it '],
    ],
  },
  'unclosed-in-tabs.mdx': {
    blocks: ['4:1 yaml'],
    faults: [
      ['2:1 page-syntax', 'the page is not MDX: Expected a closing tag for `<TabItem>` '],
      ['4:1 fence-unclosed', 'this block is not closed and takes all up to line 9; end it '],
    ],
  },
  'unclosed.mdx': {
    blocks: ['3:1 yaml'],
    faults: [
      ['3:1 fence-unclosed', 'this block is not closed and takes all up to line 8; end it '],
    ],
  },
  'unknown-key-behind-blanks.mdx': {
    blocks: ['1:1 yaml'],
    faults: [['1:12 fence-key', 'unknown fence key "sinse"; yaml takes file, lines, rejected,']],
  },
  'unknown-key-in-a-quote.mdx': {
    blocks: ['1:3 yaml'],
    faults: [['1:21 fence-key', 'unknown fence key "sinse"; yaml takes file, lines, rejected,']],
  },
  'unknown-key.mdx': {
    blocks: ['1:1 yaml'],
    faults: [['1:9 fence-key', 'unknown fence key "sinse"; yaml takes file, lines, rejected,']],
  },
  'unknown-language-in-a-list.mdx': {
    blocks: ['3:3 yamll'],
    faults: [
      ['3:6 fence-language', 'no check owns a block of language "yamll"; use one of yaml, '],
    ],
  },
  'unknown-language.mdx': {
    blocks: ['3:1 yamll'],
    faults: [
      ['3:4 fence-language', 'no check owns a block of language "yamll"; use one of yaml, '],
    ],
  },
};

test('every fixture is listed', () => {
  expect(Object.keys(cases).sort()).toEqual(readdirSync(fixtures).sort());
});

describe.for(Object.entries(cases))('%s', ([name, { blocks, faults }]) => {
  const page = readPage(name, textOf(name));
  test('its blocks are found', () => {
    expect(blocksOf(page)).toEqual(blocks);
  });
  test(faults.length ? 'its faults stand where the author made them' : 'it has no fault', () => {
    expect(places(faultsOf(page))).toEqual(faults.map(([place]) => place));
    for (const [i, [, said]] of faults.entries())
      expect(faultsOf(page)[i]?.message).toContain(said);
  });
  test('each fault shows its line', () => {
    const lines = textOf(name).split('\n');
    for (const { source, line } of faultsOf(page)) expect(source).toBe(lines[line - 1]);
  });
});

describe('the text of a block is what stands between the fences, without what is around', () => {
  const found = Object.keys(cases).filter((name) => name.startsWith('found-'));
  test.for(found)('%s', (name) => {
    for (const { text } of readPage(name, textOf(name)).snippets) expect(text).toBe(manifest);
  });
  test.for(found)('%s with CRLF line ends', (name) => {
    const page = readPage(name, textOf(name).replaceAll('\n', '\r\n'));
    expect(blocksOf(page)).toEqual(cases[name]?.blocks);
    expect(faultsOf(page)).toEqual([]);
    for (const { text } of page.snippets) expect(text.replaceAll('\r', '')).toBe(manifest);
  });
});

describe('a line that only looks like the end of a block', () => {
  test.for<[string, string, string]>([
    ['a quoted fence', 'page.mdx', '```yaml\na: b\n> ```'],
    ['a fence too far in', 'page.md', '```yaml\na: b\n    ```'],
    ['nothing behind the fence', 'page.mdx', '```yaml'],
    ['a blank line behind the fence', 'page.mdx', '```yaml\n'],
    ['a fence with a language', 'page.mdx', '```yaml\na: b\n```yaml\n'],
  ])('%s', ([, file, text]) => {
    expect(places(faultsOf(readPage(file, text)))).toEqual(['1:1 fence-unclosed']);
  });
  test.for([
    '```yaml\n```',
    '```yaml\n\n```',
    '```yaml\n\n\n```',
    '~~~yaml\n~~~~~\n',
    '   ```yaml\n a: b\n```\n',
  ])('but %j is closed', (text) => {
    expect(faultsOf(readPage('page.md', text))).toEqual([]);
  });
});

test('an empty page has no block and no fault', () => {
  expect(readPage('page.mdx', '')).toEqual({ file: 'page.mdx', snippets: [], faults: [] });
});
