import type { ManifestObject } from '../../cluster/objects.ts';
import { groupOf } from '../../cluster/workloads.ts';

/** Calico's own API server stores its objects as `crd.projectcalico.org/v1`; dumps of clusters contain them. */
const groups = ['projectcalico.org', 'crd.projectcalico.org'];

/** Whether an object is of a kind of Calico's. */
export function isCalico({ apiVersion, kind }: ManifestObject, ...kinds: string[]): boolean {
  return groups.includes(groupOf(apiVersion)) && kinds.includes(kind);
}
