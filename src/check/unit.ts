import type { Fault } from '../fault.ts';
import type { Snippet } from '../snippets/page.ts';
import type { DocumentReport, ManifestReport } from '../validate/validate.ts';
import type { ExampleCase } from './example.ts';
import { reason } from './read.ts';

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

/** A unit of which nothing is known yet. */
export function newUnit(type: Unit['type'], file: string, label: string, line = 0): Unit {
  return { file, line, type, label, documents: [], faults: [], refusals: [] };
}

/** All faults of a report, in the order of files and lines. */
export function allFaults(report: Report): Fault[] {
  const faults = [...report.faults, ...report.units.flatMap((unit) => unit.faults)];
  return faults.sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

/** Whatever makes a check fail is one fault of the file; all others are still judged. */
export function failure(file: string, error: unknown): Fault {
  const message = `this cannot be checked: ${reason(error)}`;
  return { file, line: 0, column: 0, rule: 'check-failed', severity: 'error', message };
}

/** As an author would name it: `yaml NetworkPolicy default-deny`. */
export function labelOf(language: string, { documents }: ManifestReport): string {
  const names = documents
    .slice(0, 3)
    .map(({ kind, name }) => [kind, name].filter(Boolean).join(' '));
  if (documents.length > 3) names.push(`and ${documents.length - 3} more`);
  return [language, names.filter(Boolean).join(', ')].filter(Boolean).join(' ');
}
