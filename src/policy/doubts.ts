import { warning } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/model.ts';
import type { ManifestObject } from '../cluster/objects.ts';
import type { Fault } from '../fault.ts';
import { type AddressRange, type Family, familyOf, parseCidr } from './addresses.ts';
import type { CompiledPolicy, Rule } from './model.ts';

/** Finds what a valid policy says and nobody in this cluster can be meant by: most often a slip. */
export function doubter(
  cluster: Cluster,
): (
  object: ManifestObject,
  compiled: readonly CompiledPolicy[],
  ranges: readonly AddressRange[],
) => Fault[] {
  const families = knownFamilies(cluster);
  return (object, compiled, ranges) => [
    ...unknownPortNames(object, compiled, cluster),
    ...otherFamily(object, ranges, families),
  ];
}

function knownFamilies({ endpoints, nodes, services }: Cluster): ReadonlySet<Family> {
  const known = new Set<Family>();
  for (const { ips } of endpoints) for (const ip of ips) known.add(familyOf(ip));
  for (const { ips } of nodes) for (const ip of ips) known.add(familyOf(ip));
  for (const { clusterIPs } of services) for (const ip of clusterIPs) known.add(familyOf(ip));
  return known;
}

/** A named port that none of the Pods has at which the rule's connections end. */
function unknownPortNames(
  object: ManifestObject,
  compiled: readonly CompiledPolicy[],
  { endpoints }: Cluster,
): Fault[] {
  return compiled.flatMap((policy) => {
    const endsAt = (rule: Rule) =>
      policy.direction === 'ingress'
        ? endpoints.filter((endpoint) => policy.selects(endpoint) !== 'no')
        : endpoints.filter((endpoint) => rule.matchesPeer({ type: 'endpoint', endpoint }) !== 'no');
    return policy.rules.flatMap((rule) => {
      if (!rule.portNames?.length) return [];
      const destinations = endsAt(rule);
      if (destinations.length === 0) return [];
      return rule.portNames
        .filter(
          ({ name, protocol }) =>
            !destinations.some(({ ports }) =>
              ports.some((port) => port.name === name && port.protocol === protocol),
            ),
        )
        .map(({ name, protocol, path }) => {
          const message = `none of the Pods that this rule opens has a ${protocol} port named ${name}`;
          return warning(object, path, 'port-name', message);
        });
    });
  });
}

/** A range of a family that no address of the cluster has; without known addresses nothing is said. */
function otherFamily(
  object: ManifestObject,
  ranges: readonly AddressRange[],
  known: ReadonlySet<Family>,
): Fault[] {
  const odd = ranges.find(({ family }) => known.size > 0 && !known.has(family));
  if (!odd) return [];
  const other = odd.family === 4 ? 6 : 4;
  const message = `this is an IPv${odd.family} range, but all addresses of this cluster are IPv${other}`;
  const path = findRange(object.value.spec, odd.family) ?? [];
  return [warning(object, ['spec', ...path], 'address-family', message)];
}

/** The path of the first text that is a range of a family. */
function findRange(value: unknown, family: Family): string[] | undefined {
  if (typeof value === 'string') return isRange(value, family) ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const path = findRange(inner, family);
    if (path) return [key, ...path];
  }
  return undefined;
}

function isRange(text: string, family: Family): boolean {
  try {
    return parseCidr(text).family === family;
  } catch {
    return false;
  }
}
