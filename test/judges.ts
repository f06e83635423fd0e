import { readSchemaFile } from '../src/schemas/node.ts';
import { createJudges } from '../src/validate/judge.ts';

/** One kubeconform for all tests of a file. */
export const judges = createJudges(readSchemaFile);
