import { knownKinds } from '../schemas/index.ts';

/** The host object that a fragment is put into, so that the schema of the whole can judge the part. */
export interface Host {
  apiVersion: string;
  kind: string;
  /** path of the fragment in the host, as segments; a list's only entry is `0` */
  path: string[];
  /** the host with the fragment in its place */
  wrap(fragment: unknown): Record<string, unknown>;
}

/**
 * Reads `NetworkPolicy.spec.ingress[].from`.
 *
 * @returns undefined when no known kind has that name
 */
export function readFragmentPath(fragment: string): Host | undefined {
  const [kind = '', ...fields] = fragment.split('.');
  const named = knownKinds.filter((known) => known.kind === kind);
  // NetworkPolicy is Kubernetes' own, although Calico has one too.
  const builtIn = named.filter((known) => known.kubernetes);
  const candidates = builtIn.length ? builtIn : named;
  const known = candidates.find((k) => /^v\d+$/.test(k.version)) ?? candidates[0];
  if (!known) return undefined;
  const path = fields.flatMap((field) =>
    field.endsWith('[]') ? [field.slice(0, -2), '0'] : [field],
  );
  const identity = { apiVersion: known.apiVersion, kind, metadata: { name: 'fragment' } };
  return {
    apiVersion: known.apiVersion,
    kind,
    path,
    wrap(part) {
      if (path.length === 0) return { ...identity, ...(part as object) };
      const nested = path.reduceRight<unknown>(
        (inner, key) => (key === '0' ? [inner] : { [key]: inner }),
        part,
      );
      return { ...identity, ...(nested as object) };
    },
  };
}
