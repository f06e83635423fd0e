import type { Fault } from '../fault.ts';
import type { Cluster, ClusterReading, Endpoint, Namespace, Node, Service } from './model.ts';
import { asLabels, asList, asRecord, asString, type ManifestObject } from './objects.ts';
import { controllerOf, madeFromTemplate, ownerKey } from './owners.ts';
import { labelSelector } from './selector.ts';
import { readService } from './services.ts';
import { groupOf, type PodShape, podShape } from './workloads.ts';

/** Kinds that stand outside of every namespace, as far as this guide reads them. */
const clusterScoped = ['Namespace', 'Node'];

/**
 * Puts objects together to a cluster. A namespace that is only mentioned exists with the one label the
 * API server gives every namespace. What contradicts itself is a fault, and the rest is read all the same.
 */
export function readCluster(objects: readonly ManifestObject[]): ClusterReading {
  const faults: Fault[] = [];
  const namespaces = new Map<string, Namespace>();
  const services: Service[] = [];
  const nodes: Node[] = [];
  const others: ManifestObject[] = [];
  const makers: { object: ManifestObject; shape: PodShape }[] = [];
  const pods: { object: ManifestObject; shape: PodShape }[] = [];

  for (const object of withoutRepeats(objects, faults)) {
    if (object.apiVersion === 'v1' && object.kind === 'Namespace') {
      namespaces.set(object.name, {
        name: object.name,
        labels: namespaceLabels(object.name, object.labels),
      });
    }
  }
  const namespaceOf = (object: ManifestObject): Namespace => {
    const name = object.namespace ?? 'default';
    const known = namespaces.get(name);
    if (known) return known;
    const mentioned = { name, labels: namespaceLabels(name, {}) };
    namespaces.set(name, mentioned);
    return mentioned;
  };

  for (const object of withoutRepeats(objects)) {
    const shape = podShape(object);
    if (shape) {
      namespaceOf(object);
      (object.kind === 'Pod' ? pods : makers).push({ object, shape });
    } else if (object.apiVersion === 'v1' && object.kind === 'Service') {
      services.push(readService(object, namespaceOf(object)));
    } else if (object.apiVersion === 'v1' && object.kind === 'Node') {
      nodes.push(readNode(object));
    } else if (object.kind !== 'Namespace') {
      if (!clusterScoped.includes(object.kind) && object.namespace !== undefined)
        namespaceOf(object);
      others.push(object);
    }
  }

  const endpoints = readEndpoints(makers, pods, namespaceOf);
  for (const { object, shape } of makers) faults.push(...checkTemplate(object, shape));
  const cluster: Cluster = { namespaces, endpoints, services, nodes, others };
  return { cluster, faults };
}

function namespaceLabels(name: string, labels: Record<string, string>) {
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

/** Two objects of one kind and name cannot both exist: the last one read counts, as with `kubectl apply`. */
function withoutRepeats(objects: readonly ManifestObject[], faults?: Fault[]): ManifestObject[] {
  const seen = new Map<string, ManifestObject>();
  for (const object of objects) {
    const { kind, name, namespace = clusterScoped.includes(object.kind) ? '' : 'default' } = object;
    const id = name
      ? [groupOf(object.apiVersion), kind, namespace, name].join(' ')
      : `${object.file} ${seen.size}`;
    const before = seen.get(id);
    if (before && faults) {
      const place = before.placeOf([]);
      faults.push(
        fault(
          object,
          [],
          'repeated-object',
          `${kind} ${name} stands already in ${before.file}:${place.line}; the later one counts`,
        ),
      );
    }
    seen.delete(id);
    seen.set(id, object);
  }
  return [...seen.values()];
}

/**
 * One endpoint for each workload, and one for each Pod that stands alone. In a dump of a live cluster,
 * a workload's Pods lend it their addresses; a Pod whose labels were changed by hand is one of its own,
 * since policies see the labels of Pods.
 */
function readEndpoints(
  makers: { object: ManifestObject; shape: PodShape }[],
  pods: { object: ManifestObject; shape: PodShape }[],
  namespaceOf: (object: ManifestObject) => Namespace,
): Endpoint[] {
  const byKey = new Map<string, { object: ManifestObject; shape: PodShape }>();
  for (const maker of makers) {
    const { apiVersion, kind, namespace = 'default', name } = maker.object;
    byKey.set(ownerKey(groupOf(apiVersion), kind, namespace, name), maker);
  }
  /** The outermost controller that is among the objects. */
  const maker = (object: ManifestObject): (typeof makers)[number] | undefined => {
    let found: (typeof makers)[number] | undefined;
    let at: ManifestObject | undefined = object;
    for (let depth = 0; at && depth < 5; depth++) {
      const next = byKey.get(controllerOf(at) ?? '');
      if (next) found = next;
      at = next?.object;
    }
    return found;
  };
  const addresses = new Map<ManifestObject, string[]>();
  const alone: typeof pods = [];
  for (const pod of pods) {
    const phase = asRecord(pod.object.value.status)?.phase;
    // The address of a Pod that has ended may already be another's.
    if (phase === 'Succeeded' || phase === 'Failed') continue;
    const owner = maker(pod.object);
    if (owner && madeFromTemplate(pod.shape.labels, owner.shape.labels)) {
      addresses.set(owner.object, [...(addresses.get(owner.object) ?? []), ...pod.shape.ips]);
    } else {
      alone.push(pod);
    }
  }
  return [...makers.filter(({ object }) => !maker(object)), ...alone].map(({ object, shape }) => {
    const namespace = namespaceOf(object);
    return {
      id: `${namespace.name}/${object.name}[${object.kind}]`,
      namespace,
      name: object.name,
      kind: object.kind,
      labels: shape.labels,
      ports: shape.ports,
      hostNetwork: shape.hostNetwork,
      serviceAccount: shape.serviceAccount,
      ips: addresses.get(object) ?? shape.ips,
      object,
    };
  });
}

/** A workload whose selector does not select its own Pods is refused by the API server. */
function checkTemplate(object: ManifestObject, shape: PodShape): Fault[] {
  const selector = asRecord(asRecord(object.value.spec)?.selector);
  if (!selector || groupOf(object.apiVersion) !== 'apps') return [];
  try {
    if (labelSelector(selector)(shape.labels)) return [];
  } catch (error) {
    return [fault(object, ['spec', 'selector'], 'selector', (error as Error).message)];
  }
  return [
    fault(
      object,
      ['spec', 'selector'],
      'selector-template',
      'this selector does not select the labels of the template below it',
    ),
  ];
}

function readNode(object: ManifestObject): Node {
  const addresses = asList(asRecord(object.value.status)?.addresses).map(asRecord);
  const ips = addresses
    .filter((a) => a?.type === 'InternalIP' || a?.type === 'ExternalIP')
    .map((a) => asString(a?.address));
  return {
    name: object.name,
    labels: asLabels(object.labels),
    ips: ips.filter((ip) => ip !== undefined),
  };
}

/** A fault at a path of an object. */
export function fault(
  object: ManifestObject,
  path: string[],
  rule: string,
  message: string,
): Fault {
  return {
    file: object.file,
    ...object.placeOf(path),
    rule,
    severity: 'error',
    message,
    kind: object.kind,
    name: object.name,
  };
}
