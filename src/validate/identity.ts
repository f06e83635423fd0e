import type { Finding } from './explain.ts';
import { findLostIndentation } from './indentation.ts';

/** What keeps a value from being a manifest at all, before any schema is asked. */
export function checkIdentity(value: unknown): Finding | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return atRoot(
      'not-a-manifest',
      `this is ${Array.isArray(value) ? 'a list' : 'a single value'}, not an object; a manifest begins with apiVersion and kind`,
    );
  }
  const manifest = value as Record<string, unknown>;
  for (const key of ['apiVersion', 'kind']) {
    const found = manifest[key];
    if (found === undefined || found === null || found === '') {
      return atRoot(
        'no-kind',
        `this document has no ${key}; every manifest begins with apiVersion and kind`,
      );
    }
    if (typeof found !== 'string') {
      return {
        rule: 'wrong-type',
        message: `${key} must be a string, not ${JSON.stringify(found)}; quote the value`,
        path: [key],
        atKey: false,
      };
    }
  }
  return findLostIndentation(manifest);
}

/** kubeconform judges the items of a `List` and takes whatever stands around them. */
export function checkList(manifest: Record<string, unknown>): Finding | undefined {
  const { apiVersion, kind, items } = manifest;
  if (String(kind).toLowerCase() !== 'list') return undefined;
  if (apiVersion !== 'v1' || kind !== 'List') {
    return {
      rule: 'unknown-kind',
      message: `there is no ${apiVersion} ${kind}; write v1 List`,
      path: [kind === 'List' ? 'apiVersion' : 'kind'],
      atKey: false,
    };
  }
  const odd = Object.keys(manifest).find(
    (key) => !['apiVersion', 'kind', 'metadata', 'items'].includes(key),
  );
  if (odd !== undefined) {
    return {
      rule: 'unknown-field',
      message: `unknown field "${odd}" in a List, which has metadata and items`,
      path: [odd],
      atKey: true,
    };
  }
  if (Array.isArray(items)) return undefined;
  return {
    rule: items === undefined ? 'missing-field' : 'wrong-type',
    message: 'a List needs items, and they must be a list; begin each with a dash',
    path: ['items'],
    atKey: true,
  };
}

export function atRoot(rule: string, message: string): Finding {
  return { rule, message, path: [], atKey: true };
}
