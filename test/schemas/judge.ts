import { createKubeconform } from '../../kubeconform-wasm/index.js';
import { type Channel, schemaSource } from '../../src/schemas/index.ts';
import { readSchemaFile } from '../../src/schemas/node.ts';

const loaded = {
  standard: createKubeconform({ schemas: schemaSource(readSchemaFile, 'standard') }),
  experimental: createKubeconform({ schemas: schemaSource(readSchemaFile, 'experimental') }),
};

/** What kubeconform says about one manifest: 'valid', 'unknown kind', or its errors with paths. */
export async function judge(
  manifest: string,
  { kubernetes = '1.37', channel = 'standard' as Channel } = {},
): Promise<string> {
  const [verdict] = await (await loaded[channel]).validate(manifest, { kubernetes });
  if (verdict === undefined) {
    throw new Error('no document');
  }
  return verdict.status === 'invalid' || verdict.status === 'error'
    ? verdict.errors.map(({ path, message }) => `${path}: ${message}`).join('\n')
    : verdict.status;
}
