import type { Endpoint } from '../../cluster/model.ts';
import { asRecord } from '../../cluster/objects.ts';
import { PolicyError } from '../model.ts';
import type { Api } from './apis.ts';
import { onlyField, selectorAt } from './fields.ts';

export type PodMatcher = (endpoint: Endpoint) => boolean;

export const podFields = ['namespaces', 'pods'] as const;

/** ClusterNetworkPolicySubject: exactly one of namespaces and pods. */
export function readSubject(value: unknown, path: string[], api: Api): PodMatcher {
  const { name, value: selectors, isKnown } = onlyField(value, path, podFields);
  if (!isKnown) {
    throw new PolicyError(
      [...path, name],
      `unknown subject ${name}; use ${podFields.join(' or ')}`,
    );
  }
  return readPods(name, selectors, [...path, name], api);
}

/**
 * Pods of all selected namespaces, or selected Pods in selected namespaces. Pods on their node's network
 * are in neither (ClusterNetworkPolicySubject; ClusterNetworkPolicyIngressPeer, namespaces and pods).
 */
export function readPods(name: string, value: unknown, path: string[], api: Api): PodMatcher {
  if (name === 'namespaces') {
    const namespaces = selectorAt(value, path);
    return ({ namespace, hostNetwork }) => !hostNetwork && namespaces(namespace.labels);
  }
  const selectors = asRecord(value) ?? {};
  // Empty selects all; v1alpha1 requires both, v1alpha2 podSelector alone ("required" in the CRDs).
  const needed =
    api.kind === 'ClusterNetworkPolicy' ? ['podSelector'] : ['namespaceSelector', 'podSelector'];
  for (const key of needed) {
    if (selectors[key] === undefined || selectors[key] === null) {
      throw new PolicyError(path, `${key} is missing; write ${key}: {} to select all`);
    }
  }
  const namespaces = selectorAt(selectors.namespaceSelector, [...path, 'namespaceSelector']);
  const pods = selectorAt(selectors.podSelector, [...path, 'podSelector']);
  return ({ namespace, labels, hostNetwork }) =>
    !hostNetwork && namespaces(namespace.labels) && pods(labels);
}
