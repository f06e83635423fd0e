// The only code that knows where the schemas lie. It runs in Node and in the browser alike: whoever
// calls brings the function that reads a file.

import { distance } from 'fastest-levenshtein';
import catalogue from '../../schemas/index.json' with { type: 'json' };
import versions from './versions.json' with { type: 'json' };

/** The supported Kubernetes minors, oldest first. */
export const kubernetesVersions: readonly string[] = versions.kubernetes.map(({ minor }) => minor);

/** Which of its two sets of CRDs a project like the Gateway API has installed. */
export type Channel = 'standard' | 'experimental';

/** Reads a file below schemas/, e.g. 'kubernetes/1.37/apps/v1/deployment.json'. */
export type ReadSchema = (path: string) => Promise<string | undefined>;

/**
 * A kind in one API version, and which Kubernetes minors or which channels of a CRD set have it. A set
 * without channels, like Cilium's, is the same whichever channel is asked for.
 */
export interface KnownKind {
  group: string;
  version: string;
  kind: string;
  apiVersion: string;
  kubernetes?: string[];
  set?: string;
  channels?: Channel[];
}

/** What a document says it is, and the Kubernetes minor to judge it by. */
export interface SchemaRequest {
  group: string;
  version: string;
  kind: string;
  kubernetes: string;
}

/** Every kind that has a schema. */
export const knownKinds: readonly KnownKind[] = (catalogue as Omit<KnownKind, 'apiVersion'>[]).map(
  (line) => ({
    ...line,
    apiVersion: line.group === '' ? line.version : `${line.group}/${line.version}`,
  }),
);

const key = (group: string, version: string, kind: string) =>
  [group, version, kind.toLowerCase()].join(' ');
const byKey = new Map(
  knownKinds.map((known) => [key(known.group, known.version, known.kind), known]),
);

/**
 * The path of a schema below schemas/, undefined if that Kubernetes minor or that channel does not
 * serve the kind. The kind is found in any case, so that its schema can complain about the case.
 */
export function schemaPath(
  { group, version, kind, kubernetes }: SchemaRequest,
  channel: Channel,
): string | undefined {
  const known = byKey.get(key(group, version, kind));
  const file = `${group || 'core'}/${version}/${kind.toLowerCase()}.json`;
  if (known?.kubernetes?.includes(kubernetes)) {
    return `kubernetes/${kubernetes}/${file}`;
  }
  if (known?.set === undefined) return undefined;
  if (known.channels === undefined) return `${known.set}/${file}`;
  return known.channels.includes(channel) ? `${known.set}/${channel}/${file}` : undefined;
}

/** A schema source for kubeconform: the text of the schema that a document is judged by. */
export function schemaSource(
  read: ReadSchema,
  channel: Channel,
): (request: SchemaRequest) => Promise<string | undefined> {
  return async (request) => {
    const path = schemaPath(request, channel);
    return path === undefined ? undefined : read(path);
  };
}

/** How many letters a kind may be off to still be what was probably meant. */
const slips = 2;

/**
 * The kinds of this name, in any case and in every API version, those of Kubernetes itself first. If
 * there is none: those whose name is nearest, so that a message can ask whether one of them was meant.
 */
export function kindsNamed(kind: string): KnownKind[] {
  const wanted = kind.toLowerCase();
  const near = knownKinds.map((known) => ({
    known,
    off: distance(wanted, known.kind.toLowerCase()),
  }));
  const nearest = Math.min(slips, ...near.map(({ off }) => off));
  return near
    .filter(({ off }) => off === nearest)
    .map(({ known }) => known)
    .sort((a, b) => Number(b.kubernetes !== undefined) - Number(a.kubernetes !== undefined));
}
