import { asList, asRecord, asString, type ManifestObject } from './objects.ts';
import type { Labels } from './selector.ts';
import { groupOf } from './workloads.ts';

/** Labels that controllers put on each Pod they make; they tell Pods of one workload apart. */
const controllerLabels = [
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
];

/** The object that controls another, by what a dump of a cluster says in ownerReferences. */
export function controllerOf(object: ManifestObject): string | undefined {
  const owners = asList(asRecord(object.value.metadata)?.ownerReferences).map(asRecord);
  const owner = owners.find((o) => o?.controller === true) ?? owners[0];
  const kind = asString(owner?.kind);
  const name = asString(owner?.name);
  if (!kind || !name) return undefined;
  return ownerKey(
    groupOf(asString(owner?.apiVersion) ?? ''),
    kind,
    object.namespace ?? 'default',
    name,
  );
}

/**
 * The controller's own controller, when the one between is not among the objects: `kubectl get deploy,pods`
 * leaves out ReplicaSets, but they and Jobs carry the names of those who made them.
 */
export function nextController(object: ManifestObject): string | undefined {
  const [group = '', kind, namespace = '', name = ''] = controllerOf(object)?.split(' ') ?? [];
  const hash = object.labels['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash && name.endsWith(`-${hash}`))
    return ownerKey(group, 'Deployment', namespace, name.slice(0, -hash.length - 1));
  const scheduled = kind === 'Job' ? /^(.+)-\d+$/.exec(name)?.[1] : undefined;
  return scheduled && ownerKey(group, 'CronJob', namespace, scheduled);
}

export function ownerKey(group: string, kind: string, namespace: string, name: string): string {
  return [group, kind, namespace, name].join(' ');
}

/** Whether a Pod's labels are those of its workload's template, leaving out what controllers add. */
export function madeFromTemplate(pod: Labels, template: Labels): boolean {
  const own = (labels: Labels) =>
    Object.entries(labels)
      .filter(([key]) => !controllerLabels.includes(key))
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join();
  return own(pod) === own(template);
}
