import type { Endpoint } from '../cluster/model.ts';
import type { ManifestObject } from '../cluster/objects.ts';
import type { AddressRange } from './addresses.ts';
import type { PortSet } from './ports.ts';

export type Direction = 'ingress' | 'egress';

/** The other side of a connection. */
export type Peer =
  | { type: 'endpoint'; endpoint: Endpoint }
  /** addresses outside of the cluster that no policy tells apart */
  | { type: 'range'; range: AddressRange };

/** `unspecified`: the API leaves it open, plugins differ. */
export type Match = 'yes' | 'no' | 'unspecified';

/** One entry of a policy's list, made ready to be asked. */
export interface Rule {
  /** where it stands in its policy: ['spec', 'ingress', '0'] */
  path: string[];
  /** `pass` leaves the stage and hands the decision on */
  action: 'allow' | 'deny' | 'pass';
  matchesPeer(peer: Peer): Match;
  /** the ports it speaks of, when the connection ends at this endpoint, or outside for undefined */
  portsAt(destination: Endpoint | undefined): PortSet;
  /** what must hold besides, that ports and addresses cannot say: "GET /cart", "name example.com" */
  condition?: string;
}

/** One direction of a policy of any API, made ready to be asked. */
export interface CompiledPolicy {
  object: ManifestObject;
  direction: Direction;
  /** which stage it is asked in; lower stages first, see `stages` */
  stage: number;
  /** place among the policies of its stage; lower first */
  precedence: number;
  selects(endpoint: Endpoint): Match;
  /** what becomes of connections that no rule of the stage decides: `deny` isolates */
  otherwise: 'deny' | 'pass';
  rules: readonly Rule[];
}

/**
 * The order in which decisions are asked for. The numbers are those of Calico's tiers, which hold all of
 * them: ClusterNetworkPolicy's Admin tier, then NetworkPolicy with Cilium's and Calico's own default
 * tier, then the Baseline tier (network-policy-api, "Tiers"; Calico 3.32 `kube-admin`, `kube-baseline`).
 */
export const stages = { admin: 1_000, policies: 1_000_000, baseline: 10_000_000 } as const;

/** Reads the policies of one API. */
export interface PolicyReader {
  /** whether an object is one of its policies, or one it must know (a Tier, a NetworkSet) */
  owns(object: ManifestObject): boolean;
  /** @throws PolicyError for a policy the API server would refuse, or that cannot be understood */
  compile(object: ManifestObject, context: PolicyContext): CompiledPolicy[];
  /** address ranges that the policy tells apart */
  ranges(object: ManifestObject): AddressRange[];
}

/** What a reader may need to know besides the policy. */
export interface PolicyContext {
  objects: readonly ManifestObject[];
  endpoints: readonly Endpoint[];
  /** whether an `ipBlock` matches Pods whose address is known; the API leaves it open */
  blocksMatchPods: boolean;
}

/** Why a policy is left out, and where. */
export class PolicyError extends Error {
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}
