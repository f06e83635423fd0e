import { readCluster } from '../../src/cluster/cluster.ts';
import type { Cluster } from '../../src/cluster/model.ts';
import { readObjects } from '../../src/cluster/objects.ts';

/** Reads manifests as one file `all.yaml`; faults as `line:column severity rule: message`. */
export function clusterOf(...manifests: string[]): Cluster & { faults: string[]; ids: string[] } {
  const { objects, faults } = readObjects(manifests.join('\n---\n'), 'all.yaml');
  const reading = readCluster(objects);
  return {
    ...reading.cluster,
    ids: reading.cluster.endpoints.map(({ id }) => id).sort(),
    faults: [...faults, ...reading.faults].map(
      ({ line, column, severity, rule, message }) =>
        `${line}:${column} ${severity} ${rule}: ${message}`,
    ),
  };
}
