import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import sidebars from '../../sidebars.ts';
import { check } from '../../src/check/check.ts';
import { formatFault } from '../../src/check/report.ts';
import { repository } from '../../src/check/repository.ts';
import { allFaults, type Unit } from '../../src/check/unit.ts';

// The guide itself: every page, block and example, judged as `guide check` judges it.
const report = await check([join(repository, 'docs'), join(repository, 'examples')]);
const newest = report.kubernetes.at(-1) ?? '';

/**
 * The faults of a unit for which the test of one minor stands. A fault in several minors stands with
 * the newest of them, so that one mistake makes one test fail; older minors fail where they differ.
 */
function faultsIn(unit: Unit, minor: string): string {
  return unit.faults
    .filter((fault) => (fault.kubernetes?.at(-1) ?? newest) === minor)
    .map((fault) => formatFault(fault, report.kubernetes))
    .join('\n');
}

// Truth tables have tests of their own, one for each case: examples.test.ts.
const units = report.units.filter(({ type }) => type !== 'example');
const named = units.map((unit): [string, Unit] => [
  `${[unit.file, unit.line].filter(Boolean).join(':')} ${unit.label}`,
  unit,
]);

describe.for(named)('%s', ([, unit]) => {
  const minors = unit.documents.length ? report.kubernetes.toReversed() : [newest];
  test.for(minors)(minors.length === 1 ? 'is as stated' : 'Kubernetes %s', (minor) => {
    expect(faultsIn(unit, minor)).toBe('');
  });
});

test('every path can be read', () => {
  expect(report.faults.map((fault) => formatFault(fault))).toEqual([]);
});

test('no fault escapes the tests above', () => {
  const seen = units.flatMap((unit) => report.kubernetes.map((minor) => faultsIn(unit, minor)));
  const count = seen
    .join('\n')
    .split('\n')
    .filter((line) => /^\S.* {2}/.test(line)).length;
  expect(count).toBe(allFaults({ ...report, units, faults: [] }).length);
});

describe('nothing is lost', () => {
  const pages = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.mdx?$/.test(path))
    .sort();

  test('every page of docs/ stands in the sidebar, and the other way round', () => {
    const listed = JSON.stringify(sidebars).match(/"(?:\w[\w-]*\/)*\w[\w-]*"/g) ?? [];
    const ids = pages.map((page) => page.replace(/\.mdx?$/, '').replaceAll('\\', '/'));
    for (const id of ids) expect(listed, `${id} in sidebars.ts`).toContain(`"${id}"`);
  });

  // A page that loses a block, or a folder that comes out empty, changes this file. `npm test -- -u` writes it anew.
  test('the count of blocks on each page and of documents in each example is the recorded one', async () => {
    const lines: Record<string, Record<string, number>> = {};
    for (const unit of report.units) {
      const name =
        unit.type === 'manifests' ? unit.file.split('/').slice(0, 3).join('/') : unit.file;
      lines[name] ??= {};
      const counts = lines[name];
      const add = (what: string, n = 1) => {
        counts[what] = (counts[what] ?? 0) + n;
      };
      if (unit.type === 'manifests') add('files');
      add('documents', unit.documents.length);
      const statement = unit.snippet?.statement;
      if (statement?.class === 'manifest') {
        const { file, rejected, fragment } = statement;
        add(file ? 'embedded' : rejected ? 'rejected' : fragment ? 'fragments' : 'yaml');
      } else if (statement) add(statement.class === 'diagram' ? 'diagrams' : 'listed');
    }
    const text = Object.entries(lines)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, counts]) =>
          `${name}: ${Object.entries(counts)
            .map(([what, n]) => `${n} ${what}`)
            .join(', ')}`,
      );
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('guide-pages.counts.txt');
  });

  test('every example is shown on a page', () => {
    const embedded = new Set(
      report.units.flatMap((unit) => (unit.embeds ? [unit.embeds.unit.file] : [])),
    );
    const orphans = report.units
      .filter((u) => u.type === 'manifests' && !embedded.has(u.file))
      .map((u) => u.file);
    expect(orphans).toEqual([]);
  });
});
