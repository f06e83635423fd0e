import { asList, asRecord, type ManifestObject } from '../../cluster/objects.ts';
import type { AddressRange } from '../addresses.ts';
import {
  type CompiledPolicy,
  type Direction,
  type PolicyContext,
  PolicyError,
  type PolicyReader,
  type Rule,
  stages,
} from '../model.ts';
import { PortSet } from '../ports.ts';
import { groupRanges, isGroup, readBlocks } from './blocks.ts';
import { allOf } from './conditions.ts';
import { knownFields } from './fields.ts';
import { fieldKey, matchIdentities, readPeers, type Scope } from './peers.ts';
import { readPorts } from './ports.ts';
import { hasKey, subjectSelector } from './selectors.ts';
import { serviceRanges } from './services.ts';

/** A rule that denies goes before all that allow, whichever policy they stand in ("Deny Policies"). */
const precedence = { deny: 0, allow: 1000 } as const;

const policyKinds = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];

/**
 * cilium.io/v2 CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and the CiliumCIDRGroups they name, as
 * Cilium 1.20 enforces them with its default settings. Source of the rules: the policy pages of its
 * documentation, and where they are silent its source, 1.20.2; both are named where a rule stands.
 *
 * The policies of Cilium and of Kubernetes are asked in one stage: they add up ("Overview of Network
 * Policy", and "Deny Policies").
 */
export const cilium: PolicyReader = {
  owns: (object) =>
    isGroup(object) || (object.apiVersion === 'cilium.io/v2' && policyKinds.includes(object.kind)),

  compile(object, context) {
    if (isGroup(object)) {
      groupRanges(object);
      return [];
    }
    return specsOf(object).flatMap(({ spec, path }) => compileSpec(object, spec, path, context));
  },

  ranges(object, context) {
    if (isGroup(object)) return [];
    return specsOf(object).flatMap(({ spec, path }) =>
      (['ingress', 'egress'] as const).flatMap((direction) =>
        [direction, `${direction}Deny`].flatMap((section) =>
          asList(spec[section]).flatMap((rule, i) =>
            rangesOf(asRecord(rule) ?? {}, [...path, section, String(i)], direction, context),
          ),
        ),
      ),
    );
  },
};

/** `spec` and each of `specs` are rules of their own; one of them must be there. */
function specsOf(object: ManifestObject): { spec: Record<string, unknown>; path: string[] }[] {
  const { spec, specs } = object.value;
  const all = [
    ...(spec === undefined || spec === null ? [] : [{ value: spec, path: ['spec'] }]),
    ...asList(specs).map((value, i) => ({ value, path: ['specs', String(i)] })),
  ];
  if (all.length === 0) throw new PolicyError([], 'spec or specs must be there');
  return all.map(({ value, path }) => {
    const record = asRecord(value);
    if (!record) throw new PolicyError(path, 'this is not a policy');
    return { spec: record, path };
  });
}

function rangesOf(
  rule: Record<string, unknown>,
  path: string[],
  direction: Direction,
  context: PolicyContext,
): AddressRange[] {
  const blocks = ['CIDR', 'CIDRSet'].flatMap((field) => {
    const key = fieldKey(direction, field);
    return readBlocks(asList(rule[key]), [...path, key], context);
  });
  return [
    ...blocks.flatMap(({ ranges }) => ranges),
    ...serviceRanges(asList(rule.toServices), [...path, 'toServices'], context),
  ];
}

/** Either kind of selector, exactly one of them; nodes are for clusterwide policies. */
function readSubject(
  spec: Record<string, unknown>,
  path: string[],
  namespace: string | undefined,
): { selects: CompiledPolicy['selects']; host: boolean; forInit: boolean } {
  const pods = asRecord(spec.endpointSelector);
  const nodes = asRecord(spec.nodeSelector);
  if (pods && nodes)
    throw new PolicyError([...path, 'nodeSelector'], 'write endpointSelector or nodeSelector');
  if (nodes) {
    const at = [...path, 'nodeSelector'];
    if (namespace !== undefined)
      throw new PolicyError(at, 'nodeSelector is for CiliumClusterwideNetworkPolicy alone');
    subjectSelector(nodes, at, undefined);
    // It is for nodes and Pods on their network ("Host Policies"); on which node such a Pod is, and
    // whether the host firewall is on at all, manifests do not say.
    return {
      selects: (endpoint) => (endpoint.hostNetwork ? 'unspecified' : 'no'),
      host: true,
      forInit: false,
    };
  }
  if (!pods) throw new PolicyError(path, 'endpointSelector is missing; {} selects every Pod');
  const selector = subjectSelector(pods, [...path, 'endpointSelector'], namespace);
  return {
    selects: (endpoint) =>
      // A Pod on its node's network is no endpoint of Cilium's.
      endpoint.hostNetwork ? 'no' : matchIdentities(selector, { type: 'endpoint', endpoint }),
    host: false,
    forInit: hasKey(pods, 'reserved:init'),
  };
}

function compileSpec(
  object: ManifestObject,
  spec: Record<string, unknown>,
  path: string[],
  context: PolicyContext,
): CompiledPolicy[] {
  knownFields(spec, path, 'spec');
  const namespace =
    object.kind === 'CiliumNetworkPolicy' ? (object.namespace ?? 'default') : undefined;
  const { selects, host, forInit } = readSubject(spec, path, namespace);
  const rulesIn = (direction: Direction, action: Scope['action']): Rule[] | undefined => {
    const section = action === 'deny' ? `${direction}Deny` : direction;
    const list = spec[section];
    if (list !== undefined && list !== null && !Array.isArray(list))
      throw new PolicyError([...path, section], `${section} is not a list`);
    if (asList(list).length === 0) return undefined;
    const scope = { direction, action, namespace, forInit, context, host };
    return asList(list).flatMap((rule, i) => readRule(rule, [...path, section, String(i)], scope));
  };
  const compiled = (['ingress', 'egress'] as const).flatMap((direction): CompiledPolicy[] => {
    const allow = rulesIn(direction, 'allow');
    const deny = rulesIn(direction, 'deny');
    // A direction without rules is left alone, an empty list and enableDefaultDeny: true included
    // (pkg/policy/api/rule_validation.go, Sanitize; pkg/policy/utils/parserules.go).
    if (!allow && !deny) return [];
    const isolates = defaultDeny(spec, path, direction);
    const common = { object, direction, stage: stages.policies, selects };
    const allowing: CompiledPolicy = {
      ...common,
      precedence: precedence.allow,
      otherwise: isolates ? 'deny' : 'pass',
      settlesNodes: true,
      rules: [
        ...(allow ?? []),
        ...(isolates && direction === 'ingress' ? [fromOwnNode(path)] : []),
      ],
    };
    const denying: CompiledPolicy = {
      ...common,
      precedence: precedence.deny,
      otherwise: 'pass',
      rules: deny ?? [],
    };
    return deny ? [denying, allowing] : [allowing];
  });
  if (compiled.length === 0)
    throw new PolicyError(path, 'there is no rule in ingress, ingressDeny, egress or egressDeny');
  return compiled;
}

/** Rules of a direction isolate in it, unless enableDefaultDeny says otherwise for it. */
function defaultDeny(spec: Record<string, unknown>, path: string[], direction: Direction): boolean {
  const value = asRecord(spec.enableDefaultDeny)?.[direction] ?? true;
  if (typeof value !== 'boolean')
    throw new PolicyError([...path, 'enableDefaultDeny', direction], 'this is not true or false');
  return value;
}

/**
 * The node a Pod runs on always reaches it, unless a rule denies it ("Layer 3 Policies", Access to/from
 * local host; pkg/policy/repository.go, LabelsLocalHostIngress).
 */
function fromOwnNode(path: string[]): Rule {
  return {
    path,
    action: 'allow',
    matchesPeer: (peer) => (peer.type === 'endpoint' && peer.endpoint.hostNetwork ? 'yes' : 'no'),
    portsAt: () => PortSet.all,
    condition: 'the source is on the same node',
  };
}

/** One rule becomes several, where conditions differ between its peers or its ports. */
function readRule(value: unknown, path: string[], scope: Scope & { host: boolean }): Rule[] {
  const rule = asRecord(value) ?? {};
  const { direction, action } = scope;
  knownFields(rule, path, action === 'deny' ? `${direction}Deny` : direction);
  const requires = fieldKey(direction, 'Requires');
  if (asList(rule[requires]).length)
    throw new PolicyError([...path, requires], `${requires} was removed in Cilium 1.19`);
  const ports = readPorts(rule, path, scope);
  const peers = readPeers(rule, path, scope);
  const authentication = readAuthentication(rule.authentication, [...path, 'authentication']);
  // A rule that says nothing matches nobody, and isolates all the same: `ingress: [{}]` allows nothing
  // ("Layer 3 Policies", Ingress/Egress Default Deny; pkg/policy/rule.go, mergeL4Filter).
  if ((!ports && !peers) || authentication === 'fails') return [];
  const everybody = [{ matches: () => 'yes' as const, condition: undefined }];
  const allPorts = [{ portsAt: () => PortSet.all, condition: undefined }];
  return (peers ?? everybody).flatMap((peer) =>
    (ports ?? allPorts).map((port): Rule => {
      const condition = allOf(peer.condition, port.condition, authentication);
      if (action === 'allow' || condition === undefined) {
        return { path, action, matchesPeer: peer.matches, portsAt: port.portsAt, condition };
      }
      // A denial cannot have a condition: where one decides, it is left open.
      return {
        path,
        action,
        matchesPeer: (other) => (peer.matches(other) === 'no' ? 'no' : 'unspecified'),
        portsAt: port.portsAt,
      };
    }),
  );
}

/** Mutual authentication, deprecated in Cilium 1.20: `disabled` is as if it was not written. */
function readAuthentication(value: unknown, path: string[]): string | undefined {
  const mode = asRecord(value)?.mode;
  if (value === undefined || value === null || mode === 'disabled') return undefined;
  if (mode === 'required') return 'mutual authentication succeeds';
  if (mode === 'test-always-fail') return 'fails';
  throw new PolicyError(
    [...path, 'mode'],
    `unknown mode ${String(mode)}; use disabled, required or test-always-fail`,
  );
}
