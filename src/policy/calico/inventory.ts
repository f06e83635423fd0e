import type { Endpoint, Namespace, Service } from '../../cluster/model.ts';
import { asList, asRecord, type ManifestObject } from '../../cluster/objects.ts';
import type { Labels } from '../../cluster/selector.ts';
import { type AddressRange, parseAddress, parseCidr } from '../addresses.ts';
import type { PolicyContext } from '../model.ts';
import { isCalico } from './objects.ts';
import type { LabelTest, Lookup } from './selector.ts';
import { readTiers, type Tier } from './tiers.ts';

/** Labels of namespaces and service accounts, as selectors of endpoints see them. */
export const prefixes = { namespace: 'pcns.', serviceAccount: 'pcsa.' } as const;
export const namespaceLabel = 'projectcalico.org/namespace';
export const serviceAccountLabel = 'projectcalico.org/serviceaccount';

/** What the rules of Calico's policies can mean, by their labels or names. */
export interface Inventory {
  tiers: ReadonlyMap<string, Tier>;
  /** whether a Pod's labels, with those that Calico adds, are selected */
  selects(test: LabelTest, endpoint: Endpoint): boolean;
  /** address ranges of the NetworkSets and GlobalNetworkSets that are selected */
  netsOf(test: LabelTest): AddressRange[];
  /** whether some HostEndpoint is selected */
  selectsHost(test: LabelTest): boolean;
  /** addresses of the HostEndpoints that are selected, as far as they say them */
  hostNetsOf(test: LabelTest): AddressRange[];
  service(namespace: string, name: string): Service | undefined;
  endpoints: readonly Endpoint[];
  blocksMatchPods: boolean;
}

const known = new WeakMap<PolicyContext, Inventory>();

/** Made once for all policies of a cluster. */
export function inventoryOf(context: PolicyContext): Inventory {
  let inventory = known.get(context);
  if (!inventory) {
    inventory = takeInventory(context);
    known.set(context, inventory);
  }
  return inventory;
}

function takeInventory(context: PolicyContext): Inventory {
  const { objects, endpoints, services, namespaces, blocksMatchPods } = context;
  const accounts = new Map<string, Labels>();
  const sets: { labels: Lookup; nets: AddressRange[] }[] = [];
  const hosts: { labels: Lookup; nets: AddressRange[] }[] = [];
  for (const object of objects) {
    const namespace = object.namespace ?? 'default';
    if (object.apiVersion === 'v1' && object.kind === 'ServiceAccount') {
      accounts.set(`${namespace}/${object.name}`, object.labels);
    } else if (isCalico(object, 'NetworkSet', 'GlobalNetworkSet')) {
      const own =
        object.kind === 'NetworkSet'
          ? (namespaces.get(namespace) ?? { name: namespace, labels: {} })
          : undefined;
      // One that cannot be read is reported where the set itself is read.
      sets.push({ labels: setLabels(object, own), nets: readOrNone(object, 'nets') });
    } else if (isCalico(object, 'HostEndpoint')) {
      hosts.push({ labels: lookup(object.labels), nets: readOrNone(object, 'expectedIPs') });
    }
  }
  const labels = new WeakMap<Endpoint, Lookup>();
  return {
    tiers: readTiers(objects),
    selects(test, endpoint) {
      let own = labels.get(endpoint);
      if (!own) {
        const account = `${endpoint.namespace.name}/${endpoint.serviceAccount}`;
        own = lookup(podLabels(endpoint, accounts.get(account) ?? {}));
        labels.set(endpoint, own);
      }
      return test(own);
    },
    netsOf: (test) => sets.filter((set) => test(set.labels)).flatMap(({ nets }) => nets),
    selectsHost: (test) => hosts.some((host) => test(host.labels)),
    hostNetsOf: (test) => hosts.filter((host) => test(host.labels)).flatMap(({ nets }) => nets),
    service: (namespace, name) =>
      services.find((s) => s.namespace.name === namespace && s.name === name),
    endpoints,
    blocksMatchPods,
  };
}

/** @throws Error with a reason, for a net that is neither a range nor an address */
export function readNets(object: ManifestObject, key = 'nets'): AddressRange[] {
  return asList(asRecord(object.value.spec)?.[key]).map((value) => {
    const net = String(value);
    return net.includes('/') ? parseCidr(net) : parseAddress(net);
  });
}

function readOrNone(object: ManifestObject, key: string): AddressRange[] {
  try {
    return readNets(object, key);
  } catch {
    return [];
  }
}

function lookup(labels: Labels): Lookup {
  // Labels may be called "constructor".
  const map = new Map(Object.entries(labels));
  return (label) => map.get(label);
}

/**
 * The labels of a Pod's WorkloadEndpoint, and those it inherits (libcalico-go/lib/backend/k8s/conversion:
 * podToDefaultWorkloadEndpoint, NamespaceToProfile, ServiceAccountToProfile).
 */
function podLabels(endpoint: Endpoint, accountLabels: Labels): Labels {
  const { namespace, serviceAccount } = endpoint;
  return {
    ...inherited(namespace),
    ...prefixed(prefixes.serviceAccount, {
      ...accountLabels,
      'projectcalico.org/name': serviceAccount,
    }),
    ...endpoint.labels,
    [namespaceLabel]: namespace.name,
    'projectcalico.org/orchestrator': 'k8s',
    // A label's value has at most 63 characters, and Calico stops one short of them.
    ...(serviceAccount.length < 63 && { [serviceAccountLabel]: serviceAccount }),
  };
}

/** A NetworkSet has the labels of its namespace too (updateprocessors/networksetprocessor.go). */
function setLabels(object: ManifestObject, namespace: Namespace | undefined): Lookup {
  return lookup({
    ...(namespace && inherited(namespace)),
    ...object.labels,
    ...(namespace && { [namespaceLabel]: namespace.name }),
  });
}

function inherited({ name, labels }: Namespace): Labels {
  return prefixed(prefixes.namespace, { ...labels, 'projectcalico.org/name': name });
}

function prefixed(prefix: string, labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));
}
