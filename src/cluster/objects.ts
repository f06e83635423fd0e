import type { Fault, Place } from '../fault.ts';
import { readDocuments } from '../manifests/documents.ts';
import { readDump } from './dump.ts';

/** A Kubernetes object and where it stands. What it holds is not checked here. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  /** the beginning of it that `generateName` gives; '' when the manifest has neither */
  name: string;
  /** undefined when the manifest names none */
  namespace: string | undefined;
  labels: Record<string, string>;
  /** the whole object */
  value: Record<string, unknown>;
  file: string;
  /** place of the value at a path, such as ['spec', 'ingress', '0']; of the object for [] */
  placeOf(path: string[]): Place;
}

/** A text longer than this was written by a program: it is read the quick way, if it is one list. */
const longText = 1_000_000;

/**
 * Reads the objects of a text of manifests: one document or many, `List`s and what `kubectl get -o yaml`
 * prints. Documents that are no objects are faults; the others are read all the same.
 */
export function readObjects(
  text: string,
  file: string,
): { objects: ManifestObject[]; faults: Fault[] } {
  const dump = text.length > longText ? readDump(text) : undefined;
  const { documents, faults } = dump ? { documents: [dump], faults: [] } : readDocuments(text);
  const objects: ManifestObject[] = [];
  const found: Fault[] = faults.map((fault) => ({ file, ...fault }));

  const add = (value: unknown, placeOf: ManifestObject['placeOf'], listed?: Listed) => {
    const object = asRecord(value);
    const { apiVersion = listed?.apiVersion, kind = listed?.kind } = object ?? {};
    if (!object || typeof apiVersion !== 'string' || typeof kind !== 'string') {
      found.push({
        file,
        ...placeOf([]),
        rule: 'no-kind',
        severity: 'error',
        message: 'this is not a Kubernetes object: it has no apiVersion and kind; it is left out',
      });
      return;
    }
    if (kind.endsWith('List') && 'items' in object) {
      // The items of a PodList that came straight from the API do not repeat what they are.
      const type = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -4) };
      asList(object.items).forEach((item, i) => {
        add(item, (path) => placeOf(['items', String(i), ...path]), type);
      });
      return;
    }
    const metadata = asRecord(object.metadata) ?? {};
    const odd = ['name', 'namespace'].find(
      (key) => metadata[key] != null && typeof metadata[key] !== 'string',
    );
    if (odd) {
      found.push({
        file,
        ...placeOf(['metadata', odd]),
        rule: 'name-not-text',
        severity: 'error',
        message: `this ${odd} is not a text; put it in quotes; the ${kind} is left out`,
        kind,
      });
      return;
    }
    objects.push({
      apiVersion,
      kind,
      name: asString(metadata.name) ?? asString(metadata.generateName) ?? '',
      namespace: asString(metadata.namespace),
      labels: asLabels(metadata.labels),
      value: object,
      file,
      placeOf,
    });
  };
  for (const document of documents) add(document.value, (path) => document.placeOf(path));
  return { objects, faults: found };
}

/** What the items of a typed list are. */
interface Listed {
  apiVersion: string;
  kind: string;
}

/** The value as an object, or undefined for null, lists and scalars. */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The value as a list; a missing or null one is empty. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Labels or annotations; a null value is the empty string, as for the API server. */
export function asLabels(value: unknown): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, label] of Object.entries(asRecord(value) ?? {})) {
    labels[key] = label === null ? '' : String(label);
  }
  return labels;
}
