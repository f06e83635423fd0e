import { describe, expect, test } from 'vitest';
import { kubernetesVersions } from '../../src/schemas/index.ts';
import { type Stated, validateManifests } from '../../src/validate/validate.ts';
import { judges } from '../judges.ts';
import { places } from '../places.ts';
import { textOf, validate } from './fixture.ts';

const udpRoute = textOf('kind-of-the-experimental-channel');
const httpRoute = (rule: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec:
  rules:
    - ${rule}
`;
const pod = (spec: string) => `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers: [{ name: web, image: web:1 }]
  ${spec}
`;
const schedulingGroup = pod('schedulingGroup: { podGroupName: web }');
const probeProtocol = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: web:1
      readinessProbe: { httpGet: { port: 80, protocol: HTTP1 } }
`;

async function judge(text: string, stated: Stated) {
  const { faults, refusals, documents } = await validate(text, stated);
  return {
    faults: places(faults),
    refusals: places(refusals),
    said: faults.map((fault) => fault.message).join('\n'),
    asStated: documents.every((document) => document.asStated),
  };
}

describe('rejected', () => {
  test('a block that is refused as stated is no fault, and the refusal is told', async () => {
    const found = await judge(textOf('unknown-field'), {
      rejected: 'unknown field "target_port" in spec.ports[0]; did you mean targetPort?',
    });
    expect(found).toMatchObject({
      faults: [],
      refusals: ['10:7 unknown-field'],
      asStated: true,
    });
  });
  test('kubeconform’s own words can be stated too', async () => {
    const rejected = "additional properties 'target_port' not allowed";
    expect((await judge(textOf('unknown-field'), { rejected })).faults).toEqual([]);
  });
  test('text that is not even YAML can be refused as stated', async () => {
    const found = await judge(textOf('tab'), { rejected: 'a tab indents this line' });
    expect(found).toMatchObject({ faults: [], refusals: ['4:1 yaml-tab'] });
  });
  test('a block that is refused with other words is a fault that says them', async () => {
    const found = await judge(textOf('unknown-field'), { rejected: 'unknown field "port"' });
    expect(found).toMatchObject({
      faults: ['10:1 rejected-otherwise'],
      refusals: [],
      asStated: false,
    });
    expect(found.said).toContain('unknown field "target_port"');
  });
  test('a block that is accepted is a fault', async () => {
    const found = await judge(textOf('good'), { rejected: 'unknown field' });
    expect(found).toMatchObject({ faults: ['1:1 rejected-accepted'], asStated: false });
    expect(found.said).toContain('Kubernetes 1.35, 1.36, 1.37 accepts it');
  });
  test('a block that only some versions refuse is a fault that names the others', async () => {
    const text = textOf('api-version-only-in-newer-minors');
    const { faults } = await validate(text, { rejected: 'is not in Kubernetes' });
    expect(places(faults)).toEqual(['1:1 rejected-accepted']);
    expect(faults[0]?.kubernetes).toEqual(['1.36', '1.37']);
  });
});

describe('since', () => {
  test.for([
    ['a kind', textOf('api-version-only-in-newer-minors'), '1.36'],
    ['a field', schedulingGroup, '1.36'],
    ['a field of the newest version', probeProtocol, '1.37'],
  ] as const)('%s that came with the stated version', async ([, text, since]) => {
    expect(await judge(text, { since })).toMatchObject({ faults: [], asStated: true });
  });
  test('what is not stated is a fault in the older versions only', async () => {
    const { faults } = await validate(schedulingGroup);
    expect(places(faults)).toEqual(['6:3 unknown-field']);
    expect(faults[0]?.kubernetes).toEqual(['1.35']);
  });
  test('a version that is too young: an older one accepts it too', async () => {
    const { faults } = await validate(schedulingGroup, { since: '1.37' });
    expect(places(faults)).toEqual(['1:1 since-accepted']);
    expect(faults[0]?.message).toContain('Kubernetes 1.36 accepts it too');
    expect(faults[0]?.kubernetes).toEqual(['1.36']);
  });
  test('a version that is too old: it does not know the field yet', async () => {
    const { faults } = await validate(probeProtocol, { since: '1.36' });
    expect(places(faults)).toEqual(['8:46 unknown-field']);
    expect(faults[0]?.kubernetes).toEqual(['1.36']);
  });
  test.for(['1.35', '1.20'])('since=%s is needless', async (since) => {
    expect((await judge(textOf('good'), { since })).faults).toEqual(['1:1 since-needless']);
  });
  test('since=1.99 lies in the future', async () => {
    expect((await judge(textOf('good'), { since: '1.99' })).faults).toEqual(['1:1 since-future']);
  });
  test('a fault in every version is not excused', async () => {
    const text = `${schedulingGroup}  quux: 1\n`;
    const { faults } = await validate(text, { since: '1.36' });
    expect(places(faults)).toEqual(['7:3 unknown-field']);
    expect(faults[0]?.kubernetes).toEqual(['1.36', '1.37']);
  });
  test.for(kubernetesVersions)('judging by %s alone changes nothing', async (version) => {
    const report = await validateManifests(schedulingGroup, { since: '1.36' }, judges, [version]);
    expect(report.faults).toEqual([]);
  });
});

describe('channel=experimental', () => {
  test.for([
    ['a kind', udpRoute],
    ['a field', httpRoute('retry: { attempts: 2 }')],
  ] as const)('%s of that channel only', async ([, text]) => {
    expect(await judge(text, { channel: 'experimental' })).toMatchObject({ faults: [] });
    expect((await judge(text, {})).faults).toHaveLength(1);
  });
  test('what the Standard channel takes too does not need it', async () => {
    const text = httpRoute('timeouts: { request: 2s }');
    expect((await judge(text, { channel: 'experimental' })).faults).toEqual([
      '1:1 channel-needless',
    ]);
  });
  test('a fault is found in that channel too', async () => {
    const text = httpRoute('retry: { attemts: 2 }');
    expect((await judge(text, { channel: 'experimental' })).faults).toEqual(['6:16 unknown-field']);
  });
});

describe('fragment', () => {
  const ports = '- port: 80\n  targetPort: 8080\n';
  test.for<[string, string, string]>([
    ['a list', 'Service.spec.ports', ports],
    ['an entry of a list', 'Service.spec.ports[]', 'port: 80\n'],
    ['a map', 'NetworkPolicy.spec.podSelector', 'matchLabels:\n  app: web\n'],
    ['a list inside of a list', 'NetworkPolicy.spec.ingress[].from', '- podSelector: {}\n'],
    ['a whole object', 'NetworkPolicy', 'spec:\n  podSelector: {}\n'],
    ['an object without what it needs', 'NetworkPolicy', 'metadata:\n  labels: { a: b }\n'],
    ['a map with free keys', 'ConfigMap.data', 'a: b\n'],
    ['a part whose neighbours are required', 'Deployment.spec.strategy', 'type: Recreate\n'],
    ['two documents', 'Service.spec.ports', `${ports}---\n${ports}`],
  ])('%s', async ([, fragment, text]) => {
    expect(await judge(text, { fragment })).toMatchObject({ faults: [], asStated: true });
  });

  test.for<[string, string, string, string]>([
    ['an unknown field', 'Service.spec.ports', '- port: 80\n  prt: 1\n', '2:3 unknown-field'],
    ['a wrong type', 'Service.spec.ports[]', 'name: http\nport: x\n', '2:7 wrong-type'],
    ['a missing field', 'Service.spec.ports', '- port: 80\n- name: x\n', '2:3 missing-field'],
    [
      'deep inside',
      'NetworkPolicy.spec.ingress[].from',
      '- podSelector:\n    matchLables: {}\n',
      '2:5 unknown-field',
    ],
    [
      'in the second document',
      'Service.spec.ports',
      '- port: 80\n---\n- prt: 80\n  port: 1\n',
      '3:3 unknown-field',
    ],
    [
      'of a whole object',
      'NetworkPolicy',
      'spec:\n  podSelectr: {}\n  podSelector: {}\n',
      '2:3 unknown-field',
    ],
    ['a map where a list must be', 'Service.spec.ports', 'port: 80\n', '1:1 wrong-type'],
    ['a list where a map must be', 'NetworkPolicy.spec.podSelector', '- a\n', '1:1 wrong-type'],
    ['a single value for a whole object', 'NetworkPolicy', '42\n', '1:1 wrong-type'],
    ['a list for a whole object', 'NetworkPolicy', '- spec: {}\n', '1:1 wrong-type'],
    ['a map taken for a list', 'Service.spec.selector[]', 'a\n', '1:1 wrong-type'],
    ['a boolean as a text', 'ConfigMap.data', 'a: b\nc: yes\n', '2:4 wrong-type'],
    ['an old octal number as a text', 'ConfigMap.data', 'mode: 0o17\n', '1:7 wrong-type'],
    ['an unknown kind', 'Servise.spec', 'a: b\n', '1:1 fence-key'],
    ['an unknown field in the path', 'Service.spec.prts', 'a: b\n', '1:1 fence-key'],
    ['a list without [] in the path', 'Service.spec.ports.port', '80\n', '1:1 fence-key'],
    ['no text at all', 'Service.spec', '# nothing\n', '1:1 no-manifest'],
  ])('a fault: %s', async ([, fragment, text, place]) => {
    expect((await judge(text, { fragment })).faults).toEqual([place]);
  });

  test.for(['2001-12-14', '12:30:45', '1.2.3'])('%s is a text, as in a manifest', async (value) => {
    const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { a: ${value} }\n`;
    expect((await judge(`a: ${value}\n`, { fragment: 'ConfigMap.data' })).faults).toEqual([]);
    expect((await judge(manifest, {})).faults).toEqual([]);
  });

  test('versions that do not know the kind refuse its parts', async () => {
    const fragment = 'MutatingAdmissionPolicyBinding.spec';
    const { faults } = await validate('policyName: web\n', { fragment });
    expect(places(faults)).toEqual(['1:1 not-in-version']);
    expect(faults[0]?.kubernetes).toEqual(['1.35']);
    expect((await judge('policyName: web\n', { fragment, since: '1.36' })).faults).toEqual([]);
  });
  test('versions that do not know the field refuse its parts', async () => {
    const fragment = 'Pod.spec.schedulingGroup.podGroupName';
    const { faults } = await validate('web\n', { fragment });
    expect(places(faults)).toEqual(['1:1 unknown-field']);
    expect(faults[0]?.kubernetes).toEqual(['1.35']);
    expect((await judge('web\n', { fragment, since: '1.36' })).faults).toEqual([]);
  });
  test('a part that the Standard channel takes needs no channel=experimental', async () => {
    const stated = { fragment: 'HTTPRoute.spec.rules', channel: 'experimental' } as const;
    expect((await judge('- name: web\n', stated)).faults).toEqual(['1:1 channel-needless']);
    expect((await judge('- retry: { attempts: 2 }\n', stated)).faults).toEqual([]);
  });
  test('a part can be refused as stated', async () => {
    const stated = { fragment: 'Service.spec.ports', rejected: 'unknown field "prt"' };
    expect(await judge('- port: 80\n  prt: 1\n', stated)).toMatchObject({
      faults: [],
      refusals: ['2:3 unknown-field'],
    });
  });
});
