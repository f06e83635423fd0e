import { join } from 'node:path';
import { kubernetesVersions } from '../schemas/index.ts';
import { readSchemaFile } from '../schemas/node.ts';
import { createJudges, type Judges } from '../validate/judge.ts';
import type { BlockContext } from './block.ts';
import { findFiles, shownPath } from './files.ts';
import { type CheckedFile, checkFile, type NamedFile } from './manifest-file.ts';
import { checkPage } from './page.ts';
import { repository } from './repository.ts';
import type { Report, Unit } from './unit.ts';

export interface CheckOptions {
  /** Kubernetes minors to judge by; all supported ones unless given */
  kubernetes?: readonly string[];
  /** the folder `file=` is looked up in */
  examples?: string;
  /** kubeconform that is already running, for callers that check often */
  judges?: Judges;
}

/** Checks files and folders: the one pipeline behind the command, the tests and the site. */
export async function check(paths: string[], options: CheckOptions = {}): Promise<Report> {
  const { examples = join(repository, 'examples') } = options;
  const kubernetes = kubernetesVersions.filter((v) => options.kubernetes?.includes(v) ?? true);
  const judges = options.judges ?? createJudges(readSchemaFile);
  const { files, faults } = await findFiles(paths);
  const checked = new Map<string, Promise<CheckedFile>>();

  const checkOnce = (file: NamedFile) => {
    const known = checked.get(file.path);
    if (known) return known;
    const verdict = checkFile(file, judges, kubernetes, examples, isAccepted);
    checked.set(file.path, verdict);
    return verdict;
  };
  const isAccepted = async (path: string) =>
    (await checkOnce({ path, shown: shownPath(path) })).unit.faults.length === 0;
  const embed: BlockContext['embed'] = async (file) => {
    const verdict = await checkOnce(file);
    if (!verdict.unit.faults.some(({ rule }) => rule === 'unreadable')) return verdict;
    // The page's line is the one to mend; the file itself was asked for by nobody else.
    if (!files.some(({ path }) => path === file.path)) checked.delete(file.path);
    return undefined;
  };

  const units: Unit[] = [];
  try {
    for (const file of files) {
      if (file.type === 'manifests') await checkOnce(file);
      else units.push(...(await checkPage(file, { judges, kubernetes, examples, embed })));
    }
    for (const verdict of checked.values()) units.push((await verdict).unit);
  } finally {
    if (!options.judges) judges.close();
  }
  const read = new Set([...files.map(({ path }) => path), ...checked.keys()]);
  return { kubernetes, files: read.size, units, faults };
}
