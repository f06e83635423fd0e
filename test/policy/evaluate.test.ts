import { describe, expect, test } from 'vitest';
import { readCluster } from '../../src/cluster/cluster.ts';
import type { Endpoint } from '../../src/cluster/model.ts';
import { type ManifestObject, readObjects } from '../../src/cluster/objects.ts';
import { because, becauseText } from '../../src/policy/because.ts';
import { both, type Decision, decide, type Reason, stackOf } from '../../src/policy/evaluate.ts';
import { type CompiledPolicy, type Match, type Rule, stages } from '../../src/policy/model.ts';
import { PortSet, parsePorts } from '../../src/policy/ports.ts';
import { pod, say } from './kubernetes/ask.ts';

/** Policies of no API: just what the core is asked to combine. */
const endpoint = (text: string): Endpoint => {
  const [found] = readCluster(readObjects(text, 'pods.yaml').objects).cluster.endpoints;
  if (!found) throw new Error('no Pod');
  return found;
};
const subject = endpoint(pod('shop/api'));
const peer = { type: 'endpoint', endpoint: endpoint(pod('shop/web')) } as const;
const hostPeer = {
  type: 'endpoint',
  endpoint: endpoint(pod('shop/host', 'a: b', { hostNetwork: true })),
} as const;

const rule = (
  action: Rule['action'],
  ports: string,
  more: Partial<Rule> & { match?: Match } = {},
): Rule => ({
  path: ['spec', 'rules', '0', 'x'],
  action,
  matchesPeer: () => more.match ?? 'yes',
  portsAt: () => (ports === 'none' ? PortSet.none : parsePorts(ports)),
  ...more,
});
const policy = (
  name: string,
  rules: Rule[],
  more: Partial<CompiledPolicy> = {},
): CompiledPolicy => ({
  object: {
    kind: 'Test',
    name,
    namespace: undefined,
    file: 'f.yaml',
    placeOf: (path: string[]) => ({ line: path.length, column: 1 }),
  } as ManifestObject,
  direction: 'ingress',
  stage: stages.policies,
  precedence: 0,
  selects: () => 'yes',
  otherwise: 'deny',
  rules,
  ...more,
});
const admin = { stage: stages.admin, otherwise: 'pass' } as const;
const baseline = { stage: stages.baseline, otherwise: 'pass' } as const;
const answer = (policies: CompiledPolicy[], of: Parameters<typeof decide>[1] = peer) =>
  say(decide(stackOf(subject, 'ingress', policies), of, subject));
const reasons = (policies: CompiledPolicy[], of: Parameters<typeof decide>[1] = peer) => {
  const found: Reason[] = [];
  decide(stackOf(subject, 'ingress', policies), of, subject, found);
  return because('ingress', found).map(becauseText);
};

describe('stages', () => {
  test('nothing selects: everything is allowed', () => {
    expect(answer([])).toBe('all');
    expect(answer([policy('out', [], { direction: 'egress' })])).toBe('all');
    expect(answer([policy('other', [], { selects: () => 'no' })])).toBe('all');
    expect(reasons([])).toEqual(['ingress all allowed: no policy selects this side']);
  });

  test('what a stage decides is final; the rest goes on', () => {
    const policies = [
      policy('admin', [rule('deny', '1-10'), rule('allow', '5-20')], admin),
      policy('np', [rule('allow', '1-30')]),
      policy('baseline', [rule('deny', 'all')], baseline),
    ];
    expect(answer(policies)).toBe('TCP 11-30');
    // Isolation is decided by NetworkPolicies: Baseline is never asked then.
    expect(answer(policies.filter(({ object }) => object.name !== 'np'))).toBe('TCP 11-20');
  });

  test('in a stage the first rule that matches decides', () => {
    expect(answer([policy('a', [rule('allow', '80'), rule('deny', 'TCP')], admin)])).toBe(
      'TCP 80; UDP all; SCTP all',
    );
    expect(answer([policy('a', [rule('deny', 'TCP'), rule('allow', '80')], admin)])).toBe(
      'UDP all; SCTP all',
    );
    expect(answer([policy('a', [rule('deny', 'TCP', { match: 'no' })], admin)])).toBe('all');
  });

  test('pass leaves the stage: later rules of it are not asked', () => {
    const pass = policy('admin', [rule('pass', '80'), rule('deny', 'all')], admin);
    expect(answer([pass])).toBe('TCP 80');
    expect(answer([pass, policy('np', [rule('allow', '80-81')])])).toBe('TCP 80');
    expect(answer([pass, policy('np', [])])).toBe('none');
    expect(answer([pass, policy('base', [rule('deny', '80')], baseline)])).toBe('none');
  });

  test('pass out of a stage that isolates goes on too', () => {
    expect(
      answer([policy('np', [rule('pass', '80')]), policy('base', [rule('deny', '81')], baseline)]),
    ).toBe('TCP 80');
  });

  test('a policy that isolates denies what no rule decides, in its own stage', () => {
    expect(
      answer([
        policy('admin', [], { ...admin, otherwise: 'deny' }),
        policy('np', [rule('allow', 'all')]),
      ]),
    ).toBe('none');
  });

  test('a rule may be for some of the selected endpoints', () => {
    const only = (own: Match) => [policy('np', [rule('allow', '80', { appliesTo: () => own })])];
    expect(answer(only('yes'))).toBe('TCP 80');
    expect(answer(only('no'))).toBe('none');
    expect(answer(only('unspecified'))).toBe('none, maybe TCP 80');
  });

  test('ports are asked for where the connection ends', () => {
    const seen: unknown[] = [];
    const np = policy('np', [
      rule('allow', 'all', {
        portsAt(...args) {
          seen.push(...args);
          return PortSet.all;
        },
      }),
    ]);
    decide(stackOf(subject, 'ingress', [np]), peer, subject);
    expect(seen).toEqual([subject, peer]);
  });
});

describe('what the API leaves open', () => {
  test('an unclear policy makes what would be allowed unspecified', () => {
    const unclear = policy('np', [rule('allow', '80')], { selects: () => 'unspecified' });
    expect(answer([unclear])).toBe('none, maybe all');
    expect(
      answer([policy('admin', [rule('allow', '80'), rule('deny', '81')], admin), unclear]),
    ).toBe('TCP 80, maybe TCP 1-79,82-65535; UDP all; SCTP all');
    expect(reasons([unclear])[0]).toBe(
      'ingress all unspecified because no rule matches in Test np (f.yaml:1)',
    );
  });

  test('a peer of whom it is not said: maybe allowed, maybe denied, maybe passed', () => {
    const unsure = { match: 'unspecified' } as const;
    expect(answer([policy('np', [rule('allow', '80', unsure)])])).toBe('none, maybe TCP 80');
    expect(answer([policy('np', [rule('allow', '80', unsure), rule('allow', '80-81')])])).toBe(
      'TCP 80-81',
    );
    expect(answer([policy('np', [rule('deny', '80', unsure), rule('allow', '80-81')])])).toBe(
      'TCP 81, maybe TCP 80',
    );
    expect(answer([policy('np', [rule('deny', '80', unsure)])])).toBe('none');
    expect(answer([policy('np', [rule('pass', '80', unsure), rule('allow', '81')])])).toBe(
      'TCP 81, maybe TCP 80',
    );
    expect(reasons([policy('np', [rule('allow', '80', unsure)])])).toEqual([
      'ingress TCP 80 unspecified by Test np spec.rules[0].x (f.yaml:4)',
      'ingress all denied because no rule matches in Test np (f.yaml:1)',
    ]);
  });

  test('a hostNetwork peer that no rule allows is left open, unless the policy settles it', () => {
    const np = policy('np', [rule('allow', '80')]);
    expect(answer([np], hostPeer)).toBe('TCP 80, maybe TCP 1-79,81-65535; UDP all; SCTP all');
    expect(answer([{ ...np, settlesNodes: true }], hostPeer)).toBe('TCP 80');
    expect(reasons([np], hostPeer)[1]).toContain('unspecified because no rule matches in Test np');
    expect(reasons([{ ...np, settlesNodes: true }], hostPeer)[1]).toContain('denied because');
    expect(answer([policy('np', [rule('deny', 'all')])], hostPeer)).toBe('none');
  });
});

describe('conditions', () => {
  const get = { condition: 'GET /cart' };

  test('allowed under a condition, denied without it', () => {
    const np = policy('np', [rule('allow', '80', get)]);
    expect(answer([np])).toBe('none, if TCP 80');
    expect(reasons([np])).toEqual([
      'ingress TCP 80 conditional if GET /cart by Test np spec.rules[0].x (f.yaml:4)',
      'ingress all denied because no rule matches in Test np (f.yaml:1)',
    ]);
  });

  test('a rule without it allows for certain, before or after', () => {
    expect(answer([policy('np', [rule('allow', '80', get), rule('allow', '80')])])).toBe('TCP 80');
    expect(answer([policy('np', [rule('allow', '80'), rule('allow', '80-81', get)])])).toBe(
      'TCP 80, if TCP 81',
    );
    expect(answer([policy('np', [rule('deny', '80', get)])])).toBe('none');
  });

  test('unspecified outweighs a condition', () => {
    const maybe = rule('deny', '80', { match: 'unspecified' });
    expect(answer([policy('np', [maybe, rule('allow', '80', get)])])).toBe('none, maybe TCP 80');
  });
});

describe('reasons', () => {
  test('every allow rule that matches is one, whichever came first', () => {
    const policies = [
      policy('a', [rule('allow', '80-81')]),
      policy('b', [rule('allow', '81-82')]),
      policy('c', [rule('allow', '90', { match: 'no' })]),
    ];
    expect(reasons(policies)).toEqual([
      'ingress TCP 80-81 allowed by Test a spec.rules[0].x (f.yaml:4)',
      'ingress TCP 81-82 allowed by Test b spec.rules[0].x (f.yaml:4)',
      'ingress TCP 1-79,83-65535; UDP all; SCTP all denied because no rule matches in Test a (f.yaml:1), Test b (f.yaml:1), Test c (f.yaml:1)',
    ]);
  });

  test('an allow rule behind a deny is none for what was denied, nor one without ports', () => {
    expect(
      reasons([
        policy('a', [rule('deny', '80'), rule('allow', '80-81'), rule('allow', 'none')], admin),
      ]),
    ).toEqual([
      'ingress TCP 80 denied by Test a spec.rules[0].x (f.yaml:4)',
      'ingress TCP 81 allowed by Test a spec.rules[0].x (f.yaml:4)',
      'ingress TCP 1-79,82-65535; UDP all; SCTP all allowed: no policy selects this side',
    ]);
  });

  test('an allow rule of a later stage is none for what an earlier stage allowed', () => {
    const policies = [
      policy('a', [rule('allow', '80')], admin),
      policy('b', [rule('allow', '80-81')]),
    ];
    expect(reasons(policies).slice(0, 2)).toEqual([
      'ingress TCP 80 allowed by Test a spec.rules[0].x (f.yaml:4)',
      'ingress TCP 81 allowed by Test b spec.rules[0].x (f.yaml:4)',
    ]);
  });

  test('nothing is said of stages that have nothing left to decide', () => {
    const policies = [
      policy('a', [rule('deny', 'all')], admin),
      policy('b', [], { selects: () => 'unspecified' }),
      policy('c', []),
    ];
    expect(reasons(policies)).toEqual(['ingress all denied by Test a spec.rules[0].x (f.yaml:4)']);
  });
});

describe('a reason in words', () => {
  test('numbers of a path are in brackets, names behind dots', () => {
    const path = ['spec', 'x1', '2y', '10', '3'];
    expect(reasons([policy('a', [rule('allow', '80', { path })])])[0]).toBe(
      'ingress TCP 80 allowed by Test a spec.x1.2y[10][3] (f.yaml:5)',
    );
  });
});

describe('both sides', () => {
  const decision = (allowed: string, conditional = '', unspecified = ''): Decision => {
    const set = (text: string) => (text ? parsePorts(text) : PortSet.none);
    return { allowed: set(allowed), conditional: set(conditional), unspecified: set(unspecified) };
  };
  test.each([
    [decision('1-20'), decision('10-30'), 'TCP 10-20'],
    [decision('1-20'), decision('', '10-30'), 'none, if TCP 10-20'],
    [decision('', '1-20'), decision('', '10-30'), 'none, if TCP 10-20'],
    [decision('1-20'), decision('', '', '10-30'), 'none, maybe TCP 10-20'],
    [decision('', '1-20'), decision('', '', '10-30'), 'none, maybe TCP 10-20'],
    [decision('', '', '1-20'), decision('', '', '10-30'), 'none, maybe TCP 10-20'],
    [decision('', '', '1-20'), decision('40'), 'none'],
    [decision('80', '81', '82'), decision('all'), 'TCP 80, if TCP 81, maybe TCP 82'],
  ])('%#', (a, b, expected) => {
    expect(say(both(a, b))).toBe(expected);
    expect(say(both(b, a))).toBe(expected);
  });
});
