import { asList, asRecord, asString, type ManifestObject } from '../../cluster/objects.ts';
import { groupOf } from '../../cluster/workloads.ts';
import { type AddressRange, parseCidr } from '../addresses.ts';
import { read } from '../kubernetes/network-policy.ts';
import {
  type CompiledPolicy,
  type Direction,
  type PolicyContext,
  PolicyError,
  type PolicyReader,
} from '../model.ts';
import { readSelector } from './entity.ts';
import {
  type Inventory,
  inventoryOf,
  namespaceLabel,
  prefixes,
  readNets,
  serviceAccountLabel,
} from './inventory.ts';
import { isCalico } from './objects.ts';
import { familyRange, readRule } from './rule.ts';
import type { LabelTest } from './selector.ts';
import { readOrder, readTier } from './tiers.ts';

/**
 * NetworkPolicy and GlobalNetworkPolicy of projectcalico.org/v3, and what they refer to: Tier, NetworkSet,
 * GlobalNetworkSet. Staged policies enforce nothing; they are counted among what is ignored.
 *
 * Sources, here and in the files beside this one: Calico 3.32 and 3.33, the API reference
 * (docs.tigera.io/calico/latest/reference/resources, and the comments in api/pkg/apis/projectcalico/v3), and
 * where that is silent the source in github.com/projectcalico/calico, of which a comment names the file.
 */
export const calico: PolicyReader = {
  owns: (object) =>
    isCalico(
      object,
      'NetworkPolicy',
      'GlobalNetworkPolicy',
      'Tier',
      'NetworkSet',
      'GlobalNetworkSet',
    ),

  compile(object, context) {
    if (object.kind === 'Tier') readTier(object);
    return isPolicy(object) ? compilePolicy(object, context) : [];
  },

  ranges(object) {
    if (!isPolicy(object))
      return object.kind === 'Tier' ? [] : read(['spec', 'nets'], () => readNets(object));
    const spec = asRecord(object.value.spec) ?? {};
    return [...asList(spec.ingress), ...asList(spec.egress)].flatMap((rule) => [
      ...familyRange(rule),
      ...netsOf(asRecord(rule)?.source),
      ...netsOf(asRecord(rule)?.destination),
    ]);
  },
};

function isPolicy({ kind }: ManifestObject): boolean {
  return kind === 'NetworkPolicy' || kind === 'GlobalNetworkPolicy';
}

/** Where they are no ranges, compiling says so, with the place. */
function netsOf(entity: unknown): AddressRange[] {
  const { nets, notNets } = asRecord(entity) ?? {};
  return [...asList(nets), ...asList(notNets)].flatMap((net) => {
    try {
      return [parseCidr(String(net))];
    } catch {
      return [];
    }
  });
}

function compilePolicy(object: ManifestObject, context: PolicyContext): CompiledPolicy[] {
  const spec = asRecord(object.value.spec) ?? {};
  const inventory = inventoryOf(context);
  const namespace = object.kind === 'NetworkPolicy' ? (object.namespace ?? 'default') : undefined;
  const tier = readTierOf(spec, inventory);
  const precedence = readOrder(spec.order) ?? Number.POSITIVE_INFINITY;
  const test =
    namespace === undefined ? readGlobalSubject(spec) : readNamespacedSubject(spec, namespace);
  const selects: CompiledPolicy['selects'] = (endpoint) => {
    // A Pod on its node's network is no endpoint of Calico's (conversion.go,
    // IsValidCalicoWorkloadEndpoint), but a policy for its node's HostEndpoint may concern it.
    if (endpoint.hostNetwork) return inventory.selectsHost(test) ? 'unspecified' : 'no';
    return inventory.selects(test, endpoint) ? 'yes' : 'no';
  };
  const policies = readTypes(spec, object).map((direction): CompiledPolicy => {
    const rules = asList(spec[direction]).map((rule, i) =>
      readRule(rule, ['spec', direction, String(i)], { namespace, direction, inventory }),
    );
    return {
      object,
      direction,
      stage: tier.stage,
      precedence,
      selects,
      otherwise: tier.otherwise,
      // What leaves a Pod for its own node passes its policies too; what comes from there does not.
      settlesNodes: direction === 'egress',
      rules: rules.filter((rule) => rule !== undefined),
    };
  });
  checkForHosts(spec);
  return policies;
}

/** A policy without a tier belongs to `default`, whatever its name (API reference, NetworkPolicySpec). */
function readTierOf(spec: Record<string, unknown>, { tiers }: Inventory) {
  const name = asString(spec.tier) ?? 'default';
  const tier = tiers.get(name);
  if (!tier) throw new PolicyError(['spec', 'tier'], `there is no Tier ${name}`);
  return tier;
}

/** Selected are Pods of the policy's own namespace alone (updateprocessors/networkpolicyprocessor.go). */
function readNamespacedSubject(spec: Record<string, unknown>, namespace: string): LabelTest {
  const own = readSelector(spec, 'selector', ['spec']);
  const account = readSelector(spec, 'serviceAccountSelector', ['spec'], {
    prefix: prefixes.serviceAccount,
  });
  return (label) =>
    label(namespaceLabel) === namespace && (own?.(label) ?? true) && (account?.(label) ?? true);
}

/** Selected are Pods of all namespaces, and HostEndpoints (updateprocessors/globalnetworkpolicyprocessor.go). */
function readGlobalSubject(spec: Record<string, unknown>): LabelTest {
  const tests = [
    readSelector(spec, 'selector', ['spec']),
    readSelector(spec, 'namespaceSelector', ['spec'], {
      prefix: prefixes.namespace,
      all: (label) => label(namespaceLabel) !== undefined,
    }),
    readSelector(spec, 'serviceAccountSelector', ['spec'], {
      prefix: prefixes.serviceAccount,
      all: (label) => label(serviceAccountLabel) !== undefined,
    }),
  ];
  return (label) => tests.every((test) => test?.(label) ?? true);
}

/**
 * Without types, a policy is for the directions it has rules for, and for ingress when it has none: unlike
 * a Kubernetes NetworkPolicy, one with egress rules alone leaves ingress open (API reference, Types). The
 * API server writes this default down. Objects of crd.projectcalico.org do not pass it, and Felix takes one
 * without types to be for both directions (felix/calc/policy_sorter.go, ExtractPolicyMetadata).
 */
function readTypes(spec: Record<string, unknown>, { apiVersion }: ManifestObject): Direction[] {
  const types = asList(spec.types);
  if (types.length === 0) {
    if (groupOf(apiVersion) === 'crd.projectcalico.org') return ['ingress', 'egress'];
    const egress = asList(spec.egress).length > 0;
    const ingress = asList(spec.ingress).length > 0 || !egress;
    return [...(ingress ? ['ingress' as const] : []), ...(egress ? ['egress' as const] : [])];
  }
  const directions = types.map((type, i): Direction => {
    if (type === 'Ingress') return 'ingress';
    if (type === 'Egress') return 'egress';
    throw new PolicyError(
      ['spec', 'types', String(i)],
      `unknown type ${String(type)}; use Ingress or Egress`,
    );
  });
  if (new Set(directions).size < directions.length)
    throw new PolicyError(['spec', 'types'], 'a type stands here twice');
  return directions;
}

/** Such policies act on the interfaces of nodes before Pods are known (host endpoints, summary). */
function checkForHosts(spec: Record<string, unknown>): void {
  const key = ['doNotTrack', 'preDNAT'].find((k) => spec[k] === true);
  if (key === undefined) return;
  if (spec.doNotTrack === true && spec.preDNAT === true)
    throw new PolicyError(['spec', key], 'doNotTrack and preDNAT do not go together');
  if (spec.applyOnForward !== true)
    throw new PolicyError(['spec', key], `${key} needs applyOnForward: true`);
  throw new PolicyError(
    ['spec', key],
    `${key} makes this a policy for host endpoints, which says nothing about Pods`,
    'warning',
  );
}
