import type { Fault } from '../fault.ts';
import type { ManifestObject } from './objects.ts';
import type { Labels } from './selector.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

export interface Namespace {
  name: string;
  /** `kubernetes.io/metadata.name` is always among them */
  labels: Labels;
}

export interface ContainerPort {
  name: string | undefined;
  protocol: Protocol;
  number: number;
}

/** A Pod, or a workload with all the Pods it makes: one place where connections begin and end. */
export interface Endpoint {
  /** `shop/web[Deployment]`: unique in the cluster */
  id: string;
  namespace: Namespace;
  name: string;
  kind: string;
  /** of the Pods, not of the workload */
  labels: Labels;
  ports: readonly ContainerPort[];
  hostNetwork: boolean;
  serviceAccount: string;
  /** addresses of the Pods, as far as a status says them */
  ips: readonly string[];
  object: ManifestObject;
}

export interface Service {
  name: string;
  namespace: Namespace;
  labels: Labels;
  /** undefined for a Service that selects nothing itself */
  selector: Labels | undefined;
  type: string;
  clusterIPs: readonly string[];
  externalIPs: readonly string[];
  ports: readonly {
    name: string | undefined;
    protocol: Protocol;
    port: number;
    targetPort: number | string;
  }[];
  object: ManifestObject;
}

export interface Node {
  name: string;
  labels: Labels;
  ips: readonly string[];
}

export interface Cluster {
  namespaces: ReadonlyMap<string, Namespace>;
  endpoints: readonly Endpoint[];
  services: readonly Service[];
  nodes: readonly Node[];
  /** everything else, for whoever knows its kind: policies, routes */
  others: readonly ManifestObject[];
}

export interface ClusterReading {
  cluster: Cluster;
  /** what contradicts itself, with file and line */
  faults: Fault[];
}
