import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { allFaults } from '../../src/check/unit.ts';
import { judges } from '../judges.ts';
import { inTempFolder, type Write } from '../temp.ts';

const good = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';

/** Makes a folder with a good manifest, and tells what a check of some of its paths finds. */
async function found(
  make: (folder: string, write: Write) => Promise<unknown>,
  ...paths: string[]
): Promise<{ files: number; judged: number; faults: string[] }> {
  return inTempFolder(async (write, folder) => {
    await write('all/good.yaml', good);
    await make(join(folder, 'all'), (name, content) => write(join('all', name), content));
    const report = await check(
      paths.map((path) => join(folder, path)),
      { judges },
    );
    return {
      files: report.files,
      judged: report.units.flatMap((unit) => unit.documents).filter((d) => d.asStated).length,
      faults: allFaults(report).map(
        ({ file, rule, message }) => `${file.replace(`${folder}/`, '')} ${rule}: ${message}`,
      ),
    };
  });
}
const nothing = async () => {};
const is = (faults: string[], files = 1) => ({ files, judged: 1, faults });

describe('given by name, beside a good one', () => {
  test.for<[string, (folder: string, write: Write) => Promise<unknown>, string, string]>([
    [
      'a path that does not exist',
      nothing,
      'all/nope',
      'unreadable: cannot read this: no such file or folder',
    ],
    [
      'a path below a file',
      nothing,
      'all/good.yaml/x',
      'unreadable: cannot read this: a file stands where a folder is named',
    ],
    [
      'a name that is too long',
      nothing,
      `all/${'x'.repeat(300)}`,
      'unreadable: cannot read this: the name is too long',
    ],
    [
      'a dangling link',
      (folder) => symlink('nowhere', join(folder, 'link.yaml')),
      'all/link.yaml',
      'unreadable: cannot read this: no such file or folder',
    ],
    [
      'a link to itself',
      (folder) => symlink('link.yaml', join(folder, 'link.yaml')),
      'all/link.yaml',
      'unreadable: cannot read this: a link that leads to itself',
    ],
    [
      'an empty folder',
      (folder) => mkdir(join(folder, 'empty')),
      'all/empty',
      'nothing-to-check: no .md, .mdx, .yaml, .yml, .json file in this folder',
    ],
    [
      'a folder of other files',
      (_, write) => write('other/a.txt', 'x'),
      'all/other',
      'nothing-to-check: no .md, .mdx, .yaml, .yml, .json file in this folder',
    ],
    [
      'a file with another extension',
      (_, write) => write('a.txt', good),
      'all/a.txt',
      'nothing-to-check: neither a page nor a manifest',
    ],
    [
      'a file without an extension',
      (_, write) => write('yaml', good),
      'all/yaml',
      'nothing-to-check: neither a page nor a manifest',
    ],
  ])('%s', async ([, make, path, said]) => {
    const result = await found(make, path, 'all/good.yaml');
    expect(result).toMatchObject({ judged: 1 });
    expect(result.faults).toEqual([expect.stringContaining(`${path} ${said}`)]);
  });
  test('a named pipe is not waited for', async () => {
    const make = async (folder: string) => execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    expect(await found(make, 'all/pipe.yaml', 'all/good.yaml')).toEqual(
      is(['all/pipe.yaml unreadable: this is not a regular file'], 2),
    );
  });
});

describe('found in a folder, beside a good one', () => {
  test('a named pipe', async () => {
    const make = async (folder: string) => execFileSync('mkfifo', [join(folder, 'pipe.mdx')]);
    expect(await found(make, 'all')).toEqual(
      is(['all/pipe.mdx unreadable: this is not a regular file'], 2),
    );
  });
  test('a dangling link', async () => {
    const make = (folder: string) => symlink('nowhere', join(folder, 'link.yaml'));
    expect(await found(make, 'all')).toEqual(
      is(['all/link.yaml unreadable: cannot read this: no such file or folder'], 2),
    );
  });
  test('a link that leads back up does not go round for ever', async () => {
    expect(await found((folder) => symlink('..', join(folder, 'up')), 'all')).toEqual(is([]));
  });
  test('a link to a folder that is named like a manifest', async () => {
    expect(await found((folder) => symlink('..', join(folder, 'up.yaml')), 'all')).toEqual(
      is(['all/up.yaml unreadable: this is not a regular file'], 2),
    );
  });
  test('a link to a manifest is followed', async () => {
    const make = (folder: string) => symlink('good.yaml', join(folder, 'link.yaml'));
    expect(await found(make, 'all')).toEqual({ files: 2, judged: 2, faults: [] });
  });
  test('a folder that is named like a manifest is walked', async () => {
    expect(await found((_, write) => write('x.yaml/y.yaml', good), 'all')).toEqual({
      files: 2,
      judged: 2,
      faults: [],
    });
  });
  test('hidden folders and node_modules are left out, other files are passed over', async () => {
    const make = (_: string, write: Write) =>
      Promise.all(['.git/a.yaml', 'node_modules/a.yaml', 'a.txt'].map((n) => write(n, 'wrong')));
    expect(await found(make, 'all')).toEqual(is([]));
  });
  test('a name with odd characters is one line', async () => {
    const { faults } = await found((_, write) => write('a\nb.yaml', 'a: b\n'), 'all');
    expect(faults).toHaveLength(1);
  });
});

test('a file that is given twice, by itself and by its folder, is judged once', async () => {
  expect(await found(nothing, 'all', 'all/good.yaml', 'all/../all')).toEqual(is([]));
});

test('no path at all checks nothing', async () => {
  expect(await check([], { judges })).toMatchObject({ files: 0, units: [], faults: [] });
});
