import type { Code, Parent, Root } from 'mdast';
import type { MdxJsxFlowElement } from 'mdast-util-mdx-jsx';
import { visit } from 'unist-util-visit';
import type { VFile } from 'vfile';
import { check } from '../../check/check.ts';
import { formatFault } from '../../check/report.ts';
import type { Unit } from '../../check/unit.ts';
import { readSchemaFile } from '../../schemas/node.ts';
import { createJudges, type Judges } from '../../validate/judge.ts';
import { truthTable } from './truth-table.ts';
import { pageVerdict, snippetVerdict } from './verdict.ts';

/** One kubeconform for all pages of a build. */
let judges: Judges | undefined;

/**
 * Puts the embedded files and the real verdicts into a page: each block of manifests becomes a
 * `<Snippet>`, and the page begins with a `<PageVerdict>`. It runs the same check as `guide check`.
 *
 * A block that cannot be shown (its file is missing, its fence cannot be read) stops the build with
 * file and line. One whose verdict is not as stated is shown with that verdict: refusing it is the
 * task of the tests, and an author wants to see the page while mending it.
 */
export function remarkSnippets() {
  return async (tree: Root, file: VFile) => {
    judges ??= createJudges(readSchemaFile);
    const { units, kubernetes } = await check([file.path], { judges });
    const own = units.filter((unit) => unit.snippet);
    const blocks: { node: Code; index: number; parent: Parent }[] = [];
    visit(tree, 'code', (node, index, parent) => {
      if (index !== undefined && parent) blocks.push({ node, index, parent });
    });
    // Docusaurus takes the front matter off before it parses, so places differ but the order does not.
    if (blocks.length !== own.length) {
      throw new Error(
        `${file.path}: the site finds ${blocks.length} blocks, the checker ${own.length}`,
      );
    }
    const broken = own.flatMap((unit) =>
      unit.faults.filter((fault) => cannotBeShown.test(fault.rule)),
    );
    if (broken.length) throw new Error(broken.map((fault) => formatFault(fault)).join('\n'));

    blocks.forEach(({ node, index, parent }, i) => {
      const unit = own[i];
      const statement = unit?.snippet?.statement;
      if (unit && statement?.class === 'manifest') {
        parent.children[index] = showManifest(node, unit, kubernetes);
      } else if (unit?.table?.connections && statement?.class === 'table') {
        const { title, connections } = unit.table;
        const data = truthTable(
          title,
          `examples/${statement.example}`,
          connections,
          statement.only,
        );
        parent.children[index] = element('TruthTable', { data: JSON.stringify(data) }, []);
      }
    });
    const summary = pageVerdict(own, kubernetes);
    if (summary.accepted + summary.rejected + summary.faults > 0) {
      tree.children.unshift(element('PageVerdict', { summary: JSON.stringify(summary) }, []));
    }
  };
}

const cannotBeShown = /^(fence-|file-)/;

function showManifest(node: Code, unit: Unit, kubernetes: readonly string[]): MdxJsxFlowElement {
  const { verdict, text, marked } = snippetVerdict(unit, kubernetes);
  const statement = unit.snippet?.statement;
  const given = unit.snippet?.fence.keys ?? [];
  const value = (key: string) => given.find((k) => k.key === key)?.value;
  const file = statement?.class === 'manifest' ? statement.file : undefined;
  const title = value('title') ?? (file && `examples/${file}`);
  const lines = value('{}') ?? (marked.length ? `{${marked.join(',')}}` : undefined);
  const code: Code = {
    ...node,
    lang: 'yaml',
    value: text,
    meta: [title && `title="${title}"`, value('showLineNumbers') && 'showLineNumbers', lines]
      .filter(Boolean)
      .join(' '),
  };
  return element('Snippet', { verdict: JSON.stringify(verdict) }, [code]);
}

function element(
  name: string,
  attributes: Record<string, string>,
  children: Code[],
): MdxJsxFlowElement {
  return {
    type: 'mdxJsxFlowElement',
    name,
    attributes: Object.entries(attributes).map(([name, value]) => ({
      type: 'mdxJsxAttribute',
      name,
      value,
    })),
    children,
  };
}
