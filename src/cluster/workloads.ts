import { isAddress } from './addresses.ts';
import type { ContainerPort, Protocol } from './model.ts';
import { asLabels, asList, asRecord, asString, type ManifestObject } from './objects.ts';
import type { Labels } from './selector.ts';

/** Where each kind that makes Pods keeps their template. */
const templates: Record<string, string[]> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  '/ReplicationController': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** What a Pod is like, from a Pod or from a workload's template. */
export interface PodShape {
  labels: Labels;
  ports: ContainerPort[];
  hostNetwork: boolean;
  serviceAccount: string;
  ips: string[];
  /** path of the template in the object, [] for a Pod */
  path: string[];
}

/** @returns undefined for objects that are neither a Pod nor a workload */
export function podShape(object: ManifestObject): PodShape | undefined {
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  const path = kind === '/Pod' ? [] : templates[kind];
  if (!path) return undefined;
  const template = path.reduce<Record<string, unknown> | undefined>(
    (at, key) => asRecord(at?.[key]),
    object.value,
  );
  const spec = asRecord(template?.spec) ?? {};
  const status = asRecord(object.value.status) ?? {};
  const ips = [status.podIP, ...asList(status.podIPs).map((entry) => asRecord(entry)?.ip)];
  return {
    labels: asLabels(asRecord(template?.metadata)?.labels),
    ports: [
      ...asList(spec.containers),
      // A sidecar is an init container that keeps running; its ports are open like any other's.
      ...asList(spec.initContainers).filter((c) => asRecord(c)?.restartPolicy === 'Always'),
    ].flatMap((container) => asList(asRecord(container)?.ports).flatMap(containerPort)),
    hostNetwork: spec.hostNetwork === true,
    serviceAccount: asString(spec.serviceAccountName) ?? asString(spec.serviceAccount) ?? 'default',
    ips: kind === '/Pod' ? [...new Set(ips.filter(isAddress))] : [],
    path,
  };
}

function containerPort(value: unknown): ContainerPort[] {
  const port = asRecord(value);
  const number = Number(port?.containerPort);
  if (!Number.isInteger(number) || number < 1 || number > 65535) return [];
  return [
    {
      name: asString(port?.name),
      protocol: (asString(port?.protocol) ?? 'TCP') as Protocol,
      number,
    },
  ];
}
