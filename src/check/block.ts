import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkDiagram } from '../diagrams/mermaid.ts';
import type { Fault } from '../fault.ts';
import { sideFilter } from '../policy/sides.ts';
import type { Statement } from '../snippets/grammar.ts';
import type { Snippet } from '../snippets/page.ts';
import type { Judges } from '../validate/judge.ts';
import { type TextFault, validateManifests } from '../validate/validate.ts';
import { shownPath } from './files.ts';
import type { CheckedFile, NamedFile } from './manifest-file.ts';
import { failure, labelOf, newUnit, type Unit } from './unit.ts';

export interface BlockContext {
  judges: Judges;
  kubernetes: readonly string[];
  /** the folder `file=` and `example=` are looked up in */
  examples: string;
  /** the verdict on a file, made once however many pages show it; undefined when there is none to read */
  embed(file: NamedFile): Promise<CheckedFile | undefined>;
}

type Of<C extends Statement['class']> = Extract<Statement, { class: C }>;

/** The verdict on one block of a page, by what its fence states. */
export async function checkBlock(snippet: Snippet, context: BlockContext): Promise<Unit> {
  const { page, line, statement, fence } = snippet;
  const unit = newUnit('snippet', page, fence.language || 'no language', line);
  unit.snippet = snippet;
  unit.faults = [...snippet.faults];
  // A fence that cannot be read says nothing reliable about its block.
  if (unit.faults.length > 0 || !statement) return unit;
  if (statement.class === 'table') await checkTable(unit, snippet, statement, context);
  else if (statement.class === 'diagram') {
    const found = await checkDiagram(snippet.text);
    unit.faults = found.map((fault) => inPage(snippet, fault));
  } else if (statement.class === 'manifest') {
    const { file } = statement;
    if (file !== undefined) await checkEmbedded(unit, snippet, { ...statement, file }, context);
    else await checkManifests(unit, snippet, statement, context);
  }
  return unit;
}

/** A block that shows a file of `examples/`: the file has its own verdict, here it must only be there. */
async function checkEmbedded(
  unit: Unit,
  snippet: Snippet,
  { file, lines }: Of<'manifest'> & { file: string },
  context: BlockContext,
): Promise<void> {
  unit.label = `${snippet.fence.language} file=${file}`;
  if (snippet.text.trim() !== '') {
    unit.faults.push(
      atFence(snippet, 'file-and-text', `the block takes its text from ${file}; leave it empty`),
    );
    return;
  }
  const path = join(context.examples, file);
  const embedded = await context.embed({ path, shown: shownPath(path) });
  if (!embedded) {
    unit.faults.push(
      atFence(
        snippet,
        'file-missing',
        `examples/${file}: no such file or folder; every embedded file lies in examples/`,
      ),
    );
    return;
  }
  unit.embeds = embedded;
  unit.refusals = embedded.unit.refusals;
  // The page that shows an example also says what it does, so that must hold as well.
  const example = join(dirname(path), 'example.yaml');
  if (existsSync(example))
    unit.example = (await context.embed({ path: example, shown: shownPath(example) }))?.unit;
  const count = embedded.text.replace(/\n$/, '').split('\n').length;
  const [first, last] = lines ?? [1, count];
  if (first > last || last > count) {
    unit.faults.push(
      atFence(
        snippet,
        'fence-key',
        `lines=${first}-${last} is outside of ${file}, which has ${count} lines`,
      ),
    );
  }
}

/** A block that shows the truth table of an example's case. */
async function checkTable(
  unit: Unit,
  snippet: Snippet,
  { example, case: number, only }: Of<'table'>,
  context: BlockContext,
): Promise<void> {
  unit.label = `truth-table ${example} ${number}`;
  const path = join(context.examples, example, 'example.yaml');
  unit.example = (await context.embed({ path, shown: shownPath(path) }))?.unit;
  const { cases = [] } = unit.example ?? {};
  unit.table = cases[number - 1];
  if (!unit.example) {
    unit.faults.push(atFence(snippet, 'file-missing', `examples/${example} has no example.yaml`));
  } else if (!unit.table) {
    unit.faults.push(
      atFence(
        snippet,
        'fence-key',
        `case=${number} is outside of ${example}, which has ${cases.length}`,
      ),
    );
  }
  for (const side of only) {
    try {
      sideFilter(side);
    } catch (error) {
      unit.faults.push(atFence(snippet, 'fence-key', (error as Error).message));
    }
  }
}

/** A block of manifests that stands on the page. */
async function checkManifests(
  unit: Unit,
  snippet: Snippet,
  statement: Of<'manifest'>,
  { judges, kubernetes }: BlockContext,
): Promise<void> {
  try {
    const report = await validateManifests(snippet.text, statement, judges, kubernetes);
    unit.documents = report.documents;
    unit.label = labelOf(snippet.fence.language, report);
    unit.faults = report.faults.map((fault) => inPage(snippet, fault));
    unit.refusals = report.refusals.map((fault) => inPage(snippet, fault));
  } catch (error) {
    unit.faults.push(atFence(snippet, 'check-failed', failure(snippet.page, error).message));
  }
}

function atFence({ page, line, column }: Snippet, rule: string, message: string): Fault {
  return { file: page, line, column, rule, severity: 'error', message };
}

/** Moves a fault from its place in a block to its place in the page. */
function inPage(snippet: Snippet, { document, ...fault }: TextFault): Fault {
  const line = fault.line === 0 ? snippet.line : snippet.line + fault.line;
  const indent = snippet.indents[fault.line - 1] ?? 0;
  return { file: snippet.page, ...fault, line, column: fault.column + indent };
}
