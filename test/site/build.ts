import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../src/check/repository.ts';

const run = promisify(execFile);

/** Builds the site into a folder of its own, as `npm run build` does. */
export async function buildSite(): Promise<string> {
  const folder = join(repository, '.cache/site-under-test');
  const docusaurus = join(repository, 'node_modules/@docusaurus/core/bin/docusaurus.mjs');
  // Vitest sets NODE_ENV=test, under which Docusaurus does not build for production.
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(process.execPath, [docusaurus, 'build', '--out-dir', folder], { cwd: repository, env });
  return folder;
}
