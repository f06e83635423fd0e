import { asList, asRecord, asString, type ManifestObject } from '../../cluster/objects.ts';
import { type Labels, labelSelector } from '../../cluster/selector.ts';
import { type AddressRange, contains, overlap, parseCidr } from '../addresses.ts';
import { read } from '../kubernetes/network-policy.ts';
import { type PolicyContext, PolicyError } from '../model.ts';
import { withSource } from './selectors.ts';

/** One entry of a CIDR or CIDRSet list. */
export interface Block {
  /** whether all addresses of a range are meant, which must not cross an edge of `ranges` */
  contains(range: AddressRange): boolean;
  ranges: AddressRange[];
  /** for addresses that manifests do not say */
  condition?: string;
}

export function isGroup({ apiVersion, kind }: ManifestObject): boolean {
  return apiVersion.startsWith('cilium.io/') && kind === 'CiliumCIDRGroup';
}

/** @throws PolicyError for a group that the API server would refuse */
export function groupRanges(group: ManifestObject): AddressRange[] {
  const list = asRecord(group.value.spec)?.externalCIDRs;
  if (!Array.isArray(list)) throw new PolicyError(['spec'], 'externalCIDRs is missing');
  return list.map((cidr, i) => readCidr(cidr, ['spec', 'externalCIDRs', String(i)]));
}

/** Reads fromCIDR, toCIDR, fromCIDRSet or toCIDRSet. */
export function readBlocks(
  list: readonly unknown[],
  path: string[],
  { objects }: Pick<PolicyContext, 'objects'>,
): Block[] {
  return list.map((entry, i) => {
    const at = [...path, String(i)];
    if (path.at(-1)?.endsWith('CIDR')) return plain(readCidr(entry, at), []);
    const rule = asRecord(entry) ?? {};
    const { cidr, cidrGroupRef, cidrGroupSelector } = rule;
    const given = [cidr, cidrGroupRef, cidrGroupSelector].filter(
      (value) => value !== undefined && value !== null && value !== '',
    );
    if (given.length !== 1)
      throw new PolicyError(at, 'write exactly one of cidr, cidrGroupRef and cidrGroupSelector');
    const except = asList(rule.except).map((value, n) =>
      readCidr(value, [...at, 'except', String(n)]),
    );
    if (asString(cidr)) {
      const whole = readCidr(cidr, [...at, 'cidr']);
      const outside = except.findIndex((part) => !contains(whole, part));
      if (outside !== -1) {
        throw new PolicyError(
          [...at, 'except', String(outside)],
          `${String(asList(rule.except)[outside])} is not a part of ${String(cidr)}`,
        );
      }
      return plain(whole, except);
    }
    const groups = objects.filter(isGroup).flatMap((group) => {
      try {
        return [{ group, ranges: groupRanges(group) }];
      } catch {
        // It is reported for itself; the API server does not have it.
        return [];
      }
    });
    const without = (meant: (range: AddressRange) => boolean) => (range: AddressRange) =>
      meant(range) && !except.some((part) => overlap(part, range));
    if (asString(cidrGroupRef)) {
      const named = groups.find(({ group }) => group.name === cidrGroupRef);
      if (!named) {
        return {
          contains: without(() => true),
          ranges: except,
          condition: `the address is in CiliumCIDRGroup ${String(cidrGroupRef)}, which is not given`,
        };
      }
      return {
        contains: without((range) => named.ranges.some((part) => contains(part, range))),
        ranges: [...named.ranges, ...except],
      };
    }
    // An address has the labels of all groups it is in, and none when it is in none
    // (pkg/policy/types/requirements.go, matchesEncodedRequirements).
    const selected = selectGroups(cidrGroupSelector, [...at, 'cidrGroupSelector']);
    return {
      contains: without((range) =>
        selected(
          groups
            .filter(({ ranges }) => ranges.some((part) => contains(part, range)))
            .map(({ group }) => group.labels),
        ),
      ),
      ranges: [...groups.flatMap(({ ranges }) => ranges), ...except],
    };
  });
}

/**
 * A positive term needs one of the groups of an address to fit, a negative one all of them. Keys stand
 * for labels of groups unless they name another source, of which addresses outside have none.
 */
function selectGroups(value: unknown, path: string[]): (groups: readonly Labels[]) => boolean {
  const { matchLabels, matchExpressions } = withSource(value, 'cidrgroup');
  read(path, () => labelSelector({ matchLabels, matchExpressions }));
  const terms = [
    ...Object.entries(matchLabels).map(([key, label]) => ({
      positive: true,
      matches: labelSelector({ matchLabels: { [key]: label } }),
    })),
    ...matchExpressions.map((expression) => ({
      positive: expression.operator === 'In' || expression.operator === 'Exists',
      matches: labelSelector({ matchExpressions: [expression] }),
    })),
  ];
  return (groups) => {
    const all = groups.map((labels) =>
      Object.fromEntries(Object.entries(labels).map(([key, label]) => [`cidrgroup:${key}`, label])),
    );
    return terms.every(({ positive, matches }) =>
      positive ? all.some(matches) : all.every(matches),
    );
  };
}

function plain(whole: AddressRange, except: AddressRange[]): Block {
  return {
    contains: (range) => contains(whole, range) && !except.some((part) => overlap(part, range)),
    ranges: [whole, ...except],
  };
}

/** The schema wants a prefix length: a bare address is refused (`format: cidr`). */
function readCidr(value: unknown, path: string[]): AddressRange {
  return read(path, () => parseCidr(String(value ?? '')));
}
