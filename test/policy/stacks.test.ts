import { describe, expect, test } from 'vitest';
import { readCluster } from '../../src/cluster/cluster.ts';
import type { Endpoint } from '../../src/cluster/model.ts';
import { type ManifestObject, readObjects } from '../../src/cluster/objects.ts';
import { connect } from '../../src/policy/connections.ts';
import { type CompiledPolicy, type Match, type Rule, stages } from '../../src/policy/model.ts';
import { PortSet } from '../../src/policy/ports.ts';
import { pod, say } from './kubernetes/ask.ts';

/** Three Pods that differ by their labels, and policies of no API. */
const { cluster } = readCluster(
  readObjects(['a', 'b', 'c'].map((name) => pod(`shop/${name}`)).join('\n---\n'), 'f').objects,
);
const policy = (
  selects: (name: string) => Match,
  rules: Rule[],
  more: Partial<CompiledPolicy> = {},
): CompiledPolicy => ({
  object: {
    kind: 'Test',
    name: 'p',
    file: 'f',
    placeOf: () => ({ line: 1, column: 1 }),
  } as unknown as ManifestObject,
  direction: 'ingress',
  stage: stages.policies,
  precedence: 0,
  selects: ({ name }) => selects(name),
  otherwise: 'deny',
  rules,
  ...more,
});
const allow = (port: number, more: Partial<Rule> = {}): Rule => ({
  path: [],
  action: 'allow',
  matchesPeer: () => 'yes',
  portsAt: () => PortSet.one('TCP', port),
  ...more,
});
const connected = (...compiled: CompiledPolicy[]) => {
  const connections = connect(cluster, { compiled, ranges: [], faults: [], ignored: new Map() });
  const find = (name: string) =>
    connections.partyOf(cluster.endpoints.find((e) => e.name === name) as Endpoint);
  return {
    party: find,
    answer: (from: string, to: string) => say(connections.decision(find(from), find(to))),
  };
};
const only =
  (...names: string[]) =>
  (name: string): Match =>
    names.includes(name) ? 'yes' : 'no';

describe('Pods with the same policies share a stack, others do not', () => {
  test('the same policies', () => {
    const { party } = connected(policy(only('a', 'b'), [allow(1)]));
    expect(party('a').ingress).toBe(party('b').ingress);
    expect(party('a').ingress).not.toBe(party('c').ingress);
  });

  test('other rules', () => {
    const { answer } = connected(policy(only('a'), [allow(1)]), policy(only('b'), [allow(2)]));
    expect([answer('c', 'a'), answer('c', 'b')]).toEqual(['TCP 1', 'TCP 2']);
  });

  test('the same rules, but isolated by another policy too', () => {
    const open = policy(() => 'yes', [allow(1)], { otherwise: 'pass' });
    const { answer } = connected(
      open,
      policy(only('b'), []),
      policy(only('c'), [], { otherwise: 'pass' }),
    );
    expect([answer('c', 'a'), answer('a', 'b'), answer('a', 'c')]).toEqual(['all', 'TCP 1', 'all']);
  });

  test('the same rules, but perhaps selected by another policy', () => {
    const unclear = policy((name) => (name === 'b' ? 'unspecified' : 'no'), []);
    const { answer } = connected(
      policy(() => 'yes', [allow(1)]),
      unclear,
    );
    expect([answer('c', 'a'), answer('a', 'b')]).toEqual(['TCP 1', 'none, maybe TCP 1']);
  });

  test('a policy some of whose rules are for some Pods', () => {
    const forB = allow(2, {
      appliesTo: ({ name }) => (name === 'b' ? 'yes' : name === 'c' ? 'unspecified' : 'no'),
    });
    const { answer, party } = connected(policy(() => 'yes', [allow(1), forB]));
    expect([answer('c', 'a'), answer('a', 'b'), answer('a', 'c')]).toEqual([
      'TCP 1',
      'TCP 1-2',
      'TCP 1, maybe TCP 2',
    ]);
    expect(party('a').ingress).not.toBe(party('b').ingress);
  });

  test('a policy in an earlier stage is not one in a later stage', () => {
    const early = policy(only('a'), [allow(1)], { stage: stages.admin, otherwise: 'pass' });
    const late = policy(only('b'), [allow(1)]);
    const { answer } = connected(early, late);
    expect([answer('c', 'a'), answer('c', 'b')]).toEqual(['all', 'TCP 1']);
  });
});

describe('a decision is made once', () => {
  test('for the same two parties, and for parties with the same stack', () => {
    let asked = 0;
    const matchesPeer = (): Match => {
      asked++;
      return 'yes';
    };
    const { answer } = connected(policy(only('a', 'b'), [allow(1, { matchesPeer })]));
    answer('c', 'a');
    answer('c', 'a');
    expect(asked).toBe(1);
    answer('c', 'b');
    expect(asked).toBe(1);
    answer('a', 'b');
    expect(asked).toBe(2);
  });
});
