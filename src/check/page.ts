import { Lines } from '../fault.ts';
import { readPage } from '../snippets/page.ts';
import { type BlockContext, checkBlock } from './block.ts';
import type { NamedFile } from './manifest-file.ts';
import { readText } from './read.ts';
import { failure, newUnit, type Unit } from './unit.ts';

/** Checks a page: one unit for the page as such, and one for each of its blocks. */
export async function checkPage(file: NamedFile, context: BlockContext): Promise<Unit[]> {
  const page = newUnit('page', file.shown, 'page');
  const read = await readText(file.path, file.shown);
  if ('fault' in read) return [{ ...page, faults: [read.fault] }];
  const units: Unit[] = [page];
  try {
    const { snippets, faults } = readPage(file.shown, read.text);
    page.faults = faults;
    for (const snippet of snippets) units.push(await checkBlock(snippet, context));
  } catch (error) {
    page.faults.push(failure(file.shown, error));
  }
  // Blocks lie in lists and quotes: show the lines as they stand in the page.
  const lines = new Lines(read.text);
  for (const fault of units.flatMap((unit) => [...unit.faults, ...unit.refusals])) {
    if (fault.file === file.shown) fault.source = lines.line(fault.line);
  }
  return units;
}
