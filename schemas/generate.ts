// Makes the JSON Schemas of every kind from the upstream releases in src/schemas/versions.json.
//
//   node schemas/generate.ts          writes them
//   node schemas/generate.ts --check  exits with 1 if they are not what the releases give
import { join } from 'node:path';
import versions from '../src/schemas/versions.json' with { type: 'json' };
import { Catalogue } from './generator/catalogue.ts';
import { customKinds } from './generator/crd.ts';
import { type Files, firstDifference, writeFiles } from './generator/files.ts';
import { fromTypes } from './generator/go-types.ts';
import { moduleFolder } from './generator/modules.ts';
import { builtInKinds, objectMeta } from './generator/openapi.ts';
import { schemaText } from './generator/print.ts';
import type { KindSchema, Schema } from './generator/schema.ts';

/** CRDs of a release: a folder of them, or the Go types that they are made from. */
interface CrdRelease {
  name: string;
  /** missing in a set that is the same for all clusters */
  channel?: string;
  module: string;
  sum: string;
  folder?: string;
  types?: string;
}

const files: Files = new Map();
const catalogue = new Catalogue();

function addFile(folder: string, { group, version, kind, schema }: KindSchema): void {
  const path = `${folder}/${group || 'core'}/${version}/${kind.toLowerCase()}.json`;
  if (files.has(path)) {
    throw new Error(`two schemas for ${path}`);
  }
  files.set(path, schemaText(schema));
}

// Custom resources have the metadata that the newest Kubernetes knows.
let meta: Schema = {};
for (const { minor, module, sum } of versions.kubernetes) {
  const { kinds, types } = builtInKinds(join(moduleFolder(module, sum), 'api/openapi-spec/v3'));
  for (const kind of kinds) {
    addFile(`kubernetes/${minor}`, kind);
    catalogue.addBuiltIn(kind, minor);
  }
  meta = objectMeta(types);
  console.log(`${module}: ${kinds.length} kinds`);
}
for (const { name, channel, module, sum, folder, types } of versions.crds as CrdRelease[]) {
  const release = moduleFolder(module, sum);
  const kinds =
    types === undefined
      ? customKinds(join(release, folder ?? ''), meta)
      : fromTypes(release, types, (made) => customKinds(made, meta));
  for (const kind of kinds) {
    addFile(channel === undefined ? name : `${name}/${channel}`, kind);
    catalogue.addCustom(kind, name, channel);
  }
  console.log(`${[module, channel ?? folder ?? types].join(', ')}: ${kinds.length} kinds`);
}
files.set('index.json', catalogue.text());

const output = import.meta.dirname;
if (process.argv.includes('--check')) {
  const difference = firstDifference(output, files);
  if (difference !== undefined) {
    console.error(`schemas/${difference}: run "npm run schemas"`);
    process.exit(1);
  }
} else {
  writeFiles(output, files);
}
const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
console.log(`${files.size} files, ${(bytes / 1e6).toFixed(1)} MB`);
