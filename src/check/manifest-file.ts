import { readHeader } from '../snippets/header.ts';
import type { Judges } from '../validate/judge.ts';
import { validateManifests } from '../validate/validate.ts';
import { checkExample, type IsAccepted, isExample } from './example.ts';
import { readText } from './read.ts';
import { failure, labelOf, newUnit, type Unit } from './unit.ts';

/** A file: where it is, and how faults name it. */
export interface NamedFile {
  path: string;
  shown: string;
}

export interface CheckedFile {
  unit: Unit;
  text: string;
}

/** The verdict on a file that is no page: an example's truth tables, or manifests. */
export function checkFile(
  file: NamedFile,
  judges: Judges,
  kubernetes: readonly string[],
  examples: string,
  isAccepted: IsAccepted,
): Promise<CheckedFile> {
  return isExample(file.path)
    ? checkExampleFile(file, examples, isAccepted)
    : checkManifestFile(file, judges, kubernetes);
}

/** Checks an `example.yaml`: its truth tables. */
async function checkExampleFile(
  { path, shown }: NamedFile,
  examples: string,
  isAccepted: IsAccepted,
): Promise<CheckedFile> {
  const unit = newUnit('example', shown, 'truth tables');
  const read = await readText(path, shown);
  if ('fault' in read) return { unit: { ...unit, faults: [read.fault] }, text: '' };
  const { cases, faults } = await checkExample({ path, shown }, read.text, examples, isAccepted);
  unit.cases = cases;
  unit.faults.push(...faults, ...cases.flatMap((one) => one.faults));
  return { unit, text: read.text };
}

/** Checks a file of manifests by what its first comment line states. */
async function checkManifestFile(
  { path, shown }: NamedFile,
  judges: Judges,
  kubernetes: readonly string[],
): Promise<CheckedFile> {
  const unit = newUnit('manifests', shown, 'manifests');
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
