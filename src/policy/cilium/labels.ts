import type { Endpoint } from '../../cluster/model.ts';
import type { Labels } from '../../cluster/selector.ts';
import type { Peer } from '../model.ts';

/**
 * Labels that tell no identities apart, so that no selector sees them; Cilium 1.20, pkg/labelsfilter,
 * defaultLabelPrefixCfg (documented under "Limiting Identity-Relevant Labels").
 */
const ignored =
  /^(io\.kubernetes|kubernetes\.io|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/(job-completion-index|controller-uid)|.*beta\.kubernetes\.io|k8s\.io|pod-template-generation|pod-template-hash|controller-revision-hash|controller-uid|annotation|etcd_node|topology\.kubernetes\.io)/;

export const namespaceKey = 'io.kubernetes.pod.namespace';
export const namespaceLabelsKey = 'io.cilium.k8s.namespace.labels';
export const clusterKey = 'io.cilium.k8s.policy.cluster';
const serviceAccountKey = 'io.cilium.k8s.policy.serviceaccount';

const kept = new WeakMap<Endpoint, Labels>();

/**
 * What selectors see of a Pod: each label twice, as `k8s:key` for those who name the source and as
 * `any:key` for those who do not. The name of the cluster is not among them: manifests do not say it.
 */
function podLabels(endpoint: Endpoint): Labels {
  const known = kept.get(endpoint);
  if (known) return known;
  const own = Object.entries(endpoint.labels).filter(([key]) => !ignored.test(key));
  const all: [string, string][] = [
    ...own,
    ...Object.entries(endpoint.namespace.labels).map(([key, value]): [string, string] => [
      `${namespaceLabelsKey}.${key}`,
      value,
    ]),
    [namespaceKey, endpoint.namespace.name],
    [serviceAccountKey, endpoint.serviceAccount],
    [clusterKey, ''],
  ];
  const labels = Object.fromEntries(
    all.flatMap(([key, value]) => [
      [`k8s:${key}`, value],
      [`any:${key}`, value],
    ]),
  );
  kept.set(endpoint, labels);
  return labels;
}

const reserved = (...names: string[]): Labels =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`reserved:${name}`, ''],
      [`any:${name}`, ''],
    ]),
  );

/** The node a Pod runs on is `host`, every other is `remote-node`, and either may run the kube-apiserver. */
const nodes = [
  reserved('host'),
  reserved('host', 'kube-apiserver'),
  reserved('remote-node'),
  reserved('remote-node', 'kube-apiserver'),
];

/**
 * The labels the other side of a connection may have. Several, where it is not known which of them: a
 * Pod on its node's network has the identity of the node, and any address may be the kube-apiserver's.
 */
export function identities(peer: Peer): readonly Labels[] {
  if (peer.type === 'range') {
    const world = ['world', `world-ipv${peer.range.family}`];
    return [reserved(...world), reserved(...world, 'kube-apiserver')];
  }
  return peer.endpoint.hostNetwork ? nodes : [podLabels(peer.endpoint)];
}
