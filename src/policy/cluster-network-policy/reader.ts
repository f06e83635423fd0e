import { asList, asRecord } from '../../cluster/objects.ts';
import { parseCidr } from '../addresses.ts';
import type { CompiledPolicy, Direction, PolicyContext, PolicyReader } from '../model.ts';
import { type Api, apiOf } from './apis.ts';
import { limitedList } from './fields.ts';
import { podFields, readSubject } from './pods.ts';
import { review } from './review.ts';
import { readRule } from './rules.ts';

/**
 * policy.networking.k8s.io: ClusterNetworkPolicy (v1alpha2), and AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy (v1alpha1), which it replaced. Source of the rules: the types and the CRDs of
 * sigs.k8s.io/network-policy-api, v0.2.0 and v0.1.7.
 */
export const clusterNetworkPolicy: PolicyReader = {
  owns: (object) => apiOf(object) !== undefined,

  compile(object, context) {
    const api = apiOf(object);
    if (!api) return [];
    const spec = asRecord(object.value.spec) ?? {};
    const place = api.place(object, spec);
    const subject = readSubject(spec.subject, ['spec', 'subject'], api);
    return (['ingress', 'egress'] as const).flatMap((direction): CompiledPolicy[] => {
      const rules = readRules(spec, direction, api, context);
      // "CNPs with no ingress rules do not affect ingress traffic"
      if (asList(spec[direction]).length === 0) return [];
      return [
        {
          object,
          direction,
          ...place,
          selects: (endpoint) => (subject(endpoint) ? 'yes' : 'no'),
          // No implicit isolation (API overview, "General Notes").
          otherwise: 'pass',
          rules,
        },
      ];
    });
  },

  ranges(object) {
    const rules = asList(asRecord(object.value.spec)?.egress);
    const peers = rules.flatMap((rule) => asList(asRecord(rule)?.to)).map(asRecord);
    return peers.flatMap((peer) => asList(peer?.networks).map((text) => parseCidr(String(text))));
  },

  review,
};

function readRules(
  spec: Record<string, unknown>,
  direction: Direction,
  api: Api,
  context: PolicyContext,
) {
  const path = ['spec', direction];
  const peers =
    direction === 'ingress'
      ? { peersKey: 'from', choices: podFields }
      : { peersKey: 'to', choices: api.egressPeers };
  const list = limitedList(spec[direction], path, { most: api.most }) ?? [];
  return list.flatMap((entry, i) => readRule(entry, [...path, String(i)], peers, api, context));
}
