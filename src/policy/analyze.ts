import { readCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/model.ts';
import type { ManifestObject } from '../cluster/objects.ts';
import type { Fault } from '../fault.ts';
import type { AddressRange } from './addresses.ts';
import { type Connections, connect } from './connections.ts';
import { type Policies, type PolicyOptions, readPolicies } from './policies.ts';

export interface Analysis {
  cluster: Cluster;
  policies: Policies;
  connections: Connections;
  /** what contradicts itself, and policies that are left out */
  faults: Fault[];
}

/**
 * From objects to connections: the one way in for the command, the tests and the site.
 *
 * @param alsoCut address ranges to tell apart besides those of the policies, to compare two analyses
 */
export function analyze(
  objects: readonly ManifestObject[],
  options: PolicyOptions = {},
  alsoCut: readonly AddressRange[] = [],
): Analysis {
  const { cluster, faults } = readCluster(objects);
  const policies = readPolicies(cluster, options);
  const ranges = [...policies.ranges, ...alsoCut];
  return {
    cluster,
    policies,
    connections: connect(cluster, { ...policies, ranges }),
    faults: [...faults, ...policies.faults],
  };
}
