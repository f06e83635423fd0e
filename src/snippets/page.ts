import type { Code, Node, Root } from 'mdast';
import remarkDirective from 'remark-directive';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { type Fault, Lines } from '../fault.ts';
import { type FenceInfo, parseFence } from './fence.ts';
import { classify, type Statement } from './grammar.ts';

/** A fenced block of a page, where it stands and what its author says about it. */
export interface Snippet {
  page: string;
  /** place of the opening fence, 1-based */
  line: number;
  column: number;
  fence: FenceInfo;
  statement?: Statement;
  /** the text between the fences, without the indentation of a list or a quote around it */
  text: string;
  /** page column − text column, for each line of the text: what the list or quote around it takes */
  indents: number[];
  faults: Fault[];
}

export interface Page {
  file: string;
  snippets: Snippet[];
  /** faults of the page itself: it does not parse, a manifest stands outside of a fence */
  faults: Fault[];
}

const markdown = unified()
  .use(remarkParse)
  .use(remarkFrontmatter)
  .use(remarkGfm)
  .use(remarkDirective);
const mdx = markdown().use(remarkMdx);

/**
 * Finds every fenced block of a page. `.mdx` is read as MDX, as the site does, `.md` as Markdown.
 * A page that is not MDX is one fault, and its blocks are still found by reading it as Markdown.
 */
export function readPage(file: string, text: string): Page {
  const lines = new Lines(text);
  const faults: Fault[] = [];
  const fault = (rule: string, line: number, column: number, message: string): Fault => ({
    file,
    line,
    column,
    rule,
    severity: 'error',
    message,
    source: lines.line(line),
  });

  let tree: Root;
  try {
    tree = (file.endsWith('.mdx') ? mdx : markdown).parse(text);
  } catch (error) {
    const { place, reason } = error as { place?: Place; reason?: string };
    const { line, column } = (place && 'start' in place ? place.start : place) ?? {
      line: 1,
      column: 1,
    };
    faults.push(
      fault(
        'page-syntax',
        line,
        column,
        `the page is not MDX: ${oneLine(reason ?? String(error))}`,
      ),
    );
    tree = markdown.parse(text);
  }

  const snippets: Snippet[] = [];
  const covered = new Set<number>();
  visit(tree, (node: Node) => {
    const start = node.position?.start;
    const end = node.position?.end;
    if (!start || !end) return;
    if (node.type === 'code') {
      const snippet = readSnippet(file, text, lines, node as Code);
      if (!snippet) {
        faults.push(
          fault(
            'block-unowned',
            start.line,
            start.column,
            'text indented by four spaces is a code block that nothing checks; use a fence with a language',
          ),
        );
        return;
      }
      snippets.push(snippet);
      if (snippet.statement?.class === 'manifest') {
        for (let line = start.line; line <= end.line; line++) covered.add(line);
      }
    } else if (node.type === 'paragraph' && text.startsWith(':::', start.offset)) {
      faults.push(
        fault(
          'admonition-unread',
          start.line,
          start.column,
          'this admonition is shown as plain text; write :::note[A title] and end it with a line :::',
        ),
      );
    } else if (node.type === 'html') {
      for (let line = start.line; line <= end.line; line++) {
        if (/^\s*(```|~~~)/.test(lines.line(line))) {
          faults.push(
            fault(
              'block-unowned',
              line,
              1,
              'this fence is part of the HTML above it and is shown as plain text; put an empty line before it',
            ),
          );
        }
      }
    } else if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') {
      const { name } = node as Node & { name: string | null };
      if (name === 'pre' || name === 'CodeBlock') {
        faults.push(
          fault(
            'block-unowned',
            start.line,
            start.column,
            `<${name}> is checked by nothing; use a fenced block`,
          ),
        );
      }
    }
  });

  // A manifest that hides in prose, HTML, an expression or another language's block would never be checked.
  for (let line = 1; line <= lines.count; line++) {
    const source = lines.line(line);
    const match = /^[\s>]*(["']?apiVersion["']?\s*:\s*\S)/.exec(source);
    if (match && !covered.has(line)) {
      faults.push(
        fault(
          'manifest-outside-yaml',
          line,
          source.indexOf('apiVersion') + 1,
          'a manifest outside of a yaml block is checked by nothing; give it a yaml block of its own',
        ),
      );
    }
  }
  return { file, snippets, faults };
}

type Point = { line: number; column: number };
type Place = Point | { start: Point; end: Point };

/** Undefined for an indented code block. */
function readSnippet(file: string, text: string, lines: Lines, node: Code): Snippet | undefined {
  const { start, end } = node.position ?? {};
  if (start?.offset === undefined || end === undefined) return undefined;
  const opening = /^(`{3,}|~{3,})[ \t]*([^\r\n]*)/.exec(text.slice(start.offset));
  const ticks = opening?.[1];
  if (!opening || !ticks) return undefined;

  const info = (opening[2] ?? '').trimEnd();
  const infoColumn = start.column + opening[0].length - (opening[2] ?? '').length;
  const fence = parseFence(info);
  const { statement, problems } = classify(fence);
  const faults: Fault[] = problems.map(({ rule, message, offset }) => ({
    file,
    line: start.line,
    column: fence.language ? infoColumn + offset : start.column,
    rule,
    severity: 'error',
    message,
    source: lines.line(start.line),
  }));

  const last = lines.line(end.line);
  const closing = new RegExp(`^[\\s>]*\\${ticks[0]}{${ticks.length},}\\s*$`);
  if (end.line === start.line || !closing.test(last)) {
    faults.push({
      file,
      line: start.line,
      column: start.column,
      rule: 'fence-unclosed',
      severity: 'error',
      message: `this block is not closed and takes all up to line ${end.line}; end it with ${ticks}`,
      source: lines.line(start.line),
    });
  }
  const indents = node.value
    .split('\n')
    .map((line, i) => lines.line(start.line + 1 + i).length - line.replace(/\r$/, '').length);
  return {
    page: file,
    line: start.line,
    column: start.column,
    fence,
    statement,
    text: node.value,
    indents,
    faults,
  };
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}
