import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { check } from '../../src/check/check.ts';
import { checkExample, isExample } from '../../src/check/example.ts';
import { shownPath } from '../../src/check/files.ts';
import { formatFault } from '../../src/check/report.ts';
import { repository } from '../../src/check/repository.ts';

interface Statement {
  title: string;
  apply?: string[];
  expect: { connections?: { by?: unknown; allowed: unknown }[]; everythingElse: unknown };
}

const root = join(repository, 'examples');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => join(root, path))
  .filter((path) => /\.ya?ml$/.test(path))
  .sort();
const report = await check([root]);
const examples = report.units
  .filter(({ type }) => type === 'example')
  .map(({ file: shown, faults, cases = [] }) => {
    const path = resolve(shown);
    const statements = parseAllDocuments(readFileSync(path, 'utf8')).map(
      (document) => document.toJS() as Statement,
    );
    const own = cases.flatMap((one) => one.faults);
    return {
      path,
      shown,
      statements,
      cases,
      faults: faults.filter((fault) => !own.includes(fault)),
    };
  });
const cases = examples.flatMap(({ shown, cases, statements }) =>
  cases.map((one, i) => ({
    ...one,
    name: `${shown}:${one.line} ${one.title}: ${one.waitsFor.length ? `waits for ${one.waitsFor}` : `${one.pairs} pairs`}`,
    statement: statements[i],
  })),
);

const asked = cases.filter(({ waitsFor }) => waitsFor.length === 0);
const byName = cases.map((one): [string, typeof one] => [one.name, one]);
test.for(byName)('%s', ([, { faults }]) => {
  expect(faults.map((fault) => formatFault(fault)).join('\n')).toBe('');
});

describe('nothing goes unproven', () => {
  test('every example.yaml can be read whole', () => {
    for (const { shown, faults, cases, statements } of examples) {
      expect(faults, shown).toEqual([]);
      expect(cases, shown).toHaveLength(statements.length);
    }
  });

  test('no case is empty', () => {
    expect(asked.filter(({ pairs }) => pairs === 0).map(({ name }) => name)).toEqual([]);
    const silent = cases.filter(({ statement }) => !statement?.expect.connections?.length);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  // Raise them when examples are added; when one is taken away on purpose, lower them.
  test('the number of cases and pairs is not below the recorded one', () => {
    expect(cases.length).toBeGreaterThanOrEqual(119);
    // A file that is not accepted fails its own test, and the cases that need it are not asked.
    if (asked.length < cases.length) return;
    expect(cases.reduce((sum, { pairs }) => sum + pairs, 0)).toBeGreaterThanOrEqual(11_342);
  });

  const policies = files.filter(
    (path) => !isExample(path) && /^kind: \w*NetworkPolicy$/m.test(readFileSync(path, 'utf8')),
  );

  test('every folder with policies has an example.yaml', () => {
    const folders = [...new Set(policies.map((path) => dirname(path)))];
    expect(folders.length).toBeGreaterThan(0);
    const without = folders.filter((folder) => !existsSync(join(folder, 'example.yaml')));
    expect(without.map(shownPath)).toEqual([]);
  });

  test('every policy is applied by a case of its own folder', () => {
    const applied = new Set(
      examples.flatMap(({ path, statements }) =>
        statements.flatMap(({ apply = [] }) => apply.map((name) => resolve(dirname(path), name))),
      ),
    );
    const own = (path: string) =>
      examples
        .filter((example) => dirname(example.path) === dirname(path))
        .some(({ statements }) =>
          statements.some(({ apply = [] }) =>
            apply.some((name) => resolve(dirname(path), name) === path),
          ),
        );
    expect(policies.filter((path) => !applied.has(path)).map(shownPath)).toEqual([]);
    expect(policies.filter((path) => !own(path)).map(shownPath)).toEqual([]);
  });

  test('no two cases of a file have one title', () => {
    for (const { shown, statements } of examples) {
      const titles = statements.map(({ title }) => title);
      expect(new Set(titles).size, shown).toBe(titles.length);
    }
  });
});

test('the same intent in four languages has one truth table', () => {
  const folders = ['kubernetes', 'cluster-network-policy', 'cilium', 'calico'];
  const tables = folders.map((folder) => {
    const found = examples.find(({ path }) => path.includes(join('same-intent', folder)));
    return found?.statements.map((statement) => JSON.stringify(statement.expect)) ?? [];
  });
  const [first] = tables[0] ?? [];
  expect(first).toContain('"by":"api-paths"');
  for (const [i, table] of tables.entries()) expect(table, folders[i]).toContain(first);
});

/** What a table that does not hold is told: the place in its file, and the whole of the message or its part. */
const refused: Record<string, [place: string, message: string][]> = {
  right: [],
  'wrong-row': [
    [
      '6:7 expectation',
      'shop/a => shop/b 80 denied: really TCP 80 allowed; egress TCP 80 allowed: no policy selects this side; ingress TCP 80 allowed by NetworkPolicy shop/b-from-a spec.ingress[0] (test/check/fixtures/examples/b-from-a.yaml:13)',
    ],
  ],
  'wrong-port': [
    ['6:7 expectation', 'shop/a => shop/b 81 allowed: really TCP 81 denied; '],
    ['7:7 expectation', '*/* => shop/b denied, for shop/a[Pod] => shop/b[Pod]: really TCP 80'],
  ],
  'missing-row': [
    ['6:7 expectation', '*/* => shop/b denied, for shop/a[Pod] => shop/b[Pod]: really TCP 80'],
  ],
  'missing-pair': [
    [
      '8:3 expectation',
      '0.0.0.0-255.255.255.255 => shop/b[Pod] has no row, so it should be allowed; for all it is not: ingress all denied because no rule matches in NetworkPolicy shop/b-from-a (test/check/fixtures/examples/b-from-a.yaml:6)',
    ],
  ],
  'unsaid-port': [
    ['6:7 expectation', 'shop/a[Pod] => shop/b[Pod]: no row says that TCP 80 passes; '],
  ],
  'wrong-else': [
    [
      '9:3 expectation',
      'shop/a[Pod] => 0.0.0.0-255.255.255.255 has no row, so it should be denied; ',
    ],
    ['9:3 expectation', 'shop/b[Pod] => shop/a[Pod] has no row, so it should be denied; '],
    [
      '9:3 expectation',
      'shop/b[Pod] => 0.0.0.0-255.255.255.255 has no row, so it should be denied; ',
    ],
    ['9:3 expectation', 'and 1 more pairs without a row are not denied'],
  ],
  'many-wrong': [
    ...['0.0.0.0-9.255.255.255', '10.0.0.0-10.255.255.255', '11.0.0.0-172.15.255.255'].map(
      (range): [string, string] => [
        '10:7 expectation',
        `outside => */* denied, for ${range} => shop/a[Pod]: really all allowed; `,
      ],
    ),
    ['10:7 expectation', 'and 2 more pairs of this row'],
  ],
  'said-twice': [['7:7 expectation', 'shop/a => shop/b denied: other rows say it all']],
  'wrong-by': [
    [
      '6:7 expectation',
      'shop/a => shop/b 80 allowed: a-to-b does not decide this; shop/b-from-a does',
    ],
  ],
  'by-too-much': [['8:7 expectation', ': default-deny does not decide this; shop/b-from-a does']],
  'by-where-open': [
    ['9:7 expectation', 'shop/b => shop/a allowed: b-from-a does not decide this; no policy does'],
  ],
  'missing-by': [['6:7 expectation', 'by names none of shop/b-from-a, which decides TCP 80']],
  'missing-by-of-denied': [['8:7 expectation', 'by is missing; it is denied by shop/b-from-a']],
  'typo-in-name': [
    ['9:3 expectation', 'shop/a[Pod] => shop/b[Pod] has no row, so it should be allowed; '],
    ['6:7 expectation', 'shop/aa => shop/b 80 allowed names no pair of this cluster'],
    ['7:7 expectation', 'shop/aa => shop/b denied names no pair of this cluster'],
  ],
  'typo-in-side': [['8:7 example-key', 'outsid is neither ns/name nor an address']],
  'typo-in-protocol': [
    ['6:7 example-key', '80/TPC is not a port like 80/TCP; the protocols are TCP, UDP, SCTP'],
  ],
  'range-backwards': [
    ['8:7 example-key', '10.0.0.9-10.0.0.1 is not a range like 10.0.0.0-10.0.0.255'],
  ],
  'unknown-key': [
    ['2:1 example-key', 'unknown key clusters; an example has title, cluster, apply, expect'],
  ],
  'unknown-key-in-expect': [
    ['9:3 example-key', 'unknown key everything; expect has connections and everythingElse'],
    [
      '4:1 example-key',
      'expect needs everythingElse: denied or allowed, so that no pair is left unsaid',
    ],
  ],
  'unknown-key-in-row': [
    ['6:7 example-key', 'unknown key prot; a row has from, to, port, ports, allowed, by'],
  ],
  'unclear-outcome': [
    ['6:7 example-key', 'a row needs allowed: true, false, conditional or unspecified'],
  ],
  'missing-file': [['3:9 file-missing', '/b-from-a.yml: cannot read this: no such file or folder']],
  'missing-cluster': [
    ['2:1 file-missing', '/clusters/three.yaml: cannot read this: no such file or folder'],
  ],
  'missing-title': [['1:1 example-key', 'an example needs a title']],
  'missing-expect': [['1:1 example-key', 'an example needs expect: what must hold']],
  'missing-else': [['4:1 example-key', 'expect needs everythingElse: denied or allowed']],
  'policy-left-out': [
    ['12:11 policy-left-out', 'NetworkPolicy shop/b-from-nobody is left out'],
    ['6:7 expectation', 'b-from-a does not decide this; no policy does'],
    ['7:7 expectation', 'really TCP 1-79,81-65535; UDP all; SCTP all allowed; '],
    ['8:7 expectation', 'really all allowed; '],
  ],
  'second-case': [['16:7 expectation', 'shop/a => shop/b 80 denied: really TCP 80 allowed; ']],
  'not-yaml': [['4:1 yaml-syntax', 'this is not YAML: ']],
  empty: [['1:1 example-key', 'nothing stands here; an example has title, cluster, apply, expect']],
};

describe('an example that does not hold is refused at its line', () => {
  const fixtures = join(import.meta.dirname, 'fixtures', 'examples');

  test.for(Object.entries(refused))('%s', async ([name, expected]) => {
    const path = join(fixtures, name, 'example.yaml');
    const text = readFileSync(path, 'utf8');
    const { cases, faults } = await checkExample({ path, shown: `${name}.yaml` }, text, fixtures);
    const found = [...faults, ...cases.flatMap((one) => one.faults)];
    expect(found.map(({ line, column, rule }) => `${line}:${column} ${rule}`)).toEqual(
      expected.map(([place]) => place),
    );
    for (const [i, [, message]] of expected.entries()) expect(found[i]?.message).toContain(message);
  });

  test('every fixture is tried', () => {
    const folders = readdirSync(fixtures, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'clusters')
      .map((entry) => entry.name);
    expect(Object.keys(refused).sort()).toEqual(folders.sort());
  });

  test('the fault is shown with its line', async () => {
    const path = join(fixtures, 'wrong-by', 'example.yaml');
    const text = readFileSync(path, 'utf8');
    const { cases } = await checkExample({ path, shown: 'wrong-by.yaml' }, text, fixtures);
    expect(cases[0]?.faults[0]).toMatchObject({
      file: 'wrong-by.yaml',
      severity: 'error',
      source: '    - { from: shop/a, to: shop/b, port: 80, allowed: true, by: a-to-b }',
    });
  });
});
