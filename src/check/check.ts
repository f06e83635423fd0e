import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDiagram } from '../diagrams/mermaid.ts';
import { type Fault, Lines } from '../fault.ts';
import { sideFilter } from '../policy/sides.ts';
import { kubernetesVersions } from '../schemas/index.ts';
import { readSchemaFile } from '../schemas/node.ts';
import { readHeader } from '../snippets/header.ts';
import { readPage, type Snippet } from '../snippets/page.ts';
import { createJudges, type Judges } from '../validate/judge.ts';
import {
  type DocumentReport,
  type ManifestReport,
  validateManifests,
} from '../validate/validate.ts';
import { checkExample, type ExampleCase, isExample } from './example.ts';
import { type File, findFiles, shownPath } from './files.ts';
import { readText, reason } from './read.ts';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Whatever gets a verdict of its own: a page as such, a block of a page, a manifest file. */
export interface Unit {
  file: string;
  /** 0 for a page or file as a whole */
  line: number;
  type: 'page' | 'snippet' | 'manifests' | 'example';
  /** as its author would name it: `yaml NetworkPolicy default-deny` */
  label: string;
  documents: DocumentReport[];
  /** where the verdict is not what the author states */
  faults: Fault[];
  /** why it is refused, when its author says that it is */
  refusals: Fault[];
  /** the cases of an example with the size of their truth tables */
  cases?: ExampleCase[];
  /** for a block that embeds a file: the truth tables that hold for it */
  example?: Unit;
  /** for a truth table: the case it shows */
  table?: ExampleCase;
  /** the block, for a snippet */
  snippet?: Snippet;
  /** for a block that embeds a file: that file's unit and text */
  embeds?: { unit: Unit; text: string };
}

export interface Report {
  kubernetes: readonly string[];
  files: number;
  units: Unit[];
  /** paths that could not be read or hold nothing; units have their own */
  faults: Fault[];
}

export interface CheckOptions {
  /** Kubernetes minors to judge by; all supported ones unless given */
  kubernetes?: readonly string[];
  /** the folder `file=` is looked up in */
  examples?: string;
  /** kubeconform that is already running, for callers that check often */
  judges?: Judges;
}

/** Checks files and folders: the one pipeline behind the command, the tests and the site. */
export async function check(paths: string[], options: CheckOptions = {}): Promise<Report> {
  const { examples = join(repository, 'examples') } = options;
  const kubernetes = kubernetesVersions.filter((v) => options.kubernetes?.includes(v) ?? true);
  const judges = options.judges ?? createJudges(readSchemaFile);
  const { files, faults } = await findFiles(paths);
  const manifestUnits = new Map<string, Promise<{ unit: Unit; text: string }>>();

  const manifests = (file: Omit<File, 'type'>) => {
    const known = manifestUnits.get(file.path);
    if (known) return known;
    const checked = isExample(file.path)
      ? checkExampleFile(file, examples)
      : checkManifestFile(file, judges, kubernetes);
    manifestUnits.set(file.path, checked);
    return checked;
  };

  const units: Unit[] = [];
  try {
    for (const file of files) {
      if (file.type === 'manifests') await manifests(file);
      else units.push(...(await checkPage(file)));
    }
    for (const checked of manifestUnits.values()) units.push((await checked).unit);
  } finally {
    if (!options.judges) judges.close();
  }
  const read = new Set([...files.map((f) => f.path), ...manifestUnits.keys()]);
  return { kubernetes, files: read.size, units, faults };

  async function checkPage(file: File): Promise<Unit[]> {
    const page: Unit = {
      file: file.shown,
      line: 0,
      type: 'page',
      label: 'page',
      documents: [],
      faults: [],
      refusals: [],
    };
    const read = await readText(file.path, file.shown);
    if ('fault' in read) return [{ ...page, faults: [read.fault] }];
    const units: Unit[] = [page];
    try {
      const { snippets, faults } = readPage(file.shown, read.text);
      page.faults = faults;
      for (const snippet of snippets) units.push(await checkSnippet(snippet));
    } catch (error) {
      page.faults.push(failure(file.shown, error));
    }
    const lines = new Lines(read.text);
    for (const fault of units.flatMap((unit) => [...unit.faults, ...unit.refusals])) {
      if (fault.file === file.shown) fault.source = lines.line(fault.line);
    }
    return units;
  }

  /** The page that shows an example also says what it does, so that must hold as well. */
  async function exampleBeside(file: string): Promise<Unit | undefined> {
    const path = join(dirname(file), 'example.yaml');
    return existsSync(path) ? (await manifests({ path, shown: shownPath(path) })).unit : undefined;
  }

  async function checkSnippet(snippet: Snippet): Promise<Unit> {
    const { page, line, column, statement, fence } = snippet;
    const unit: Unit = {
      file: page,
      line,
      type: 'snippet',
      label: fence.language || 'no language',
      documents: [],
      faults: [...snippet.faults],
      refusals: [],
      snippet,
    };
    // A fence that cannot be read says nothing reliable about its block.
    if (unit.faults.length > 0 || !statement) return unit;
    const atFence = (rule: string, message: string): Fault => ({
      file: page,
      line,
      column,
      rule,
      severity: 'error',
      message,
    });

    if (statement.class === 'table') {
      unit.label = `truth-table ${statement.example} ${statement.case}`;
      const path = join(examples, statement.example, 'example.yaml');
      const { unit: example } = await manifests({ path, shown: shownPath(path) });
      unit.table = example.cases?.[statement.case - 1];
      unit.example = example;
      if (example.faults.some((f) => f.rule === 'unreadable')) {
        unit.faults.push(
          atFence('file-missing', `examples/${statement.example} has no example.yaml`),
        );
        if (!files.some((f) => f.path === path)) manifestUnits.delete(path);
      } else if (!unit.table) {
        unit.faults.push(
          atFence(
            'fence-key',
            `case=${statement.case} is outside of ${statement.example}, which has ${example.cases?.length ?? 0}`,
          ),
        );
      }
      unit.faults.push(...badSides(statement.only).map((message) => atFence('fence-key', message)));
    } else if (statement.class === 'diagram') {
      const found = await checkDiagram(snippet.text);
      unit.faults.push(...found.map((f) => inPage(snippet, f)));
    } else if (statement.class === 'manifest' && statement.file !== undefined) {
      unit.label = `${fence.language} file=${statement.file}`;
      if (snippet.text.trim() !== '') {
        unit.faults.push(
          atFence(
            'file-and-text',
            `the block takes its text from ${statement.file}; leave it empty`,
          ),
        );
        return unit;
      }
      const path = join(examples, statement.file);
      const embedded = await manifests({ path, shown: shownPath(path) });
      const unreadable = embedded.unit.faults.find((f) => f.rule === 'unreadable');
      if (unreadable) {
        unit.faults.push(
          atFence(
            'file-missing',
            `examples/${statement.file}: ${unreadable.message.replace(/^cannot read this: /, '')}; every embedded file lies in examples/`,
          ),
        );
        // The page's line is the one to mend; the file itself was asked for by nobody else.
        if (!files.some((f) => f.path === path)) manifestUnits.delete(path);
        return unit;
      }
      unit.embeds = embedded;
      unit.example = await exampleBeside(path);
      unit.refusals = embedded.unit.refusals;
      const count = embedded.text.replace(/\n$/, '').split('\n').length;
      const [first, last] = statement.lines ?? [1, count];
      if (first > last || last > count) {
        unit.faults.push(
          atFence(
            'fence-key',
            `lines=${first}-${last} is outside of ${statement.file}, which has ${count} lines`,
          ),
        );
      }
    } else if (statement.class === 'manifest') {
      const report = await validateManifests(snippet.text, statement, judges, kubernetes).catch(
        (error) => atFence('check-failed', failure(page, error).message),
      );
      if ('rule' in report) {
        unit.faults.push(report);
        return unit;
      }
      unit.documents = report.documents;
      unit.label = labelOf(fence.language, report);
      unit.faults.push(...report.faults.map((f) => inPage(snippet, f)));
      unit.refusals = report.refusals.map((f) => inPage(snippet, f));
    }
    return unit;
  }
}

function badSides(only: readonly string[]): string[] {
  return only.flatMap((side) => {
    try {
      sideFilter(side);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

async function checkExampleFile(
  { path, shown }: Omit<File, 'type'>,
  examples: string,
): Promise<{ unit: Unit; text: string }> {
  const unit: Unit = {
    file: shown,
    line: 0,
    type: 'example',
    label: 'truth tables',
    documents: [],
    faults: [],
    refusals: [],
  };
  const read = await readText(path, shown);
  if ('fault' in read) return { unit: { ...unit, faults: [read.fault] }, text: '' };
  const { cases, faults } = await checkExample({ path, shown }, read.text, examples);
  unit.cases = cases;
  unit.faults.push(...faults, ...cases.flatMap((one) => one.faults));
  return { unit, text: read.text };
}

async function checkManifestFile(
  { path, shown }: Omit<File, 'type'>,
  judges: Judges,
  kubernetes: readonly string[],
): Promise<{ unit: Unit; text: string }> {
  const unit: Unit = {
    file: shown,
    line: 0,
    type: 'manifests',
    label: 'manifests',
    documents: [],
    faults: [],
    refusals: [],
  };
  const read = await readText(path, shown);
  if ('fault' in read) return { unit: { ...unit, faults: [read.fault] }, text: '' };
  const { text } = read;
  const { statement, problems } = readHeader(text);
  for (const { rule, message, offset } of problems) {
    const before = text.slice(0, offset).split('\n');
    unit.faults.push({
      file: shown,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      rule,
      severity: 'error',
      message,
      source: text.split(/\r?\n/)[before.length - 1],
    });
  }
  const stated = statement?.class === 'manifest' ? statement : {};
  const report = await validateManifests(text, stated, judges, kubernetes).catch((error) =>
    failure(shown, error),
  );
  if ('rule' in report) {
    unit.faults.push(report);
    return { unit, text };
  }
  unit.documents = report.documents;
  unit.label = labelOf('manifests', report);
  unit.faults.push(...report.faults.map(({ document, ...f }) => ({ file: shown, ...f })));
  unit.refusals = report.refusals.map(({ document, ...f }) => ({ file: shown, ...f }));
  return { unit, text };
}

/** Whatever makes a check fail is one fault of the file; all others are still judged. */
function failure(file: string, error: unknown): Fault {
  const message = `this cannot be checked: ${reason(error)}`;
  return { file, line: 0, column: 0, rule: 'check-failed', severity: 'error', message };
}

function labelOf(language: string, { documents }: ManifestReport): string {
  const names = documents
    .slice(0, 3)
    .map(({ kind, name }) => [kind, name].filter(Boolean).join(' '));
  if (documents.length > 3) names.push(`and ${documents.length - 3} more`);
  return [language, names.filter(Boolean).join(', ')].filter(Boolean).join(' ');
}

/** Moves a fault from its place in a block to its place in the page. */
function inPage(
  snippet: Snippet,
  { document, ...fault }: Omit<Fault, 'file'> & { document?: number },
): Fault {
  const line = fault.line === 0 ? snippet.line : snippet.line + fault.line;
  const indent = snippet.indents[fault.line - 1] ?? 0;
  return { file: snippet.page, ...fault, line, column: fault.column + indent };
}

/** All faults of a report, in the order of files and lines. */
export function allFaults(report: Report): Fault[] {
  const faults = [...report.faults, ...report.units.flatMap((unit) => unit.faults)];
  return faults.sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
