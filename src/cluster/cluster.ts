import type { Fault } from '../fault.ts';
import { isAddress } from './addresses.ts';
import type { Cluster, ClusterReading, Endpoint, Namespace, Node, Service } from './model.ts';
import { asLabels, asList, asRecord, type ManifestObject } from './objects.ts';
import { controllerOf, madeFromTemplate, nextController, ownerKey } from './owners.ts';
import { labelSelector } from './selector.ts';
import { readService, selectedBy } from './services.ts';
import { groupOf, type PodShape, podShape } from './workloads.ts';

/** Kinds that stand outside of every namespace, as far as this guide reads them. */
const clusterScoped = ['Namespace', 'Node'];

/** How many missing namespaces are named; a dump of Pods alone lacks them all. */
const shownNames = 3;

/** Namespaces that every cluster has from its first minute, whether a manifest says so or not. */
const initialNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

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

  const read = withoutRepeats(objects, faults);
  for (const object of read) {
    if (isCore(object, 'Namespace') && hasName(object, faults)) {
      namespaces.set(object.name, {
        name: object.name,
        labels: namespaceLabels(object.name, object.labels),
      });
    }
  }
  const missing: { name: string; object: ManifestObject }[] = [];
  const namespaceOf = (object: ManifestObject): Namespace => {
    const name = object.namespace ?? 'default';
    const known = namespaces.get(name);
    if (known) return known;
    const mentioned = { name, labels: namespaceLabels(name, {}) };
    namespaces.set(name, mentioned);
    if (!initialNamespaces.includes(name)) missing.push({ name, object });
    return mentioned;
  };

  for (const object of read) {
    const shape = podShape(object);
    if (shape) {
      if (!hasName(object, faults)) continue;
      namespaceOf(object);
      (object.kind === 'Pod' ? pods : makers).push({ object, shape });
    } else if (isCore(object, 'Service')) {
      if (hasName(object, faults)) services.push(readService(object, namespaceOf(object)));
    } else if (isCore(object, 'Node')) {
      if (hasName(object, faults)) nodes.push(readNode(object));
    } else if (!isCore(object, 'Namespace')) {
      if (object.namespace !== undefined) namespaceOf(object);
      others.push(object);
    }
  }

  const endpoints = readEndpoints(makers, pods, namespaceOf);
  for (const { object, shape } of makers) faults.push(...checkTemplate(object, shape));
  for (const service of services) faults.push(...checkTargets(service, endpoints));
  if (missing[0]) {
    const names = missing.slice(0, shownNames).map(({ name }) => name);
    const more = missing.length > shownNames ? ` and ${missing.length - shownNames} more` : '';
    const message = `no Namespace ${names.join(', ')}${more} is here; what is only mentioned is taken to have no labels but its name`;
    const path = ['metadata', 'namespace'];
    faults.push(warning(missing[0].object, path, 'namespace-missing', message));
  }
  const cluster: Cluster = { namespaces, endpoints, services, nodes, others };
  return { cluster, faults };
}

function namespaceLabels(name: string, labels: Record<string, string>) {
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

/** Two objects of one kind and name cannot both exist: the last one read counts, as with `kubectl apply`. */
function withoutRepeats(objects: readonly ManifestObject[], faults: Fault[]): ManifestObject[] {
  const seen = new Map<string, ManifestObject>();
  for (const object of objects) {
    const { kind, name, namespace = clusterScoped.includes(object.kind) ? '' : 'default' } = object;
    const id = name
      ? [groupOf(object.apiVersion), kind, namespace, name].join(' ')
      : `${object.file} ${seen.size}`;
    const before = seen.get(id);
    if (before) {
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
      const next: typeof found =
        byKey.get(controllerOf(at) ?? '') ?? byKey.get(nextController(at) ?? '');
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
      const known = addresses.get(owner.object);
      if (known) known.push(...pod.shape.ips);
      else addresses.set(owner.object, [...pod.shape.ips]);
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
  // The API server makes the selector of a Job itself.
  if (!selector || groupOf(object.apiVersion) === 'batch') return [];
  // A ReplicationController is older than matchLabels.
  const given = object.kind === 'ReplicationController' ? { matchLabels: selector } : selector;
  try {
    if (labelSelector(given)(shape.labels)) return [];
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

/** A Service whose targetPort is a name that no Pod it selects has sends connections nowhere. */
function checkTargets(service: Service, endpoints: readonly Endpoint[]): Fault[] {
  if (!service.ports.some(({ targetPort }) => typeof targetPort === 'string')) return [];
  const selected = selectedBy(service, endpoints);
  if (selected.length === 0) return [];
  return service.ports.flatMap(({ targetPort, protocol }, i) => {
    const found = selected.some(({ ports }) =>
      ports.some((port) => port.name === targetPort && port.protocol === protocol),
    );
    if (typeof targetPort === 'number' || found) return [];
    const message = `no Pod that this Service selects has a ${protocol} port named ${targetPort}`;
    return [
      warning(service.object, ['spec', 'ports', String(i), 'targetPort'], 'port-name', message),
    ];
  });
}

function isCore({ apiVersion, kind }: ManifestObject, wanted: string): boolean {
  return apiVersion === 'v1' && kind === wanted;
}

/** Says so where a name is missing: what has none could not be told apart from others. */
function hasName(object: ManifestObject, faults: Fault[]): boolean {
  if (object.name) return true;
  faults.push(
    fault(object, ['metadata'], 'no-name', `this ${object.kind} has no name; it is left out`),
  );
  return false;
}

function readNode(object: ManifestObject): Node {
  const addresses = asList(asRecord(object.value.status)?.addresses).map(asRecord);
  const ips = addresses
    .filter((a) => a?.type === 'InternalIP' || a?.type === 'ExternalIP')
    .map((a) => a?.address);
  return {
    name: object.name,
    labels: asLabels(object.labels),
    ips: [...new Set(ips.filter(isAddress))],
  };
}

/** A fault that nothing is left out for. */
export function warning(...args: Parameters<typeof fault>): Fault {
  return { ...fault(...args), severity: 'warning' };
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
