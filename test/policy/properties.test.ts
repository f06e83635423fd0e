import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protocols } from '../../src/cluster/model.ts';
import { readObjects } from '../../src/cluster/objects.ts';
import { parseAddress, parseCidr } from '../../src/policy/addresses.ts';
import { type Analysis, analyze } from '../../src/policy/analyze.ts';
import type { Connections, Party } from '../../src/policy/connections.ts';
import { compare } from '../../src/policy/diff.ts';
import { listConnections, listPieces } from '../../src/policy/list.ts';
import { PortSet } from '../../src/policy/ports.ts';
import {
  blocks,
  manifests,
  namespaceNames,
  outsideAddresses,
  type Policy,
  policies,
  portNumbers,
  rule,
  type World,
  worlds,
} from './generate.ts';
import { mayConnect } from './oracle.ts';

const objectsOf = (world: World) => readObjects(manifests(world).join('\n---\n'), 'w.yaml').objects;
const analysisOf = (world: World): Analysis => analyze(objectsOf(world), {}, fixedCuts);
/** Cut alike in every world, so that two worlds have the same ranges. */
const fixedCuts = blocks.flatMap(({ cidr, except = [] }) => [cidr, ...except]).map(parseCidr);

/** Every pair's allowed ports, by name. */
function matrix(world: World): Map<string, PortSet> {
  const pieces = listPieces(analysisOf(world).connections);
  return new Map(
    [...pieces].map(({ from, to, decision }) => [`${from.name} => ${to.name}`, decision.allowed]),
  );
}

function asText(of: Map<string, PortSet>): string[] {
  return [...of].map(([pair, ports]) => `${pair}: ${ports}`).sort();
}

function partyFinder({
  cluster,
  connections,
}: Analysis): (side: { metadata: { name: string } } | string) => Party {
  return (side) => {
    if (typeof side !== 'string') {
      const endpoint = cluster.endpoints.find(({ name }) => name === side.metadata.name);
      if (endpoint) return connections.partyOf(endpoint);
    } else {
      const [party] = connections.partiesIn(parseAddress(side));
      if (party) return party;
    }
    throw new Error(`${JSON.stringify(side)} is nobody`);
  };
}

/** Checks `better` against `worse` for each pair: nothing that was open is closed. */
function expectNothingClosed(worse: World, better: World): void {
  const after = matrix(better);
  for (const [pair, ports] of matrix(worse))
    expect(`${pair} loses ${ports.minus(after.get(pair) ?? PortSet.none)}`).toBe(
      `${pair} loses none`,
    );
}

const withPolicies = (world: World, list: Policy[]): World => ({ ...world, policies: list });

describe('the matrix', () => {
  test('agrees with single questions answered straight from the API’s text', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const analysis = analyze(objectsOf(world));
        expect(analysis.faults.filter(({ severity }) => severity === 'error')).toEqual([]);
        const find = partyFinder(analysis);
        const sides = [...world.pods, ...outsideAddresses];
        for (const from of sides) {
          for (const to of sides) {
            if (from === to || (typeof from === 'string' && typeof to === 'string')) continue;
            const { allowed, unspecified } = analysis.connections.decision(find(from), find(to));
            expect(unspecified.isEmpty).toBe(true);
            for (const protocol of protocols) {
              const wrong = portNumbers.filter(
                (port) =>
                  allowed.has(protocol, port) !== mayConnect(world, from, to, protocol, port),
              );
              if (wrong.length) expect({ from, to, protocol, wrong }).toBe('nothing wrong');
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('and its reasons do not depend on the order of the documents', () => {
    fc.assert(
      fc.property(
        worlds.chain((world) =>
          fc.tuple(
            fc.constant(manifests(world)),
            fc.shuffledSubarray(manifests(world), { minLength: manifests(world).length }),
          ),
        ),
        ([one, other]) => {
          const [a, b] = [one, other].map((texts) => {
            const { objects } = readObjects(texts.join('\n---\n'), 'w.yaml');
            const { connections } = analyze(objects);
            return [...listConnections(connections)].map(({ from, to, decision }) => {
              const { egress, ingress } = connections.explain(from.party, to.party);
              const why = [...egress, ...ingress].map(
                ({ ports, policies }) => `${ports} by ${policies.map(({ object }) => object.name)}`,
              );
              return `${from.name} => ${to.name}: ${decision.allowed}; ${why}`;
            });
          });
          expect(a).toEqual(b);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the reasons explain it: allowed is what reasons of both sides allow', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { connections } = analysisOf(world);
        for (const { from, to, decision } of listPieces(connections)) {
          const { egress, ingress } = connections.explain(from.party, to.party);
          const sum = (reasons: typeof egress, outcome: string) =>
            reasons
              .filter((reason) => reason.outcome === outcome)
              .reduce((ports, reason) => ports.or(reason.ports), PortSet.none);
          const open = (side: typeof egress, inside: boolean) =>
            inside ? sum(side, 'allowed') : PortSet.all;
          const both = open(egress, !from.range).and(open(ingress, !to.range));
          expect(String(both)).toBe(String(decision.allowed));
          for (const side of [egress, ingress]) {
            if (side.length === 0) continue;
            expect(sum(side, 'allowed').and(sum(side, 'denied')).isEmpty).toBe(true);
            expect(sum(side, 'allowed').or(sum(side, 'denied')).isAll).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('policies only add', () => {
  test('a policy that selects nothing changes nothing', () => {
    fc.assert(
      fc.property(worlds, policies, (world, more) => {
        const idle = more.map((policy, i) => ({
          ...policy,
          metadata: { ...policy.metadata, name: `idle${i}` },
          spec: { ...policy.spec, podSelector: { matchLabels: { nobody: 'has-this' } } },
        }));
        expect(asText(matrix(withPolicies(world, [...world.policies, ...idle])))).toEqual(
          asText(matrix(world)),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('an allow rule more never closes a path; one less never opens one', () => {
    fc.assert(
      fc.property(
        worlds.filter(({ policies }) => policies.length > 0),
        fc.nat(),
        rule('from'),
        rule('to'),
        (world, which, ingress, egress) => {
          const index = which % world.policies.length;
          const more = world.policies.map((policy, i) => {
            // Isolation must stay as it was: without policyTypes a first egress rule adds some.
            const types = policy.spec.policyTypes?.length
              ? policy.spec.policyTypes
              : policy.spec.egress?.length
                ? ['Ingress', 'Egress']
                : ['Ingress'];
            const spec = { ...policy.spec, policyTypes: types };
            if (i !== index) return { ...policy, spec };
            return {
              ...policy,
              spec: {
                ...spec,
                ingress: [...(spec.ingress ?? []), ingress],
                egress: [...(spec.egress ?? []), egress],
              },
            };
          });
          expectNothingClosed(world, withPolicies(world, more));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what several policies allow is the union of what each allows, among Pods that all of them isolate', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const isolating: Policy[] = namespaceNames.map((namespace) => ({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'deny', namespace },
          spec: { podSelector: {}, policyTypes: ['Ingress'] },
        }));
        const own = world.policies.map((policy) => ({
          ...policy,
          spec: { ...policy.spec, policyTypes: ['Ingress'] },
        }));
        const together = matrix(withPolicies(world, [...isolating, ...own]));
        const union = matrix(withPolicies(world, isolating));
        for (const policy of own) {
          for (const [pair, ports] of matrix(withPolicies(world, [...isolating, policy])))
            union.set(pair, (union.get(pair) ?? PortSet.none).or(ports));
        }
        expect(asText(together)).toEqual(asText(union));
      }),
      { numRuns: 40 },
    );
  });

  test('rules split over two policies with the same selector are the same', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const split = world.policies.flatMap((policy): Policy[] => {
          const { spec, metadata } = policy;
          const types = spec.policyTypes?.length
            ? spec.policyTypes
            : spec.egress?.length
              ? ['Ingress', 'Egress']
              : ['Ingress'];
          const part = (name: string, from: number, to?: number): Policy => ({
            ...policy,
            metadata: { ...metadata, name: metadata.name + name },
            spec: {
              ...spec,
              policyTypes: types,
              ingress: spec.ingress?.slice(from, to) ?? [],
              egress: spec.egress?.slice(from, to) ?? [],
            },
          });
          return [part('-head', 0, 1), part('-tail', 1)];
        });
        expect(asText(matrix(withPolicies(world, split)))).toEqual(asText(matrix(world)));
      }),
      { numRuns: 40 },
    );
  });

  test('a direction that no policy names stays open', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom('Ingress', 'Egress'), (world, type) => {
        const own = world.policies.map((policy) => ({
          ...policy,
          spec: { ...policy.spec, policyTypes: [type] },
        }));
        const { cluster, connections } = analysisOf(withPolicies(world, own));
        for (const endpoint of cluster.endpoints) {
          const party = connections.partyOf(endpoint);
          const open = type === 'Ingress' ? party.egress : party.ingress;
          expect(open.stages).toEqual([]);
          const [outside] = connections.partiesIn(parseAddress('192.0.2.1'));
          if (!outside) throw new Error('nobody is outside');
          const decision =
            type === 'Ingress'
              ? connections.decision(party, outside)
              : connections.decision(outside, party);
          expect(decision.allowed.isAll).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the difference of two worlds', () => {
  const ports = (connections: Connections) =>
    [...listPieces(connections)].flatMap(({ from, to, decision }) =>
      protocols.flatMap((protocol) =>
        portNumbers
          .filter((port) => decision.allowed.has(protocol, port))
          .map((port) => `${from.name} => ${to.name}: ${protocol} ${port}`),
      ),
    );

  test('is nothing for the same world', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(compare(objectsOf(world), objectsOf(world)).changes).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('is exactly the symmetric difference, and mirrored the other way round', () => {
    fc.assert(
      fc.property(worlds, policies, fc.boolean(), (world, other, lessPods) => {
        const changed = {
          ...withPolicies(world, other),
          pods: lessPods ? world.pods.slice(1) : world.pods,
        };
        const { before, after, changes } = compare(objectsOf(world), objectsOf(changed));
        const [was, is] = [ports(before.connections), ports(after.connections)];
        // Ranges in changes may be joined; what they cover is compared piece by piece.
        const covered = (kind: 'opened' | 'closed') =>
          changes.flatMap((change) =>
            [...listPieces(before.connections), ...listPieces(after.connections)]
              .filter(({ from, to }) => within(from, change.from) && within(to, change.to))
              .flatMap(({ from, to }) =>
                protocols.flatMap((protocol) =>
                  portNumbers
                    .filter((port) => change[kind].has(protocol, port))
                    .map((port) => `${from.name} => ${to.name}: ${protocol} ${port}`),
                ),
              ),
          );
        expect(new Set(covered('opened'))).toEqual(new Set(is.filter((x) => !was.includes(x))));
        expect(new Set(covered('closed'))).toEqual(new Set(was.filter((x) => !is.includes(x))));
        const back = compare(objectsOf(changed), objectsOf(world)).changes;
        const text = (list: typeof back, swap: boolean) =>
          list
            .map(
              ({ from, to, opened, closed }) =>
                `${from.name} ${to.name} ${swap ? `${closed} ${opened}` : `${opened} ${closed}`}`,
            )
            .sort();
        expect(text(back, true)).toEqual(text(changes, false));
      }),
      { numRuns: 40 },
    );
  });
});

function within(
  inner: { name: string; range?: { family: number; first: bigint; last: bigint } },
  outer: { name: string; range?: { family: number; first: bigint; last: bigint } },
): boolean {
  if (!inner.range || !outer.range) return inner.name === outer.name;
  return (
    inner.range.family === outer.range.family &&
    outer.range.first <= inner.range.first &&
    inner.range.last <= outer.range.last
  );
}
