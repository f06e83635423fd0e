import { asLabels, asList, asRecord } from '../../cluster/objects.ts';
import { type Labels, labelSelector } from '../../cluster/selector.ts';
import { read } from '../kubernetes/network-policy.ts';
import type { Match } from '../model.ts';
import { clusterKey, namespaceKey, namespaceLabelsKey } from './labels.ts';

/** Whether labels with sources are selected. */
export type LabelMatch = (labels: Labels) => Match;

interface Expression {
  key: string;
  operator: unknown;
  values?: unknown;
}

/** A selector whose keys all name a source, or `any`. */
interface Sourced {
  matchLabels: Record<string, string>;
  matchExpressions: Expression[];
}

/**
 * Names the source of every key. `k8s:app` has one; `app` stands for any; `$host` is short for
 * `reserved:host` (pkg/labels, parseSource and NewSourceEncodedLabelKey).
 */
export function withSource(value: unknown, source: string): Sourced {
  const selector = asRecord(value) ?? {};
  const sourced = (key: string) =>
    key.startsWith('$')
      ? `reserved:${key.slice(1)}`
      : key.includes(':') && !key.startsWith(':')
        ? key
        : `${source}:${key.replace(/^:/, '')}`;
  return {
    matchLabels: Object.fromEntries(
      Object.entries(asLabels(selector.matchLabels)).map(([key, label]) => [sourced(key), label]),
    ),
    matchExpressions: asList(selector.matchExpressions).map((entry) => {
      const expression = asRecord(entry) ?? {};
      const { key, operator, values } = expression;
      // An entry without a key keeps none, so that reading it reports the entry.
      const name = typeof key === 'string' && key !== '' ? sourced(key) : '';
      return { key: name, operator, values };
    }),
  };
}

function keysOf({ matchLabels, matchExpressions }: Sourced): string[] {
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}

const spoken = (key: string) => [`k8s:${key}`, `any:${key}`];

/**
 * Whom a policy is for. A CiliumNetworkPolicy is for its own namespace alone: a `k8s:` match for another
 * one is replaced, while one without a source stays and matches nobody (pkg/k8s/apis/cilium.io/utils,
 * ParseToCiliumRule).
 */
export function subjectSelector(
  value: unknown,
  path: string[],
  namespace: string | undefined,
): LabelMatch {
  const selector = withSource(value, 'any');
  if (namespace !== undefined) selector.matchLabels[`k8s:${namespaceKey}`] = namespace;
  return matcher(selector, path);
}

/**
 * The other side. Unless the selector speaks of namespaces, it means the policy's own, and in a
 * clusterwide policy all Pods of all namespaces, but not the world or nodes. One that has a `reserved:`
 * key is taken as it stands (pkg/k8s/apis/cilium.io/utils, getEndpointSelector).
 *
 * @param forInit whether the policy is for Pods that have no labels yet: then no namespace is added
 */
export function peerSelector(
  value: unknown,
  path: string[],
  namespace: string | undefined,
  forInit: boolean,
): LabelMatch {
  const selector = withSource(value, 'any');
  const keys = keysOf(selector);
  const speaksOfNamespace = keys.some((key) => spoken(namespaceKey).includes(key));
  const speaksOfItsLabels = keys.some((key) =>
    spoken(namespaceLabelsKey).some((prefix) => key.startsWith(prefix)),
  );
  if (!keys.some((key) => key.startsWith('reserved:')) && !speaksOfNamespace) {
    if (namespace === undefined) {
      if (!forInit)
        selector.matchExpressions.push({ key: `k8s:${namespaceKey}`, operator: 'Exists' });
    } else if (!speaksOfItsLabels) {
      selector.matchLabels[`k8s:${namespaceKey}`] = namespace;
    }
  }
  return matcher(selector, path);
}

/** Whether a selector has the key, however it asks for it. */
export function hasKey(value: unknown, key: string): boolean {
  return keysOf(withSource(value, 'any')).includes(key);
}

/** Manifests do not say the cluster's name, so what asks for it is left open. */
function matcher({ matchLabels, matchExpressions }: Sourced, path: string[]): LabelMatch {
  const names = spoken(clusterKey);
  const asksName = ({ key, operator }: Expression) =>
    names.includes(key) && (operator === 'In' || operator === 'NotIn');
  const open =
    Object.keys(matchLabels).some((key) => names.includes(key)) || matchExpressions.some(asksName);
  const selected = read(path, () => labelSelector({ matchLabels, matchExpressions }));
  if (!open) return (labels) => (selected(labels) ? 'yes' : 'no');
  const rest = labelSelector({
    matchLabels: Object.fromEntries(
      Object.entries(matchLabels).filter(([key]) => !names.includes(key)),
    ),
    matchExpressions: matchExpressions.filter((expression) => !asksName(expression)),
  });
  return (labels) => (rest(labels) ? 'unspecified' : 'no');
}
