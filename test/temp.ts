import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Writes a file below the folder and gives its path. */
export type Write = (name: string, content: string | Uint8Array) => Promise<string>;

/** A folder for files whose bytes matter, or that are too large or too odd to be kept. */
export async function inTempFolder<T>(
  work: (write: Write, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'guide-')));
  try {
    return await work(async (name, content) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    }, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
