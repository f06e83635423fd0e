import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../../src/check/repository.ts';
import { readDocuments } from '../../src/manifests/documents.ts';

const text = readFileSync(join(repository, 'examples/network-policy/three-tier/api.yaml'), 'utf8');
const lines = text.split('\n');

/** The manifest with one line moved by a space. */
function moved(line: number, by: 1 | -1): string {
  const source = lines[line - 1] ?? '';
  return lines.with(line - 1, by === 1 ? ` ${source}` : source.slice(1)).join('\n');
}

const shifts = lines.flatMap((source, i) => {
  if (source.trim() === '' || source.startsWith('#')) return [];
  const ways = [1, ...(source.startsWith(' ') ? [-1] : [])] as (1 | -1)[];
  // Some moves are YAML all the same: the schemas judge those.
  return ways
    .filter((by) => readDocuments(moved(i + 1, by)).faults.length > 0)
    .map((by) => [i + 1, by] as const);
});

describe('one line that is moved by one space is the line that is named', () => {
  test('most single moves break the YAML', () => {
    expect(shifts.length).toBeGreaterThan(40);
  });

  test.for(shifts)('line %i by %i', ([line, by]) => {
    const { faults } = readDocuments(moved(line, by));
    expect(faults).toHaveLength(1);
    expect(faults[0]?.line).toBe(line);
    expect(faults[0]?.message).toContain('; this line fits with');
  });
});
