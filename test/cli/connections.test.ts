import { describe, expect, test } from 'vitest';
import { pod, policy, shop } from '../policy/kubernetes/ask.ts';
import { inTempFolder } from '../temp.ts';
import { guide, type Ran } from './run.ts';

const everything = '0.0.0.0-255.255.255.255';
const web =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } } } }';
const api =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api, namespace: shop }\nspec: { selector: { matchLabels: { app: api } }, template: { metadata: { labels: { app: api } } } }';
const shopOnly = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }';
const deny = policy('shop/deny', '{ podSelector: {}, policyTypes: [Ingress] }');
const allow = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow
  namespace: shop
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports:
        - { port: 80 }
        - { port: 8000, endPort: 8080 }
        - { port: 53, protocol: UDP }
    - from: [{ ipBlock: { cidr: 10.0.0.0/8 } }]
`;
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }';
const files = {
  'cluster.yaml': [shopOnly, web, api, configMap].join('\n---\n'),
  'policies/deny.yaml': deny,
  'policies/allow.yaml': allow,
  'broken.yaml': `${policy('shop/broken', '{ ingress: {} }')}\n---\na: [`,
  'host.yaml': pod('shop/host', 'app: host', { hostNetwork: true }),
  'readme.md': '# not a manifest',
};

/** Each command runs once, all at the same time; the tests read what came out. */
const commands = {
  all: ['connections', 'cluster.yaml', 'policies'],
  json: ['connections', 'cluster.yaml', 'policies', '--json'],
  explained: [
    'connections',
    'cluster.yaml',
    'policies',
    '--json',
    '--explain',
    '--from',
    'shop/web',
    '--to',
    'shop/api',
  ],
  explainedText: [
    'connections',
    'cluster.yaml',
    'policies',
    '--explain',
    '--from',
    'shop/web',
    '--to',
    'shop/api',
    '--port',
    '81',
  ],
  port: ['connections', 'cluster.yaml', 'policies', '--port', '8080/TCP', '--to', 'shop/api'],
  address: ['connections', 'cluster.yaml', 'policies', '--from', '10.1.2.3'],
  nothing: ['connections', 'cluster.yaml', 'policies', '--from', 'shop/api', '--to', 'shop/web'],
  input: ['connections', '-', 'policies', '--to', 'shop/api'],
  broken: ['connections', 'cluster.yaml', 'broken.yaml', '--to', 'shop/api'],
  host: [
    'connections',
    'cluster.yaml',
    'host.yaml',
    'policies',
    '--json',
    '--from',
    'shop/host',
    '--to',
    'shop/*',
  ],
  missing: ['connections', 'nowhere.yaml'],
  noArguments: ['connections'],
  badPort: ['connections', 'cluster.yaml', '--port', 'http'],
  badSide: ['connections', 'cluster.yaml', '--from', 'web'],
  unknownPair: ['connections', 'cluster.yaml', '--from', 'shop/nobody', '--to', 'shop/api'],
  unknownSide: ['connections', 'cluster.yaml', '--from', 'shop/nobody'],
  help: ['connections', '--help'],
  diff: ['diff', 'cluster.yaml', 'policies/deny.yaml', '--', 'cluster.yaml', 'policies'],
  diffJson: ['diff', '--json', 'cluster.yaml', 'policies', '--', 'cluster.yaml'],
  diffSame: ['diff', 'cluster.yaml', 'policies', '--', 'policies', 'cluster.yaml'],
  diffBroken: ['diff', 'cluster.yaml', '--', 'cluster.yaml', 'broken.yaml'],
  diffInput: ['diff', 'cluster.yaml', '--', '-'],
  diffHalf: ['diff', 'cluster.yaml'],
} satisfies Record<string, string[]>;
const inputs: Partial<Record<keyof typeof commands, string>> = {
  input: files['cluster.yaml'],
  diffInput: [shopOnly, web].join('\n---\n'),
};

const ran = (await inTempFolder(async (write, folder) => {
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const names = Object.keys(commands) as (keyof typeof commands)[];
  const entries: [string, Ran][] = [];
  // A few at a time: more would only wait for each other.
  const worker = async () => {
    for (let name = names.shift(); name; name = names.shift())
      entries.push([name, await guide(commands[name], { cwd: folder, input: inputs[name] })]);
  };
  await Promise.all([worker(), worker(), worker()]);
  return Object.fromEntries(entries);
})) as Record<keyof typeof commands, Ran>;

describe('guide connections', () => {
  test('the whole matrix, a line for each pair that anything passes between', () => {
    expect(ran.all.out.split('\n')).toEqual([
      `shop/api[Deployment] => ${everything}: all`,
      'shop/web[Deployment] => shop/api[Deployment]: TCP 80,8000-8080; UDP 53',
      `shop/web[Deployment] => ${everything}: all`,
      '10.0.0.0-10.255.255.255 => shop/api[Deployment]: all',
      '',
    ]);
    expect(ran.all.err).toBe(
      '2 endpoints in 1 namespace, 2 policies; passed over: 1 v1 ConfigMap\n',
    );
    expect(ran.all.code).toBe(0);
  });

  test('--json: exactly the form that programs rely on', () => {
    expect(JSON.parse(ran.json.out)).toEqual({
      connections: [
        { from: 'shop/api[Deployment]', to: everything, ports: 'all' },
        {
          from: 'shop/web[Deployment]',
          to: 'shop/api[Deployment]',
          ports: { TCP: '80,8000-8080', UDP: '53' },
        },
        { from: 'shop/web[Deployment]', to: everything, ports: 'all' },
        { from: '10.0.0.0-10.255.255.255', to: 'shop/api[Deployment]', ports: 'all' },
      ],
      conditional: [],
      unspecified: [],
    });
    expect(ran.json.code).toBe(0);
  });

  test('--explain adds because: direction, ports, outcome, policies with rule, file and line', () => {
    expect(JSON.parse(ran.explained.out).connections).toEqual([
      {
        from: 'shop/web[Deployment]',
        to: 'shop/api[Deployment]',
        ports: { TCP: '80,8000-8080', UDP: '53' },
        because: [
          { direction: 'egress', outcome: 'allowed', ports: 'all', policies: [] },
          {
            direction: 'ingress',
            outcome: 'allowed',
            ports: { TCP: '80,8000-8080', UDP: '53' },
            policies: [
              {
                kind: 'NetworkPolicy',
                name: 'shop/allow',
                rule: 'spec.ingress[0]',
                file: 'policies/allow.yaml',
                line: 9,
              },
            ],
          },
          {
            direction: 'ingress',
            outcome: 'denied',
            ports: { TCP: '1-79,81-7999,8081-65535', UDP: '1-52,54-65535', SCTP: '1-65535' },
            policies: [
              {
                kind: 'NetworkPolicy',
                name: 'shop/allow',
                rule: '',
                file: 'policies/allow.yaml',
                line: 6,
              },
              {
                kind: 'NetworkPolicy',
                name: 'shop/deny',
                rule: '',
                file: 'policies/deny.yaml',
                line: 4,
              },
            ],
          },
        ],
      },
    ]);
  });

  test('--explain in words, cut to the port that was asked about', () => {
    expect(ran.explainedText.out.split('\n')).toEqual([
      'shop/web[Deployment] => shop/api[Deployment]: nothing',
      '    egress TCP 81 allowed: no policy selects this side',
      '    ingress TCP 81 denied because no rule matches in NetworkPolicy shop/allow (policies/allow.yaml:6), NetworkPolicy shop/deny (policies/deny.yaml:4)',
      '',
    ]);
    expect(ran.explainedText.code).toBe(0);
  });

  test('--port and --to', () => {
    expect(ran.port.out).toBe(
      'shop/web[Deployment] => shop/api[Deployment]: TCP 8080\n10.0.0.0-10.255.255.255 => shop/api[Deployment]: TCP 8080\n',
    );
  });

  test('--from an address: the range it lies in', () => {
    expect(ran.address.out).toBe('10.0.0.0-10.255.255.255 => shop/api[Deployment]: all\n');
  });

  test('a pair that was asked about is answered even when nothing passes', () => {
    expect(ran.nothing.out).toBe('shop/api[Deployment] => shop/web[Deployment]: nothing\n');
    expect(ran.nothing.code).toBe(0);
  });

  test('- reads standard input, beside files', () => {
    expect(ran.input.out.split('\n')[0]).toBe(
      'shop/web[Deployment] => shop/api[Deployment]: TCP 80,8000-8080; UDP 53',
    );
    expect(ran.input.code).toBe(0);
  });

  test('what had to be left out is named, the rest is answered, and the exit code is 1', () => {
    const [policy, syntax] = ran.broken.err
      .split('\n')
      .filter((line) => line.startsWith('broken.yaml'))
      .sort();
    expect(policy).toMatch(
      /^broken\.yaml:4:9 {2}policy-left-out {2}ingress is not a list; NetworkPolicy shop\/broken is left out/,
    );
    expect(syntax).toMatch(/^broken\.yaml:\d+:\d+ {2}yaml-syntax {2}/);
    expect(ran.broken.out).toContain('shop/web[Deployment] => shop/api[Deployment]: all');
    expect(ran.broken.code).toBe(1);
  });

  test('what the API leaves open is a list of its own', () => {
    const { connections, unspecified } = JSON.parse(ran.host.out);
    expect(connections).toEqual([]);
    expect(unspecified).toEqual([
      { from: 'shop/host[Pod]', to: 'shop/api[Deployment]', ports: 'all' },
      { from: 'shop/host[Pod]', to: 'shop/web[Deployment]', ports: 'all' },
    ]);
  });

  test('a file that is not there is a fault: exit code 1', () => {
    expect(ran.missing.err).toContain(
      'nowhere.yaml  unreadable  cannot read this: no such file or folder\n',
    );
    expect(ran.missing.code).toBe(1);
  });

  test.each([
    ['noArguments', "error: missing required argument 'manifest'\n"],
    ['badPort', 'guide: http is not a port like 80/TCP; the protocols are TCP, UDP, SCTP\n'],
    ['badSide', 'guide: web is neither ns/name nor an address\n'],
    ['diffHalf', 'guide: write the old manifests, then --, then the new ones\n'],
  ] as const)('%s: one line on standard error, exit code 2', (name, message) => {
    expect(ran[name]).toEqual({ code: 2, out: '', err: message });
  });

  test.each([
    ['unknownPair', 'guide: no pair of sides is named shop/nobody and shop/api\n'],
    ['unknownSide', 'guide: no pair of sides is named shop/nobody\n'],
  ] as const)('%s: a name that nobody has is an error', (name, message) => {
    expect(ran[name].out).toBe('');
    expect(ran[name].err).toContain(message);
    expect(ran[name].code).toBe(2);
  });

  test('--help is no error', () => {
    expect(ran.help.out).toContain('Usage: guide connections [options] <manifest...>');
    expect(ran.help.code).toBe(0);
  });
});

describe('guide diff', () => {
  test('what opens and what closes', () => {
    expect(ran.diff.out).toBe(
      '+ shop/web[Deployment] => shop/api[Deployment]: TCP 80,8000-8080; UDP 53\n+ 10.0.0.0-10.255.255.255 => shop/api[Deployment]: all\n',
    );
    expect(ran.diff.code).toBe(0);
  });

  test('--json', () => {
    expect(JSON.parse(ran.diffJson.out)).toEqual({
      changes: [
        { from: 'shop/api[Deployment]', to: 'shop/web[Deployment]', opened: 'all', closed: {} },
        {
          from: 'shop/web[Deployment]',
          to: 'shop/api[Deployment]',
          opened: { TCP: '1-79,81-7999,8081-65535', UDP: '1-52,54-65535', SCTP: '1-65535' },
          closed: {},
        },
        { from: '0.0.0.0-9.255.255.255', to: 'shop/api[Deployment]', opened: 'all', closed: {} },
        { from: '11.0.0.0-255.255.255.255', to: 'shop/api[Deployment]', opened: 'all', closed: {} },
        { from: everything, to: 'shop/web[Deployment]', opened: 'all', closed: {} },
      ],
    });
  });

  test('the same, in another order', () => {
    expect(ran.diffSame).toMatchObject({ code: 0, out: 'no connection changes\n' });
  });

  test('standard input, and an endpoint that is gone', () => {
    expect(ran.diffInput.out.split('\n')).toContain(
      '- shop/web[Deployment] => shop/api[Deployment]: all',
    );
    expect(ran.diffInput.code).toBe(0);
  });

  test('what had to be left out makes the exit code 1', () => {
    expect(ran.diffBroken.code).toBe(1);
    expect(ran.diffBroken.err).toContain('NetworkPolicy shop/broken is left out');
    expect(ran.diffBroken.out).toBe('no connection changes\n');
  });
});

describe('a large answer', () => {
  test('reaches a slow reader whole', async () => {
    const pods = Array.from({ length: 120 }, (_, i) => pod(`shop/pod-${i}`));
    const input = [shop[0], ...pods].join('\n---\n');
    const [text, json] = await Promise.all([
      guide(['connections', '-'], { input, slow: true }),
      guide(['connections', '-', '--json'], { input, slow: true }),
    ]);
    const lines = text.out.split('\n');
    expect(lines).toHaveLength(120 * 119 + 2 * 120 + 1);
    expect(lines.at(-2)).toBe(`${everything} => shop/pod-9[Pod]: all`);
    expect(JSON.parse(json.out).connections).toHaveLength(120 * 119 + 2 * 120);
    expect([text.code, json.code]).toEqual([0, 0]);
  });
});
