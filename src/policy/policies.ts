import type { Cluster } from '../cluster/model.ts';
import type { ManifestObject } from '../cluster/objects.ts';
import type { Fault } from '../fault.ts';
import type { AddressRange } from './addresses.ts';
import { calico } from './calico/reader.ts';
import { cilium } from './cilium/reader.ts';
import { clusterNetworkPolicy } from './cluster-network-policy/reader.ts';
import { doubter } from './doubts.ts';
import { networkPolicy } from './kubernetes/network-policy.ts';
import {
  type CompiledPolicy,
  type PolicyContext,
  PolicyError,
  type PolicyReader,
} from './model.ts';

/** The policy APIs that are understood; a new one is one line here. */
const readers: readonly PolicyReader[] = [networkPolicy, clusterNetworkPolicy, calico, cilium];

export interface Policies {
  /** sorted by stage and precedence */
  compiled: readonly CompiledPolicy[];
  ranges: readonly AddressRange[];
  /** policies that are left out, each with the reason, and warnings about what looks like a slip */
  faults: Fault[];
  /** objects of other kinds, counted by apiVersion and kind */
  ignored: ReadonlyMap<string, number>;
}

export interface PolicyOptions {
  /**
   * Whether an `ipBlock` matches Pods whose address is known. The API leaves it open; Kubernetes' own
   * end-to-end tests expect it, so the default is true.
   */
  blocksMatchPods?: boolean;
}

/** Reads all policies of a cluster. One that cannot be understood is left out whole, never half-applied. */
export function readPolicies(
  cluster: Cluster,
  { blocksMatchPods = true }: PolicyOptions = {},
): Policies {
  const compiled: CompiledPolicy[] = [];
  const ranges: AddressRange[] = [];
  const faults: Fault[] = [];
  const ignored = new Map<string, number>();
  const context: PolicyContext = {
    objects: cluster.others,
    endpoints: cluster.endpoints,
    services: cluster.services,
    namespaces: cluster.namespaces,
    nodes: cluster.nodes,
    blocksMatchPods,
  };
  const doubts = doubter(cluster);
  for (const object of cluster.others) {
    const reader = readers.find((r) => r.owns(object));
    if (!reader) {
      const kind = `${object.apiVersion} ${object.kind}`;
      ignored.set(kind, (ignored.get(kind) ?? 0) + 1);
      continue;
    }
    try {
      if (!object.name) throw new PolicyError(['metadata'], 'it has no name');
      // Both may throw, and nothing of the policy must stay then.
      const own = reader.compile(object, context);
      const cuts = reader.ranges(object, context);
      compiled.push(...own);
      ranges.push(...cuts);
      faults.push(...doubts(object, own, cuts));
    } catch (error) {
      faults.push(leftOut(object, error));
    }
  }
  for (const reader of readers) {
    const together = reader.review?.(
      compiled.filter(({ object }) => reader.owns(object)),
      context,
    );
    compiled.push(...(together?.compiled ?? []));
    faults.push(...(together?.faults ?? []));
  }
  // By name where nothing else decides: the order of the documents plays no part.
  compiled.sort(
    (a, b) =>
      a.stage - b.stage ||
      a.precedence - b.precedence ||
      compare(tieBreak(a.object), tieBreak(b.object)),
  );
  return { compiled, ranges, faults, ignored };
}

/** `shop/default-deny`, or the bare name of what has no namespace. */
export function nameOf({ namespace, name }: ManifestObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Name first, then namespace and kind, as Calico does (felix/calc/policy_sorter.go, PolKVLess). */
function tieBreak({ name, namespace = '', kind, apiVersion }: ManifestObject): string {
  return [name, namespace, kind, apiVersion].join('/');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function leftOut(object: ManifestObject, error: unknown): Fault {
  const path = error instanceof PolicyError ? error.path : ['spec'];
  return {
    file: object.file,
    ...object.placeOf(path),
    rule: 'policy-left-out',
    severity: error instanceof PolicyError ? error.severity : 'error',
    message: `${(error as Error).message}; ${object.kind} ${nameOf(object)} is left out`,
    kind: object.kind,
    name: object.name,
  };
}
