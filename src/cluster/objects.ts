import type { Fault, Place } from '../fault.ts';
import { readDocuments } from '../validate/documents.ts';

/** A Kubernetes object and where it stands. What it holds is not checked here. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  /** '' when the manifest has none */
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

/**
 * Reads the objects of a text of manifests: one document or many, `List`s and what `kubectl get -o yaml`
 * prints. Documents that are no objects are faults; the others are read all the same.
 */
export function readObjects(
  text: string,
  file: string,
): { objects: ManifestObject[]; faults: Fault[] } {
  const { documents, faults } = readDocuments(text);
  const objects: ManifestObject[] = [];
  const found: Fault[] = faults.map((fault) => ({ file, ...fault }));

  const add = (value: unknown, placeOf: ManifestObject['placeOf']) => {
    const object = asRecord(value);
    const { apiVersion, kind } = object ?? {};
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
    if (kind.endsWith('List') && Array.isArray(object.items)) {
      object.items.forEach((item, i) => {
        add(item, (path) => placeOf(['items', String(i), ...path]));
      });
      return;
    }
    const metadata = asRecord(object.metadata) ?? {};
    objects.push({
      apiVersion,
      kind,
      name: asString(metadata.name) ?? '',
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
