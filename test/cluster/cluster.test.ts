import { describe, expect, test } from 'vitest';
import { readCluster } from '../../src/cluster/cluster.ts';
import { readObjects } from '../../src/cluster/objects.ts';
import { selectedBy } from '../../src/cluster/services.ts';
import { clusterOf } from './manifests.ts';

const webPod = (name: string, more = '') => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web }${more} }`;
const owner = (apiVersion: string, kind: string, name: string, controller = true) =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}, controller: ${controller} }`;
const owned = (name: string, by: string, labels: string, status = '') => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { ${labels} }, ownerReferences: [${by}] }
status: { ${status} }`;
const workload = (
  apiVersion: string,
  kind: string,
  name: string,
  more = '',
) => `apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name}${more} }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, ports: [{ name: http, containerPort: 8080 }] }] } }`;

describe('objects of a text', () => {
  test('a kind of another name is no list, whatever it holds', () => {
    const menu = 'apiVersion: v1\nkind: Menu\nmetadata: { name: m }\nitems: []';
    const whitelist = 'apiVersion: v1\nkind: AllowList\nmetadata: { name: a }\nspec: {}';
    const { others, faults } = clusterOf(menu, whitelist);
    expect(others.map(({ kind }) => kind)).toEqual(['Menu', 'AllowList']);
    expect(faults).toEqual([]);
  });

  test('an item of a plain List must say what it is', () => {
    const { faults, others } = clusterOf(
      'apiVersion: v1\nkind: List\nitems: [{ metadata: { name: a } }]',
    );
    expect(faults).toEqual([expect.stringMatching(/^3:9 error no-kind/)]);
    expect(others).toEqual([]);
  });

  test('a List and its kinds, nested', () => {
    const { ids, faults } = clusterOf(`apiVersion: v1
kind: List
items:
- ${webPod('a').replaceAll('\n', '\n  ')}
- apiVersion: v1
  kind: List
  items:
  - ${webPod('b').replaceAll('\n', '\n    ')}
`);
    expect(ids).toEqual(['default/a[Pod]', 'default/b[Pod]']);
    expect(faults).toEqual([]);
  });

  test('a PodList straight from the API, whose items do not say what they are', () => {
    const list = { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'a' } }] };
    expect(clusterOf(JSON.stringify(list)).ids).toEqual(['default/a[Pod]']);
  });

  test.each(['items: []', 'items: null'])(
    'an empty List (%s) is nothing, and no fault',
    (items) => {
      const { others, faults } = clusterOf(`apiVersion: v1\nkind: List\n${items}`);
      expect([others, faults]).toEqual([[], []]);
    },
  );

  test('places in a List lead into it', () => {
    const { objects } = readObjects(
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n`,
      'l.yaml',
    );
    expect(objects[0]?.placeOf([])).toEqual({ line: 4, column: 3 });
    expect(objects[0]?.placeOf(['metadata', 'name'])).toEqual({ line: 7, column: 5 });
  });

  test.each([
    ['just text', '1:1'],
    ['- a\n- b', '1:1'],
    ['kind: Pod', '1:1'],
    ['apiVersion: v1\nkind: 5', '1:1'],
    ['apiVersion: 1\nkind: Pod', '1:1'],
    ['apiVersion: v1\nkind: List\nitems: [5]', '3:9'],
  ])('%j is no object: named, and the others are read', (text, place) => {
    const { ids, faults } = clusterOf(text, webPod('a'));
    expect(faults).toEqual([
      `${place} error no-kind: this is not a Kubernetes object: it has no apiVersion and kind; it is left out`,
    ]);
    expect(ids).toEqual(['default/a[Pod]']);
  });

  test('text that is no YAML is one fault; the document after it is read', () => {
    const { ids, faults } = clusterOf('a: [', webPod('a'));
    expect(faults).toEqual([expect.stringContaining('error yaml-syntax')]);
    expect(ids).toEqual(['default/a[Pod]']);
  });

  test.each([
    ['name: 5', '3:13', 'name'],
    ['name: a, namespace: 5', '3:22', 'namespace'],
    ['name: [a]', '3:13', 'name'],
  ])('metadata {%s} is named and left out', (metadata, place, field) => {
    const { ids, faults } = clusterOf(`apiVersion: v1\nkind: Pod\nmetadata: { ${metadata} }`);
    expect(faults).toEqual([
      `${place} error name-not-text: this ${field} is not a text; put it in quotes; the Pod is left out`,
    ]);
    expect(ids).toEqual([]);
  });

  test.each([
    ['v1', 'Pod'],
    ['apps/v1', 'Deployment'],
    ['v1', 'Service'],
    ['v1', 'Namespace'],
    ['v1', 'Node'],
  ])('a %s %s without a name is left out', (apiVersion, kind) => {
    const read = clusterOf(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { labels: { a: b } }`,
    );
    expect(read.faults).toEqual([`3:1 error no-name: this ${kind} has no name; it is left out`]);
    expect([read.ids, read.services, read.nodes, read.others]).toEqual([[], [], [], []]);
    expect(read.namespaces.size).toBe(0);
  });

  test('generateName stands for a name', () => {
    expect(
      clusterOf('apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: run- }').ids,
    ).toEqual(['default/run-[Job]']);
  });

  test.each(['metadata: []', 'metadata: null', 'spec: null', 'spec: []', 'status: 5'])(
    'a Pod with %s does not stop the reading',
    (odd) => {
      expect(clusterOf(`apiVersion: v1\nkind: Pod\n${odd}`, webPod('a')).ids).toEqual([
        'default/a[Pod]',
      ]);
    },
  );

  test('labels are texts: null is the empty one, numbers are as written', () => {
    const [endpoint] = clusterOf(
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { a: null, b: 1, c: "" } }',
    ).endpoints;
    expect(endpoint?.labels).toEqual({ a: '', b: '1', c: '' });
  });
});

describe('namespaces', () => {
  test('have their labels and their name as a label', () => {
    const { namespaces } = clusterOf(
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { team: a } }',
    );
    expect(namespaces.get('shop')?.labels).toEqual({
      team: 'a',
      'kubernetes.io/metadata.name': 'shop',
    });
  });

  test('one that is only mentioned exists with its name alone, and one line says so', () => {
    const { namespaces, faults } = clusterOf(
      webPod('a', ', namespace: b'),
      webPod('a', ', namespace: c'),
      webPod('b', ', namespace: c'),
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p, namespace: d }',
      'apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: e }',
    );
    expect([...namespaces]).toEqual(
      ['b', 'c', 'd', 'e'].map((name) => [
        name,
        { name, labels: { 'kubernetes.io/metadata.name': name } },
      ]),
    );
    expect(faults).toEqual([
      '3:44 warning namespace-missing: no Namespace b, c, d and 1 more is here; what is only mentioned is taken to have no labels but its name',
    ]);
  });

  test('three missing ones are all named', () => {
    const pods = ['b', 'c', 'd'].map((name) => webPod('a', `, namespace: ${name}`));
    expect(clusterOf(...pods).faults).toEqual([
      expect.stringContaining(': no Namespace b, c, d is here; '),
    ]);
  });

  test('one that is mentioned before it is made has its labels all the same', () => {
    const { endpoints, faults } = clusterOf(
      webPod('a', ', namespace: b'),
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: b, labels: { x: z } }',
    );
    expect(endpoints[0]?.namespace.labels).toMatchObject({ x: 'z' });
    expect(faults).toEqual([]);
  });

  test.each(['default', 'kube-system', 'kube-public', 'kube-node-lease'])(
    'every cluster has %s: no line about it',
    (name) => {
      expect(clusterOf(webPod('a', `, namespace: ${name}`)).faults).toEqual([]);
    },
  );

  test('what names none is in default', () => {
    expect(clusterOf(webPod('a')).endpoints[0]?.namespace.name).toBe('default');
  });
});

describe('workloads', () => {
  test.each([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
    ['batch/v1', 'Job'],
  ])('%s %s is one endpoint with the labels and ports of its template', (apiVersion, kind) => {
    const { endpoints, faults } = clusterOf(
      workload(apiVersion, kind, 'web', ', labels: { of: workload }'),
    );
    expect(endpoints).toMatchObject([
      {
        id: `default/web[${kind}]`,
        name: 'web',
        kind,
        labels: { app: 'web' },
        ports: [{ name: 'http', protocol: 'TCP', number: 8080 }],
        hostNetwork: false,
        serviceAccount: 'default',
        ips: [],
      },
    ]);
    expect(faults).toEqual([]);
  });

  test('ReplicationController', () => {
    const { endpoints, faults } = clusterOf(
      'apiVersion: v1\nkind: ReplicationController\nmetadata: { name: web }\nspec: { selector: { app: web }, template: { metadata: { labels: { app: web } } } }',
    );
    expect(endpoints).toMatchObject([
      { id: 'default/web[ReplicationController]', labels: { app: 'web' } },
    ]);
    expect(faults).toEqual([]);
  });

  test('CronJob', () => {
    const { endpoints } = clusterOf(
      'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: tick }\nspec: { jobTemplate: { spec: { template: { metadata: { labels: { app: tick } }, spec: { serviceAccountName: bot, hostNetwork: true } } } } }',
    );
    expect(endpoints).toMatchObject([
      {
        id: 'default/tick[CronJob]',
        labels: { app: 'tick' },
        hostNetwork: true,
        serviceAccount: 'bot',
      },
    ]);
  });

  test('a kind of the same name in another group is none', () => {
    const { ids, others } = clusterOf(
      workload('example.org/v1', 'Deployment', 'web'),
      'apiVersion: apps/v1\nkind: Pod\nmetadata: { name: x }',
    );
    expect(ids).toEqual([]);
    expect(others.map(({ kind }) => kind)).toEqual(['Deployment', 'Pod']);
  });

  test.each([
    ['apps/v1', 'Deployment', '{ matchLabels: { app: other } }'],
    [
      'apps/v1',
      'StatefulSet',
      '{ matchExpressions: [{ key: app, operator: NotIn, values: [web] }] }',
    ],
    ['v1', 'ReplicationController', '{ app: other }'],
  ])('%s %s whose selector %s contradicts its template', (apiVersion, kind, selector) => {
    const { faults, ids } = clusterOf(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: web }\nspec:\n  selector: ${selector}\n  template: { metadata: { labels: { app: web } } }`,
    );
    expect(faults).toEqual([
      '5:3 error selector-template: this selector does not select the labels of the template below it',
    ]);
    expect(ids).toHaveLength(1);
  });

  test('a selector that cannot be read', () => {
    const { faults } = clusterOf(
      workload('apps/v1', 'Deployment', 'web').replace(
        '{ matchLabels: { app: web } }',
        '{ matchExpressions: [{ key: app, operator: Gt, values: ["1"] }] }',
      ),
    );
    expect(faults).toEqual([
      '5:3 error selector: unknown operator Gt; use In, NotIn, Exists or DoesNotExist',
    ]);
  });

  test('the selector of a Job is the API server’s own', () => {
    const job = workload('batch/v1', 'Job', 'x').replace('app: web } }', 'app: other } }');
    expect(clusterOf(job).faults).toEqual([]);
  });
});

describe('Pods', () => {
  test('ports: of containers and of sidecars, not of init containers', () => {
    const { endpoints } = clusterOf(`apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  containers:
    - ports: [{ name: http, containerPort: 80 }, { containerPort: 53, protocol: UDP }]
    - ports: [{ containerPort: 0 }, { containerPort: 65536 }, { containerPort: 1.5 }, null, { name: none }, { name: max, containerPort: 65535 }, { name: min, containerPort: 1 }]
    - null
  initContainers:
    - ports: [{ name: setup, containerPort: 81 }]
    - { restartPolicy: Always, ports: [{ name: proxy, containerPort: 82, protocol: SCTP }, 7] }
    - null`);
    expect(endpoints[0]?.ports).toEqual([
      { name: 'http', protocol: 'TCP', number: 80 },
      { name: undefined, protocol: 'UDP', number: 53 },
      { name: 'max', protocol: 'TCP', number: 65535 },
      { name: 'min', protocol: 'TCP', number: 1 },
      { name: 'proxy', protocol: 'SCTP', number: 82 },
    ]);
  });

  test('addresses: dual stack, each once; what is none is passed over', () => {
    const { endpoints } = clusterOf(
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nstatus: { podIP: 10.0.0.1, podIPs: [{ ip: 10.0.0.1 }, { ip: "fd00::1" }, { ip: soon }, null, { ip: 7 }] }',
    );
    expect(endpoints[0]?.ips).toEqual(['10.0.0.1', 'fd00::1']);
  });

  test('the status of a workload lends no addresses', () => {
    const odd = `${workload('apps/v1', 'Deployment', 'web')}\nstatus: { podIP: 10.0.0.1 }`;
    expect(clusterOf(odd).endpoints).toMatchObject([{ ips: [] }]);
  });

  test.each([
    ['hostNetwork: true', true, 'default'],
    ['hostNetwork: false', false, 'default'],
    ['hostNetwork: "true"', false, 'default'],
    ['serviceAccountName: bot', false, 'bot'],
    ['serviceAccount: old', false, 'old'],
    ['serviceAccountName: bot, serviceAccount: old', false, 'bot'],
  ])('spec { %s }', (spec, hostNetwork, serviceAccount) => {
    const [endpoint] = clusterOf(
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { ${spec} }`,
    ).endpoints;
    expect(endpoint).toMatchObject({ hostNetwork, serviceAccount });
  });
});

describe('a dump of a live cluster', () => {
  const deployment = workload('apps/v1', 'Deployment', 'web');
  const replicaSet = workload(
    'apps/v1',
    'ReplicaSet',
    'web-5d4f',
    `, ownerReferences: [${owner('apps/v1', 'Deployment', 'web')}]`,
  );
  const byReplicaSet = owner('apps/v1', 'ReplicaSet', 'web-5d4f');
  const one = owned(
    'web-5d4f-a',
    byReplicaSet,
    'app: web, pod-template-hash: 5d4f',
    'podIP: 10.0.0.1',
  );
  const two = owned(
    'web-5d4f-b',
    byReplicaSet,
    'app: web, pod-template-hash: 5d4f',
    'podIP: 10.0.0.2',
  );

  test('Pods and ReplicaSets fold into their Deployment and lend it their addresses', () => {
    const { endpoints, ids } = clusterOf(one, replicaSet, two, deployment);
    expect(ids).toEqual(['default/web[Deployment]']);
    expect(endpoints[0]?.ips).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test('also when the ReplicaSets were not dumped', () => {
    expect(clusterOf(deployment, one, two).ids).toEqual(['default/web[Deployment]']);
  });

  test('a ReplicaSet whose Deployment is not here stands for its Pods', () => {
    expect(clusterOf(replicaSet, one, two).ids).toEqual(['default/web-5d4f[ReplicaSet]']);
  });

  test('without any workload each Pod stands alone', () => {
    expect(clusterOf(one, two).ids).toEqual(['default/web-5d4f-a[Pod]', 'default/web-5d4f-b[Pod]']);
  });

  test.each([
    ['the hash ends no name', owner('apps/v1', 'ReplicaSet', 'web-5d4f-x')],
    ['the hash has no dash before it', owner('apps/v1', 'ReplicaSet', 'web5d4f')],
    ['another kind', owner('apps/v1', 'StatefulSet', 'web-5d4f')],
    ['another group', owner('example.org/v1', 'ReplicaSet', 'web-5d4f')],
    ['no controller', '{}'],
  ])('a Pod does not fold by the name of its controller alone: %s', (_, by) => {
    const pod = owned('x', by, 'app: web, pod-template-hash: 5d4f');
    expect(clusterOf(deployment, pod).ids).toEqual(['default/web[Deployment]', 'default/x[Pod]']);
  });

  test('the order of labels plays no part', () => {
    const pod = owned('x', byReplicaSet, 'pod-template-hash: 5d4f, b: "2", a: "1"');
    const labelled = deployment.replaceAll('app: web', 'a: "1", b: "2"');
    expect(clusterOf(labelled, pod).ids).toEqual(['default/web[Deployment]']);
  });

  test('a name that only looks like a Deployment’s does not fold', () => {
    const other = owned('x', owner('apps/v1', 'ReplicaSet', 'web-5d4f'), 'app: web');
    expect(clusterOf(deployment, other).ids).toEqual(['default/web[Deployment]', 'default/x[Pod]']);
  });

  test('a Pod whose labels were changed by hand stands alone', () => {
    const changed = owned(
      'web-5d4f-c',
      byReplicaSet,
      'app: debug, pod-template-hash: 5d4f',
      'podIP: 10.0.0.3',
    );
    const { endpoints, ids } = clusterOf(deployment, replicaSet, one, changed);
    expect(ids).toEqual(['default/web-5d4f-c[Pod]', 'default/web[Deployment]']);
    expect(endpoints.map(({ ips }) => ips)).toEqual([['10.0.0.1'], ['10.0.0.3']]);
  });

  test('a Pod with one label more stands alone', () => {
    const more = owned('web-5d4f-c', byReplicaSet, 'app: web, extra: x, pod-template-hash: 5d4f');
    expect(clusterOf(deployment, replicaSet, more).ids).toContain('default/web-5d4f-c[Pod]');
  });

  test.each([
    [
      'apps/v1',
      'StatefulSet',
      'db',
      'controller-revision-hash: a, statefulset.kubernetes.io/pod-name: db-0, apps.kubernetes.io/pod-index: "0"',
    ],
    ['apps/v1', 'DaemonSet', 'agent', 'controller-revision-hash: a, pod-template-generation: "1"'],
    [
      'batch/v1',
      'Job',
      'once',
      'controller-uid: u, job-name: once, batch.kubernetes.io/controller-uid: u, batch.kubernetes.io/job-name: once, batch.kubernetes.io/job-completion-index: "0"',
    ],
  ])('labels that the controller of a %s %s adds do not count', (apiVersion, kind, name, added) => {
    const pod = owned(`${name}-0`, owner(apiVersion, kind, name), `app: web, ${added}`);
    expect(clusterOf(workload(apiVersion, kind, name), pod).ids).toEqual([
      `default/${name}[${kind}]`,
    ]);
  });

  const cronJob =
    'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: tick }\nspec: { jobTemplate: { spec: { template: { metadata: { labels: { app: web } } } } } }';
  const ofTick = owned(
    'tick-28000-x',
    owner('batch/v1', 'Job', 'tick-28000'),
    'app: web, job-name: tick-28000',
  );

  test('Pod, Job, CronJob', () => {
    const job = workload(
      'batch/v1',
      'Job',
      'tick-28000',
      `, ownerReferences: [${owner('batch/v1', 'CronJob', 'tick')}]`,
    );
    expect(clusterOf(ofTick, job, cronJob).ids).toEqual(['default/tick[CronJob]']);
  });

  test('Pod and CronJob without the Job between', () => {
    expect(clusterOf(ofTick, cronJob).ids).toEqual(['default/tick[CronJob]']);
  });

  test.each([
    ['a Job whose name ends otherwise', 'Job', 'tick-28000-retry'],
    ['a Job without a number', 'Job', 'tick'],
    ['another kind', 'Batch', 'tick-28000'],
  ])('%s is not of the CronJob', (_, kind, name) => {
    const pod = owned('x', owner('batch/v1', kind, name), 'app: web');
    expect(clusterOf(cronJob, pod).ids).toEqual(['default/tick[CronJob]', 'default/x[Pod]']);
  });

  test('owners that are no owners are passed over', () => {
    const odd = owned('x', `null, 5, ${owner('apps/v1', 'StatefulSet', 'db')}`, 'app: web');
    const db = workload('apps/v1', 'StatefulSet', 'db');
    expect(clusterOf(db, odd).ids).toEqual(['default/db[StatefulSet]']);
    const nameless = owned('z', '{ apiVersion: apps/v1, name: db, controller: true }', 'app: web');
    expect(clusterOf(db, nameless).ids).toContain('default/z[Pod]');
  });

  test('the controller among several owners counts; without one, the first', () => {
    const owners = [
      owner('example.org/v1', 'App', 'x', false),
      owner('apps/v1', 'StatefulSet', 'db'),
    ];
    const db = workload('apps/v1', 'StatefulSet', 'db');
    expect(clusterOf(db, owned('p', owners.join(), 'app: web')).ids).toEqual([
      'default/db[StatefulSet]',
    ]);
    const first = [
      owner('apps/v1', 'StatefulSet', 'db', false),
      owner('example.org/v1', 'App', 'x', false),
    ];
    expect(clusterOf(db, owned('p', first.join(), 'app: web')).ids).toEqual([
      'default/db[StatefulSet]',
    ]);
  });

  test('an owner of another namespace is none, nor one without a name', () => {
    const db = workload('apps/v1', 'StatefulSet', 'db', ', namespace: default');
    const elsewhere = owned('p', owner('apps/v1', 'StatefulSet', 'db'), 'app: web').replace(
      'name: p,',
      'name: p, namespace: kube-system,',
    );
    expect(clusterOf(db, elsewhere).ids).toContain('kube-system/p[Pod]');
    expect(clusterOf(db, owned('p', '{ kind: StatefulSet }', 'app: web')).ids).toContain(
      'default/p[Pod]',
    );
  });

  test('owners in a circle end', () => {
    const circle = workload(
      'apps/v1',
      'ReplicaSet',
      'a',
      `, ownerReferences: [${owner('apps/v1', 'ReplicaSet', 'a')}]`,
    );
    expect(clusterOf(circle).ids).toEqual([]);
  });

  test.each(['Succeeded', 'Failed'])('%s Pods are out, their addresses too', (phase) => {
    const ended = owned(
      'web-5d4f-z',
      byReplicaSet,
      'app: web, pod-template-hash: 5d4f',
      `phase: ${phase}, podIP: 10.0.0.9`,
    );
    const { endpoints, ids } = clusterOf(
      deployment,
      replicaSet,
      one,
      ended,
      webPod('alone').concat(`\nstatus: { phase: ${phase} }`),
    );
    expect(ids).toEqual(['default/web[Deployment]']);
    expect(endpoints[0]?.ips).toEqual(['10.0.0.1']);
  });
});

describe('objects of one name', () => {
  test('are named with the place of the first; the later one counts', () => {
    const { endpoints, faults } = clusterOf(webPod('a'), webPod('a').replace('web', 'api'));
    expect(faults).toEqual([
      '5:1 error repeated-object: Pod a stands already in all.yaml:1; the later one counts',
    ]);
    expect(endpoints).toMatchObject([{ labels: { app: 'api' } }]);
  });

  test('a namespace that is written out is the same as none for default', () => {
    expect(clusterOf(webPod('a'), webPod('a', ', namespace: default')).faults).toHaveLength(1);
  });

  test('versions of one group are one kind', () => {
    const { faults } = clusterOf(
      workload('apps/v1', 'Deployment', 'a'),
      workload('apps/v1beta1', 'Deployment', 'a'),
    );
    expect(faults).toEqual([expect.stringContaining('repeated-object')]);
  });

  test.each([
    ['namespaces', webPod('a'), webPod('a', ', namespace: kube-system')],
    ['kinds', workload('apps/v1', 'Deployment', 'a'), workload('apps/v1', 'StatefulSet', 'a')],
    [
      'groups',
      'apiVersion: a/v1\nkind: X\nmetadata: { name: a }',
      'apiVersion: b/v1\nkind: X\nmetadata: { name: a }',
    ],
    ['no names', 'apiVersion: a/v1\nkind: X', 'apiVersion: a/v1\nkind: X'],
  ])('of different %s do not meet', (_, a, b) => {
    const { faults, ids, others } = clusterOf(a, b);
    expect(faults).toEqual([]);
    expect(ids.length + others.length).toBe(2);
  });

  test('two Namespaces: the labels of the later one', () => {
    const ns = (label: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: two, labels: { l: ${label} } }`;
    const { namespaces, faults } = clusterOf(ns('a'), ns('b'));
    expect(namespaces.get('two')?.labels).toMatchObject({ l: 'b' });
    expect(faults).toHaveLength(1);
  });
});

describe('Services', () => {
  const service = (spec: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: s, labels: { l: x } }\nspec: ${spec}`;
  const web = `${webPod('web')}\nspec: { containers: [{ ports: [{ name: http, containerPort: 8080 }] }] }`;

  test('ports, addresses and type', () => {
    const { services } = clusterOf(
      service(
        '{ type: LoadBalancer, clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, "fd00::1"], externalIPs: [192.0.2.1], selector: { app: web }, ports: [{ port: 80 }, { name: a, port: 81, targetPort: http }, { port: 53, protocol: UDP, targetPort: 5353 }, { port: x }, { port: 82, targetPort: "" }] }',
      ),
      web,
    );
    expect(services).toMatchObject([
      {
        name: 's',
        type: 'LoadBalancer',
        labels: { l: 'x' },
        selector: { app: 'web' },
        clusterIPs: ['10.96.0.1', 'fd00::1'],
        externalIPs: ['192.0.2.1'],
        ports: [
          { name: undefined, protocol: 'TCP', port: 80, targetPort: 80 },
          { name: 'a', protocol: 'TCP', port: 81, targetPort: 'http' },
          { name: undefined, protocol: 'UDP', port: 53, targetPort: 5353 },
          { name: undefined, protocol: 'TCP', port: 82, targetPort: 82 },
        ],
      },
    ]);
  });

  test('a headless one has no address; one without a type is a ClusterIP', () => {
    expect(clusterOf(service('{ clusterIP: None }')).services).toMatchObject([
      { clusterIPs: [], type: 'ClusterIP', selector: undefined },
    ]);
  });

  test('select Pods of their own namespace by all labels; without a selector none', () => {
    const { services, endpoints } = clusterOf(
      service('{ selector: { app: web } }'),
      webPod('a'),
      webPod('b', ', namespace: kube-system'),
      webPod('c').replace('app: web', 'app: api'),
    );
    const [found] = services;
    if (!found) throw new Error('no Service');
    expect(selectedBy(found, endpoints).map(({ name }) => name)).toEqual(['a']);
    expect(selectedBy({ ...found, selector: { app: 'web', x: 'y' } }, endpoints)).toEqual([]);
    expect(selectedBy({ ...found, selector: {} }, endpoints)).toEqual([]);
    expect(selectedBy({ ...found, selector: undefined }, endpoints)).toEqual([]);
  });

  test.each([
    [
      'a name no selected Pod has',
      'targetPort: htp',
      ['4:53 warning port-name: no Pod that this Service selects has a TCP port named htp'],
    ],
    [
      'a name of another protocol',
      'targetPort: http, protocol: UDP',
      ['4:53 warning port-name: no Pod that this Service selects has a UDP port named http'],
    ],
    ['a name they have', 'targetPort: http', []],
    ['a number', 'targetPort: 1', []],
  ])('targetPort: %s', (_, port, expected) => {
    expect(
      clusterOf(service(`{ selector: { app: web }, ports: [{ port: 80, ${port} }] }`), web).faults,
    ).toEqual(expected);
  });

  test('a name that some of the selected Pods have, among other ports, is known', () => {
    const other = `${webPod('other')}\nspec: { containers: [{ ports: [{ name: x, containerPort: 1 }, { name: http, containerPort: 2 }] }] }`;
    const named = service(
      '{ selector: { app: web }, ports: [{ port: 80, targetPort: http }, { port: 81 }] }',
    );
    expect(clusterOf(named, webPod('bare'), other).faults).toEqual([]);
    const wrong = service(
      '{ selector: { app: web }, ports: [{ port: 81 }, { port: 80, targetPort: nope }] }',
    );
    expect(clusterOf(wrong, other).faults).toHaveLength(1);
  });

  test('odd ports of a Service are passed over', () => {
    expect(clusterOf(service('{ ports: [null, 5, { name: x }] }')).services).toMatchObject([
      { ports: [] },
    ]);
  });

  test('a Service that selects nobody yet is silent about names', () => {
    expect(
      clusterOf(
        service('{ selector: { app: later }, ports: [{ port: 80, targetPort: http }] }'),
        web,
      ).faults,
    ).toEqual([]);
  });
});

describe('the rest', () => {
  test('Nodes: labels and the addresses they have in the cluster', () => {
    const { nodes } = clusterOf(
      'apiVersion: v1\nkind: Node\nmetadata: { name: one, labels: { zone: a } }\nstatus: { addresses: [{ type: InternalIP, address: 172.18.0.2 }, { type: InternalIP, address: "fd00::2" }, { type: ExternalIP, address: 192.0.2.2 }, { type: Hostname, address: 10.0.0.1 }, { type: ExternalIP, address: 192.0.2.2 }, { type: InternalIP, address: no }, null] }',
    );
    expect(nodes).toEqual([
      { name: 'one', labels: { zone: 'a' }, ips: ['172.18.0.2', 'fd00::2', '192.0.2.2'] },
    ]);
  });

  test('a Node without a status has no addresses', () => {
    expect(clusterOf('apiVersion: v1\nkind: Node\nmetadata: { name: one }').nodes).toMatchObject([
      { ips: [] },
    ]);
  });

  test('other kinds are kept for whoever knows them', () => {
    const { others, ids } = clusterOf(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }',
      'apiVersion: example.org/v1\nkind: Namespace\nmetadata: { name: x }',
      'apiVersion: example.org/v1\nkind: Service\nmetadata: { name: x }',
    );
    expect(others.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 ConfigMap',
      'example.org/v1 Namespace',
      'example.org/v1 Service',
    ]);
    expect(ids).toEqual([]);
  });

  test('nothing is a cluster too', () => {
    expect(readCluster([])).toEqual({
      cluster: { namespaces: new Map(), endpoints: [], services: [], nodes: [], others: [] },
      faults: [],
    });
  });
});
