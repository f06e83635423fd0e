import type { Endpoint, Namespace, Node, Protocol, Service } from '../cluster/model.ts';
import type { ManifestObject } from '../cluster/objects.ts';
import type { Fault } from '../fault.ts';
import type { AddressRange } from './addresses.ts';
import type { PortSet } from './ports.ts';

export type Direction = 'ingress' | 'egress';

/** The other side of a connection. */
export type Peer =
  | { type: 'endpoint'; endpoint: Endpoint }
  /** addresses outside of the cluster that no policy tells apart; with `node`, those of a node */
  | { type: 'range'; range: AddressRange; node?: boolean };

/** `unspecified`: the API leaves it open, plugins differ. */
export type Match = 'yes' | 'no' | 'unspecified';

/** One entry of a policy's list, made ready to be asked. */
export interface Rule {
  /** where it stands in its policy: ['spec', 'ingress', '0'] */
  path: string[];
  /** `pass` leaves the stage and hands the decision on */
  action: 'allow' | 'deny' | 'pass';
  matchesPeer(peer: Peer): Match;
  /** which of the endpoints that its policy selects it is for; all of them when missing */
  appliesTo?(endpoint: Endpoint): Match;
  /**
   * the ports it speaks of, when the connection ends at this endpoint, or outside for undefined; few
   * rules ask who the peer is
   */
  portsAt(destination: Endpoint | undefined, peer?: Peer): PortSet;
  /** the names that `portsAt` looks up, to say so when no Pod has them */
  portNames?: readonly { name: string; protocol: Protocol; path: string[] }[];
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
  /** whether `otherwise` is said of peers on a node's network too; left open when it is not */
  settlesNodes?: boolean;
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
  ranges(object: ManifestObject, context: PolicyContext): AddressRange[];
  /** what its policies say only together: rules to add, and what to warn of */
  review?(
    compiled: readonly CompiledPolicy[],
    context: PolicyContext,
  ): { compiled: CompiledPolicy[]; faults: Fault[] };
}

/** What a reader may need to know besides the policy. */
export interface PolicyContext {
  objects: readonly ManifestObject[];
  endpoints: readonly Endpoint[];
  services: readonly Service[];
  namespaces: ReadonlyMap<string, Namespace>;
  nodes: readonly Node[];
  /** whether an `ipBlock` matches Pods whose address is known; the API leaves it open */
  blocksMatchPods: boolean;
}

/** Why a policy is left out, and where. */
export class PolicyError extends Error {
  readonly path: string[];
  /** a warning when the policy is right, and only says nothing that is evaluated here */
  readonly severity: 'error' | 'warning';

  constructor(path: string[], message: string, severity: 'error' | 'warning' = 'error') {
    super(message);
    this.path = path;
    this.severity = severity;
  }
}
