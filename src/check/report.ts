import { styleText } from 'node:util';
import type { Fault } from '../fault.ts';
import { allFaults, type Report } from './unit.ts';

export interface Summary {
  files: number;
  /** fenced blocks of pages */
  snippets: number;
  /** YAML documents, wherever they stand; a document that does not parse counts */
  documents: number;
  /** documents whose verdict is what their author states */
  valid: number;
  invalid: number;
}

export function summarize(report: Report): Summary {
  const documents = report.units.flatMap((unit) => unit.documents);
  const valid = documents.filter((document) => document.asStated).length;
  return {
    files: report.files,
    snippets: report.units.filter((unit) => unit.type === 'snippet').length,
    documents: documents.length,
    valid,
    invalid: documents.length - valid,
  };
}

/** The whole report for programs. `kubernetes` names the minors of a fault, such as "1.35, 1.36". */
export function toJson(report: Report): string {
  const results = allFaults(report).map(
    ({ file, line, column, rule, severity, message, kind, name, kubernetes }) => ({
      file,
      line,
      column,
      rule,
      severity,
      message,
      kind: kind ?? '',
      name: name ?? '',
      kubernetes: (kubernetes ?? report.kubernetes).join(', '),
    }),
  );
  return JSON.stringify({ summary: summarize(report), results }, null, 2);
}

/** The whole report for people: a line for each fault, the offending line below it, a summary last. */
export function toText(report: Report): string {
  const faults = allFaults(report);
  const { files, snippets, documents, valid, invalid } = summarize(report);
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  const verdict = [
    `${count(files, 'file')}, ${count(snippets, 'snippet')}, ${count(documents, 'document')}`,
    `${valid} as stated, ${invalid} not`,
    `Kubernetes ${report.kubernetes.join(', ')}`,
    count(faults.length, 'fault'),
  ].join(' · ');
  return [
    ...faults.map((fault) => formatFault(fault, report.kubernetes)),
    styleText(faults.length ? 'red' : 'green', verdict),
  ].join('\n');
}

export function formatFault(fault: Fault, kubernetes: readonly string[] = []): string {
  const place = [fault.file, fault.line, fault.column].filter((part) => part !== 0).join(':');
  const some = fault.kubernetes && fault.kubernetes.length < kubernetes.length;
  const versions = some ? ` [Kubernetes ${fault.kubernetes?.join(', ')}]` : '';
  const line = `${styleText('bold', printable(place))}  ${styleText('red', fault.rule)}  ${printable(fault.message)}${versions}`;
  return fault.source?.trim() ? `${line}\n${excerpt(fault.source, fault.column)}` : line;
}

const width = 100;

/** The offending line with a mark below the column; a long line is cut around the mark. */
function excerpt(source: string, column: number): string {
  const from = Math.max(0, Math.min(column - 1 - width / 2, source.length - width));
  const shown = printable(source.slice(from, from + width).trimEnd());
  const mark =
    column > 0
      ? `\n${styleText('dim', '    |')} ${' '.repeat(Math.max(0, column - 1 - from))}${styleText('red', '^')}`
      : '';
  return `${styleText('dim', '    |')} ${shown}${mark}`;
}

/** Control characters of a checked file must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
