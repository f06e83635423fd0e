import { findFiles } from '../check/files.ts';
import { readText } from '../check/read.ts';
import { type ManifestObject, readObjects } from '../cluster/objects.ts';
import type { Fault } from '../fault.ts';

/** A dump of a real cluster may be large. */
const maxBytes = 256 * 1024 * 1024;

/** Reads the objects of manifest files and folders; `-` is standard input. Pages among them are passed over. */
export async function loadObjects(
  paths: string[],
): Promise<{ objects: ManifestObject[]; faults: Fault[] }> {
  const objects: ManifestObject[] = [];
  const faults: Fault[] = [];
  const add = (text: string, file: string) => {
    const read = readObjects(text, file);
    for (const object of read.objects) objects.push(object);
    faults.push(...read.faults);
  };
  const found = await findFiles(paths.filter((path) => path !== '-'));
  faults.push(...found.faults);
  for (const { path, shown, type } of found.files) {
    if (type !== 'manifests') continue;
    const read = await readText(path, shown, maxBytes);
    if ('fault' in read) faults.push(read.fault);
    else add(read.text, shown);
  }
  if (paths.includes('-')) {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    add(Buffer.concat(chunks).toString('utf8'), 'standard input');
  }
  return { objects, faults };
}
