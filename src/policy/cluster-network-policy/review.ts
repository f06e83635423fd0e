import { fault } from '../../cluster/cluster.ts';
import { asList, asRecord, type ManifestObject } from '../../cluster/objects.ts';
import type { Fault } from '../../fault.ts';
import type { PolicyReader } from '../model.ts';
import { apiOf } from './apis.ts';
import { fieldsOf } from './fields.ts';
import { podFields } from './pods.ts';
import { findTies } from './ties.ts';

/** What the policies say only together, and what is easily overlooked in one. */
export const review: NonNullable<PolicyReader['review']> = (compiled, context) => {
  const read = new Set(compiled.map(({ object }) => object));
  const { conflicts, faults } = findTies(compiled, context.endpoints);
  return {
    compiled: conflicts,
    faults: [...context.objects.filter((o) => read.has(o)).flatMap(unknownPeers), ...faults],
  };
};

/** Rules that fail closed because of a peer that this version of the API does not have. */
function unknownPeers(object: ManifestObject): Fault[] {
  const spec = asRecord(object.value.spec) ?? {};
  const known = { ingress: podFields, egress: apiOf(object)?.egressPeers ?? [] } as const;
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    asList(spec[direction]).flatMap((rule, i) => {
      const key = direction === 'ingress' ? 'from' : 'to';
      return asList(asRecord(rule)?.[key]).flatMap((peer, j) =>
        fieldsOf(peer)
          .filter(([name]) => !known[direction].some((one) => one === name))
          .map(([name]): Fault => {
            const effect =
              apiOf(object)?.actions[String(asRecord(rule)?.action)] === 'allow'
                ? 'matches nothing'
                : 'denies everything';
            return {
              ...fault(
                object,
                ['spec', direction, String(i), key, String(j), name],
                'unknown-peer',
                `no ${direction} peer of ${object.apiVersion} has a field ${name}: this rule fails closed, it ${effect}`,
              ),
              severity: 'warning',
            };
          }),
      );
    }),
  );
}
