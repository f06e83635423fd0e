import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { formatFault, toJson, toText } from '../../src/check/report.ts';
import type { Report } from '../../src/check/unit.ts';
import type { Fault } from '../../src/fault.ts';
import { judges } from '../judges.ts';
import { inTempFolder } from '../temp.ts';

const fault = (more: Partial<Fault>): Fault => ({
  file: 'docs/page.mdx',
  line: 3,
  column: 5,
  rule: 'unknown-field',
  severity: 'error',
  message: 'what is wrong',
  ...more,
});
const report = (...faults: Fault[]): Report => ({
  kubernetes: ['1.36', '1.37'],
  files: 1,
  units: [],
  faults,
});
const shown = (more: Partial<Fault>) =>
  stripVTControlCharacters(formatFault(fault(more), ['1.36', '1.37'])).split('\n');

/** The character above the mark. */
function marked([, line = '', mark = '']: string[]): string {
  return line.charAt(mark.indexOf('^'));
}

describe('a fault for people', () => {
  test('one line, the line of the file, a mark below it', () => {
    expect(shown({ source: '    nmae: web' })).toEqual([
      'docs/page.mdx:3:5  unknown-field  what is wrong',
      '    |     nmae: web',
      '    |     ^',
    ]);
  });
  test.for<[string, Partial<Fault>, string]>([
    ['without a column', { column: 0 }, 'docs/page.mdx:3  unknown-field'],
    ['without a line', { line: 0, column: 0 }, 'docs/page.mdx  unknown-field'],
    ['in every version', { kubernetes: ['1.36', '1.37'] }, 'what is wrong'],
    ['in some versions', { kubernetes: ['1.36'] }, 'what is wrong [Kubernetes 1.36]'],
  ])('%s', ([, more, said]) => {
    const lines = shown(more);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(said);
    expect(lines[0]?.endsWith(']')).toBe(said.endsWith(']'));
  });
  test('a fault without a column has no mark', () => {
    expect(shown({ column: 0, source: 'a: b' })).toEqual([
      'docs/page.mdx:3  unknown-field  what is wrong',
      '    | a: b',
    ]);
  });
  test('a blank line is not shown', () => {
    expect(shown({ source: '   ' })).toHaveLength(1);
  });
  test.for<[string, string, number]>([
    ['a short line', `${'.'.repeat(20)}X${'.'.repeat(20)}`, 21],
    ['a line that just fits', `${'.'.repeat(99)}X`, 100],
    ['the start of a long line', `X${'.'.repeat(1000)}`, 1],
    ['the middle of a long line', `${'.'.repeat(500)}X${'.'.repeat(500)}`, 501],
    ['the end of a long line', `${'.'.repeat(1000)}X`, 1001],
    ['behind tabs', '\t\t\tX', 4],
    ['behind letters that are not ASCII', 'größe: X', 8],
    ['behind control characters', '\u001b[31m\u0007X', 7],
  ])('the mark stands under its character: %s', ([, source, column]) => {
    const lines = shown({ source, column });
    expect(marked(lines)).toBe('X');
    expect(lines[1]?.length).toBeLessThanOrEqual(106);
    expect(lines[1]).not.toContain('\t');
  });
  test('a tab is shown as one blank', () => {
    expect(shown({ source: '\tb: c', column: 2 })).toEqual([
      'docs/page.mdx:3:2  unknown-field  what is wrong',
      '    |  b: c',
      '    |  ^',
    ]);
  });
  test('control characters of a checked file never reach the terminal', () => {
    const odd = '\u001b[2J\u0007\r\n\u202e\u0000';
    const text = formatFault(fault({ file: `a${odd}`, message: `b${odd}`, source: `c${odd}` }));
    const [line, ...others] = stripVTControlCharacters(text).split('\n');
    expect(others).toHaveLength(2);
    expect(`${line}${others.join('')}`).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });
});

test('the summary comes last and counts', async () => {
  await inTempFolder(async (write, folder) => {
    await write('a.yaml', 'apiVersion: v1\nkind: Service\n---\nkind: Pod\n');
    await write('b.mdx', '```yaml\napiVersion: v1\nkind: Service\n```\n\n```text\nx\n```\n');
    const text = toText(await check([folder], { judges }));
    expect(stripVTControlCharacters(text).split('\n').at(-1)).toBe(
      '2 files, 2 snippets, 3 documents · 2 as stated, 1 not · Kubernetes 1.35, 1.36, 1.37 · 1 fault',
    );
  });
});

test('faults stand in the order of files and lines', async () => {
  await inTempFolder(async (write, folder) => {
    await write('b.mdx', '```yaml\na: b\n```\n\napiVersion: v1\n\n```yamll\n```\n');
    await write('a.yaml', 'a: b\n---\nc: d\n');
    const { results } = JSON.parse(toJson(await check([folder], { judges })));
    expect(
      results.map((r: { file: string; line: number }) => `${r.file.slice(-6)}:${r.line}`),
    ).toEqual(['a.yaml:1', 'a.yaml:3', '/b.mdx:2', '/b.mdx:5', '/b.mdx:7']);
  });
});

describe('a report for programs', () => {
  test('has exactly the promised fields', () => {
    const json = JSON.parse(toJson(report(fault({ kind: 'Service', name: 'web', source: 'x' }))));
    expect(json).toEqual({
      summary: { files: 1, snippets: 0, documents: 0, valid: 0, invalid: 0 },
      results: [
        {
          file: 'docs/page.mdx',
          line: 3,
          column: 5,
          rule: 'unknown-field',
          severity: 'error',
          message: 'what is wrong',
          kind: 'Service',
          name: 'web',
          kubernetes: '1.36, 1.37',
        },
      ],
    });
  });
  test('has every field even where nothing is known', () => {
    const { results } = JSON.parse(toJson(report(fault({ kubernetes: ['1.36'] }))));
    expect(results[0]).toMatchObject({ kind: '', name: '', kubernetes: '1.36' });
  });
  test('is JSON whatever a file holds', () => {
    const odd = 'a"\\\n\u0000\u2028\ud800 \u001b[31m 日本';
    const { results } = JSON.parse(toJson(report(fault({ file: odd, message: odd, name: odd }))));
    expect(results[0]).toMatchObject({ file: odd, message: odd, name: odd });
  });
});
