import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDiagram } from '../../src/diagrams/mermaid.ts';
import { places } from '../places.ts';

const fixtures = new URL('fixtures/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(`${name}.mmd`, fixtures), 'utf8');
const files = readdirSync(fixtures).map((file) => file.replace(/\.mmd$/, ''));
const good = files.filter((file) => file.startsWith('good-'));

/** Each other diagram in fixtures/: where its faults stand and what the author reads. */
const cases: Record<string, [place: string, said: string][]> = {
  'broken-flowchart': [['5:1 mermaid-syntax', "Mermaid cannot draw this: Expecting 'SEMI'"]],
  'broken-below-comments': [['9:1 mermaid-syntax', "got 'MINUS'"]],
  'broken-below-front-matter': [['8:1 mermaid-syntax', "got 'MINUS'"]],
  'broken-below-a-directive': [['5:1 mermaid-syntax', "got 'MINUS'"]],
  'broken-below-blank-lines': [['7:1 mermaid-syntax', "got 'MINUS'"]],
  'broken-in-the-last-line': [['5:1 mermaid-syntax', 'Mermaid cannot draw this']],
  'broken-sequence': [['5:1 mermaid-syntax', "got 'NEWLINE'"]],
  'broken-pie': [['5:1 mermaid-syntax', 'Parsing failed']],
  'unknown-type': [['1:1 mermaid-syntax', 'No diagram type detected']],
  'not-a-diagram': [['1:1 mermaid-syntax', 'No diagram type detected']],
  'comments-only': [['1:1 mermaid-syntax', 'No diagram type detected']],
  'too-many-edges': [['1:1 mermaid-syntax', 'the limit is 500']],
  'without-title-and-description': [
    ['1:1 mermaid-accessible', 'add a line accTitle: a name'],
    ['1:1 mermaid-accessible', 'add a line accDescr: what it shows'],
  ],
  'without-title': [['1:1 mermaid-accessible', 'add a line accTitle: a name']],
  'without-description': [['1:1 mermaid-accessible', 'add a line accDescr: what it shows']],
  'type-that-cannot-be-heard': [
    ['1:1 mermaid-accessible', 'this type of diagram cannot say anything to a screen reader'],
  ],
};

test('every fixture is listed', () => {
  expect([...Object.keys(cases), ...good].sort()).toEqual(files.sort());
  expect(good.length).toBeGreaterThanOrEqual(8);
});

test.for(good)('%s', async (name) => {
  expect(await checkDiagram(textOf(name))).toEqual([]);
});

test.for(Object.entries(cases))('%s', async ([name, expected]) => {
  const faults = await checkDiagram(textOf(name));
  expect(places(faults)).toEqual(expected.map(([place]) => place));
  for (const [i, [, said]] of expected.entries()) expect(faults[i]?.message).toContain(said);
  for (const { message } of faults) expect(message).not.toMatch(/\n/);
});

test.for(['', '  \n\n'])('an empty diagram: %j', async (text) => {
  expect(places(await checkDiagram(text))).toEqual(['0:1 mermaid-syntax']);
});

test('CRLF line ends do not move a fault', async () => {
  const [fault] = await checkDiagram(textOf('broken-below-comments').replaceAll('\n', '\r\n'));
  expect(fault).toMatchObject({ line: 9, source: '  b -> -> c' });
});

test('the texts of one diagram do not count for the next', async () => {
  expect(await checkDiagram(textOf('good-flowchart'))).toEqual([]);
  expect(await checkDiagram(textOf('without-title-and-description'))).toHaveLength(2);
});

describe('afterwards', () => {
  test.for(['window', 'document'])('there is no global %s', async (name) => {
    await checkDiagram(textOf('good-flowchart'));
    expect(name in globalThis).toBe(false);
  });
});
