import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import versions from '../../src/schemas/versions.json' with { type: 'json' };
import { moduleFolder } from './modules.ts';

/**
 * Makes CustomResourceDefinitions from a package of Go types, with the tool by which projects make their
 * own, for a release that has the types alone. `read` gets the folder they are in, and then it is gone.
 */
export function fromTypes<T>(release: string, types: string, read: (folder: string) => T): T {
  const { module, sum } = versions.controllerGen;
  // go takes it from where this puts it, once the checksum is the pinned one
  moduleFolder(module, sum);
  const folder = mkdtempSync(join(tmpdir(), 'crds-'));
  try {
    const [path, version] = module.split('@');
    const tool = `${path}/cmd/controller-gen@${version}`;
    // floats are discouraged, but Calico orders its policies by them
    const crds = 'crd:allowDangerousTypes=true';
    execFileSync('go', ['run', tool, crds, `paths=./${types}`, `output:crd:dir=${folder}`], {
      cwd: release,
    });
    return read(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
