import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';
import type { Fault } from '../fault.ts';
import { reason } from './read.ts';

const pages = ['.md', '.mdx'];
const manifests = ['.yaml', '.yml', '.json'];

export interface File {
  /** absolute */
  path: string;
  /** as faults name it: below the working folder, or absolute */
  shown: string;
  type: 'page' | 'manifests';
}

export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}

export function typeOf(path: string): File['type'] | undefined {
  const extension = extname(path).toLowerCase();
  if (pages.includes(extension)) return 'page';
  return manifests.includes(extension) ? 'manifests' : undefined;
}

/**
 * Expands files and folders to the pages and manifests they hold, sorted. Folders are walked whole,
 * but for `node_modules` and hidden ones. A path that holds nothing to check is a fault: a folder
 * that was renamed must not look like a folder without faults.
 */
export async function findFiles(paths: string[]): Promise<{ files: File[]; faults: Fault[] }> {
  const found = new Map<string, File>();
  const faults: Fault[] = [];
  const fault = (path: string, rule: string, message: string) =>
    faults.push({ file: shownPath(path), line: 0, column: 0, rule, severity: 'error', message });
  const add = (path: string, type: File['type']) =>
    found.set(path, { path, shown: shownPath(path), type });

  async function walk(folder: string): Promise<number> {
    let count = 0;
    let entries: Awaited<ReturnType<typeof list>>;
    try {
      entries = await list(folder);
    } catch (error) {
      fault(folder, 'unreadable', `cannot read this: ${reason(error)}`);
      return 1;
    }
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) count += await walk(path);
        continue;
      }
      const type = typeOf(path);
      // Links to folders are not followed: they may lead back to where they stand.
      if (type) {
        add(path, type);
        count++;
      }
    }
    return count;
  }

  for (const given of paths) {
    const path = resolve(given);
    try {
      if ((await stat(path)).isDirectory()) {
        if ((await walk(path)) === 0)
          fault(
            path,
            'nothing-to-check',
            `no ${[...pages, ...manifests].join(', ')} file in this folder`,
          );
        continue;
      }
    } catch (error) {
      fault(path, 'unreadable', `cannot read this: ${reason(error)}`);
      continue;
    }
    const type = typeOf(path);
    if (type) add(path, type);
    else
      fault(
        path,
        'nothing-to-check',
        `neither a page nor a manifest; give a ${[...pages, ...manifests].join(', ')} file or a folder`,
      );
  }
  const files = [...found.values()].sort((a, b) =>
    a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : 0,
  );
  return { files, faults };
}

function list(folder: string) {
  return readdir(folder, { withFileTypes: true });
}
