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
/** For a page that should be MDX: like MDX, it knows no HTML and no code by indentation. */
const almostMdx = markdown().use(function withoutHtml() {
  this.data().micromarkExtensions?.push({
    disable: { null: ['codeIndented', 'htmlFlow', 'htmlText'] },
  });
});

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

  const deep = text.split('\n').findIndex((line) => tooDeep.test(line));
  if (deep !== -1) {
    faults.push(fault('page-syntax', deep + 1, 1, 'this line is nested too deeply'));
    return { file, snippets: [], faults };
  }

  let tree: Root;
  try {
    tree = (file.endsWith('.mdx') ? mdx : markdown).parse(text);
  } catch (error) {
    const { place, reason } = error as { place?: Place; reason?: string };
    const { line, column } = (place && 'start' in place ? place.start : place) ?? named(reason);
    faults.push(
      fault(
        'page-syntax',
        line,
        column,
        `the page is not MDX: ${error instanceof RangeError ? 'it is nested too deeply' : oneLine(reason ?? String(error))}`,
      ),
    );
    tree = almostMdx.parse(text);
  }

  const snippets: Snippet[] = [];
  const judged = new Set<number>();
  const code = new Set<number>();
  const add = (set: Set<number>, { start, end }: NonNullable<Node['position']>) => {
    for (let line = start.line; line <= end.line; line++) set.add(line);
  };
  visit(tree, (node: Node) => {
    if (!node.position) return;
    const { start, end } = node.position;
    if (node.type === 'code') {
      const snippet = readSnippet(file, text, lines, node as Code);
      add(
        !snippet?.statement || snippet.statement.class === 'manifest' ? judged : code,
        node.position,
      );
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
    } else if (node.type === 'paragraph' && text.startsWith(':::', start.offset)) {
      faults.push(
        fault(
          'admonition-unread',
          start.line,
          start.column,
          'this admonition is shown as plain text; write :::note[A title] and end it with a line :::',
        ),
      );
    } else if (node.type === 'html' && !text.startsWith('<!--', start.offset)) {
      for (let line = start.line; line <= end.line; line++) {
        if (!/^[\s>]*(```|~~~)/.test(lines.line(line))) continue;
        add(judged, node.position);
        faults.push(
          fault(
            'block-unowned',
            line,
            1,
            'this fence is part of the HTML above it and is shown as plain text; put an empty line before it',
          ),
        );
        break;
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
    const match = (code.has(line) ? manifestInCode : manifestInText).exec(source);
    if (match && !judged.has(line)) {
      faults.push(
        fault(
          'manifest-outside-yaml',
          line,
          source.indexOf('apiVersion', match.index) + 1,
          'a manifest outside of a yaml block is checked by nothing; give it a yaml block of its own',
        ),
      );
    }
  }
  return { file, snippets, faults };
}

/** Quotes and lists inside of each other, so many that the Markdown parser would need minutes. */
const tooDeep = /^(?:[ \t]*(?:>|(?:[-*+]|\d+[.)])[ \t])){200}/;

/** The first line of a manifest in prose, in HTML or in an expression such as {`apiVersion: v1`}. */
const manifestInText = /(?:^[\s>]*|\{\s*`|<pre[^>]*>(?:<code[^>]*>)?)["']?apiVersion["']?\s*:\s*\S/;
/** The same in a block of another language; also in a list, in a diff and in JSON. */
const manifestInCode = /(?:^[\s>+{[-]*["']?apiVersion["']?|"apiVersion")\s*:\s*\S/;

/** The place that a message names, such as `Expected a closing tag for <Tabs> (3:1-3:7)`. */
function named(reason = ''): Point {
  const [, line = 1, column = 1] = /\((\d+):(\d+)-/.exec(reason) ?? [];
  return { line: Number(line), column: Number(column) };
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

  // A last line that only looks like the closing fence, deeper in or behind another `>`, belongs to the text.
  const between = end.line - start.line - 1;
  const inside = node.value === '' ? between : node.value.split('\n').length;
  const last = lines.line(end.line);
  const closing = new RegExp(`^[\\s>]*\\${ticks[0]}{${ticks.length},}\\s*$`);
  if (end.line === start.line || inside !== between || !closing.test(last)) {
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
  const indents = (node.value === '' ? [] : node.value.split('\n')).map(
    (line, i) => lines.line(start.line + 1 + i).length - line.replace(/\r$/, '').length,
  );
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
