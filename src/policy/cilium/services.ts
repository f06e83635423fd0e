import type { Service } from '../../cluster/model.ts';
import { asList, asRecord, asString } from '../../cluster/objects.ts';
import { labelSelector, type Selector } from '../../cluster/selector.ts';
import { selectedBy } from '../../cluster/services.ts';
import { type AddressRange, contains, parseAddress } from '../addresses.ts';
import { read } from '../kubernetes/network-policy.ts';
import type { PolicyContext } from '../model.ts';
import type { PeerPart, Scope } from './peers.ts';
import { withSource } from './selectors.ts';

/**
 * toServices stands for the Pods that the Services select, and for the addresses of those Services that
 * select none: not for ClusterIPs ("Layer 3 Policies", Services based; pkg/policy/k8s/service.go).
 *
 * Two cases are left open, since Cilium 1.20 does not do what its documentation says. A rule with ports
 * whose Services do not exist is left without peers, which means everybody (issue 20067;
 * pkg/policy/utils/parserules.go). And Services are resolved in `egress` alone, so that `egressDeny`
 * denies nobody, or everybody where it has ports (pkg/policy/k8s/service.go, processRule).
 *
 * @param withPorts whether the rule has toPorts or icmps
 */
export function readServices(
  list: readonly unknown[],
  path: string[],
  { context, action }: Scope,
  withPorts: boolean,
): PeerPart[] {
  const services = selectServices(list, path, context);
  if (withPorts && (action === 'deny' || services.length === 0))
    return [{ matches: () => 'unspecified' }];
  const parts = services.map((service) => peersOf(service, context));
  if (action === 'allow') return parts;
  return parts.map(({ matches }) => ({
    matches: (peer) => (matches(peer) === 'no' ? 'no' : 'unspecified'),
  }));
}

function peersOf(service: Service, context: PolicyContext): PeerPart {
  if (Object.keys(service.selector ?? {}).length) {
    const pods = new Set(selectedBy(service, context.endpoints));
    return {
      matches: (peer) =>
        peer.type === 'endpoint' && !peer.endpoint.hostNetwork && pods.has(peer.endpoint)
          ? 'yes'
          : 'no',
    };
  }
  const known = serviceAddresses(service, context);
  if (known) {
    return {
      matches: (peer) =>
        peer.type === 'range' && known.some((address) => contains(address, peer.range))
          ? 'yes'
          : 'no',
    };
  }
  return {
    matches: (peer) => (peer.type === 'range' ? 'yes' : 'no'),
    condition: `the address is an endpoint of Service ${service.namespace.name}/${service.name}`,
  };
}

/** The addresses that a rule's Services without selectors stand for. */
export function serviceRanges(
  list: readonly unknown[],
  path: string[],
  context: PolicyContext,
): AddressRange[] {
  return selectServices(list, path, context)
    .filter(({ selector }) => Object.keys(selector ?? {}).length === 0)
    .flatMap((service) => serviceAddresses(service, context) ?? []);
}

/** A missing namespace stands for any; the source of a key plays no part here. */
function selectServices(
  list: readonly unknown[],
  path: string[],
  { services }: PolicyContext,
): Service[] {
  const wanted = list.map((value, i): ((service: Service) => boolean) => {
    const { k8sService, k8sServiceSelector } = asRecord(value) ?? {};
    const bySelector = asRecord(k8sServiceSelector);
    const byName = asRecord(k8sService);
    const namespace = asString((bySelector ?? byName)?.namespace);
    const there = (service: Service) =>
      namespace === undefined || service.namespace.name === namespace;
    if (bySelector) {
      const at = [...path, String(i), 'k8sServiceSelector', 'selector'];
      const selected = serviceSelector(bySelector.selector, at);
      return (service) => there(service) && selected(service.labels);
    }
    return (service) => there(service) && service.name === byName?.serviceName;
  });
  return services.filter((service) => wanted.some((wants) => wants(service)));
}

function serviceSelector(value: unknown, path: string[]): Selector {
  const { matchLabels, matchExpressions } = withSource(value, 'any');
  const bare = (key: string) => key.slice(key.indexOf(':') + 1);
  return read(path, () =>
    labelSelector({
      matchLabels: Object.fromEntries(
        Object.entries(matchLabels).map(([key, label]) => [bare(key), label]),
      ),
      matchExpressions: matchExpressions.map((entry) => ({ ...entry, key: bare(entry.key) })),
    }),
  );
}

/** What the Service's EndpointSlices or Endpoints say; undefined when there are none. */
function serviceAddresses(
  { name, namespace }: Service,
  { objects }: PolicyContext,
): AddressRange[] | undefined {
  const own = objects.filter((object) => (object.namespace ?? 'default') === namespace.name);
  const slices = own.filter(
    ({ apiVersion, kind, labels }) =>
      apiVersion === 'discovery.k8s.io/v1' &&
      kind === 'EndpointSlice' &&
      labels['kubernetes.io/service-name'] === name,
  );
  const lists = own.filter(
    (object) => object.apiVersion === 'v1' && object.kind === 'Endpoints' && object.name === name,
  );
  if (slices.length + lists.length === 0) return undefined;
  const addresses = [
    ...slices.flatMap(({ value }) =>
      asList(value.endpoints).flatMap((endpoint) => asList(asRecord(endpoint)?.addresses)),
    ),
    ...lists.flatMap(({ value }) =>
      asList(value.subsets).flatMap((subset) =>
        asList(asRecord(subset)?.addresses).map((address) => asRecord(address)?.ip),
      ),
    ),
  ];
  return addresses.flatMap((address) => {
    try {
      return [parseAddress(String(address))];
    } catch {
      // A slice of names (addressType FQDN) has no addresses.
      return [];
    }
  });
}
