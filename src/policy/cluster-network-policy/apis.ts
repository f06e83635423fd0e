import type { ManifestObject } from '../../cluster/objects.ts';
import { PolicyError, type Rule, stages } from '../model.ts';
import { readPort, readProtocol } from './ports.ts';

/** Where the kinds of policy.networking.k8s.io differ. */
export interface Api {
  apiVersion: string;
  kind: string;
  /** the most rules of a direction, and peers and ports of a rule (maxItems in the CRDs) */
  most: number;
  actions: Readonly<Record<string, Rule['action']>>;
  /** what an entry of `to` may have; one of `from` has namespaces or pods in every kind */
  egressPeers: readonly string[];
  /** the list of a rule that says its ports */
  portsKey: string;
  readPort: typeof readProtocol;
  place(
    object: ManifestObject,
    spec: Record<string, unknown>,
  ): { stage: number; precedence: number };
}

/** v0.2.0, apis/v1alpha2/clusternetworkpolicy_types.go and its CRDs. */
const clusterNetworkPolicy: Api = {
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  most: 25,
  actions: { Accept: 'allow', Deny: 'deny', Pass: 'pass' },
  egressPeers: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
  portsKey: 'protocols',
  readPort: readProtocol,
  place(_, spec) {
    const { tier } = spec;
    if (tier !== 'Admin' && tier !== 'Baseline') {
      throw new PolicyError(
        ['spec', 'tier'],
        `unknown tier ${String(tier)}; use Admin or Baseline`,
      );
    }
    const stage = tier === 'Admin' ? stages.admin : stages.baseline;
    return { stage, precedence: priority(spec) };
  },
};

/** v0.1.7, apis/v1alpha1/adminnetworkpolicy_types.go and its CRDs: in one order with the Admin tier. */
const adminNetworkPolicy: Api = {
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'AdminNetworkPolicy',
  most: 100,
  actions: { Allow: 'allow', Deny: 'deny', Pass: 'pass' },
  egressPeers: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
  portsKey: 'ports',
  readPort,
  place: (_, spec) => ({ stage: stages.admin, precedence: priority(spec) }),
};

/** v0.1.7, apis/v1alpha1/baselineadminnetworkpolicy_types.go and its CRDs. */
const baselineAdminNetworkPolicy: Api = {
  ...adminNetworkPolicy,
  kind: 'BaselineAdminNetworkPolicy',
  // There is nothing below it to pass to, and names are for the Admin tier.
  actions: { Allow: 'allow', Deny: 'deny' },
  egressPeers: ['namespaces', 'pods', 'nodes', 'networks'],
  place({ name }) {
    if (name !== 'default') {
      throw new PolicyError(
        ['metadata', 'name'],
        'a BaselineAdminNetworkPolicy must have the name default; there is one in a cluster',
      );
    }
    // No release has both it and Baseline policies; where both are, what is newer goes first.
    return { stage: stages.baseline, precedence: highest + 1 };
  },
};

const apis: readonly Api[] = [clusterNetworkPolicy, adminNetworkPolicy, baselineAdminNetworkPolicy];

/** The API of an object; undefined when it is of another group. */
export function apiOf({ apiVersion, kind }: ManifestObject): Api | undefined {
  return apis.find((api) => api.apiVersion === apiVersion && api.kind === kind);
}

const highest = 1000;

/** Minimum and maximum of `priority` in the CRDs; lower numbers are asked first. */
function priority({ priority: value }: Record<string, unknown>): number {
  if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > highest) {
    throw new PolicyError(
      ['spec', 'priority'],
      `priority ${String(value ?? 'is missing and')} is not a whole number from 0 to ${highest}`,
    );
  }
  return Number(value);
}
