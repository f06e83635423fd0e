import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Text by path, the path below the output folder and with slashes. */
export type Files = Map<string, string>;

/** What stands in the output folder but is not output. */
const sources = ['generate.ts', 'generator', 'README.md'];

/** The paths of all output files that exist. */
function existing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !sources.includes(path.split('/')[0] ?? ''));
}

/** Replaces the whole output by these files. */
export function writeFiles(folder: string, files: Files): void {
  for (const name of readdirSync(folder).filter((entry) => !sources.includes(entry))) {
    rmSync(join(folder, name), { recursive: true });
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The first way in which the folder is not these files, undefined if it is. */
export function firstDifference(folder: string, files: Files): string | undefined {
  for (const [path, text] of files) {
    if (!existsSync(join(folder, path))) {
      return `${path} is missing`;
    }
    if (readFileSync(join(folder, path), 'utf8') !== text) {
      return `${path} differs`;
    }
  }
  const superfluous = existing(folder).find((path) => !files.has(path));
  return superfluous === undefined ? undefined : `${superfluous} is superfluous`;
}
