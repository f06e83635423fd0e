import { readFile } from 'node:fs/promises';
import type { ReadSchema } from './index.ts';

const schemas = new URL('../../schemas/', import.meta.url);

/** Reads a schema from the repository, undefined if there is none at that path. */
export const readSchemaFile: ReadSchema = async (path) => {
  try {
    return await readFile(new URL(path, schemas), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
};
