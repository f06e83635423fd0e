import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

const pod = (container: string, spec = '') => `
apiVersion: v1
kind: Pod
metadata: { name: web, creationTimestamp: null }
spec:
  containers: [{ name: web, image: web:1${container} }]
  ${spec}`;

const deployment = (spec: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, ${spec} }`;
const template = 'template: { spec: { containers: [{ name: web, image: web:1 }] } }';

const service = (port: string) => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, ${port} }] }`;

const networkPolicy = (spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec: { ${spec} }`;

const ingress = (path: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - http: { paths: [{ ${path}, backend: { service: { name: web, port: { number: 80 } } } }] }`;

const pdb = (spec: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { selector: {}, ${spec} }`;

const cronJob = (spec: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: web }
spec: { schedule: '* * * * *', jobTemplate: { spec: { ${template} } }, ${spec} }`;

const hpa = (target: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  maxReplicas: 3
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  metrics: [{ type: Resource, resource: { name: cpu, target: { ${target} } } }]`;

const statefulSet = (claim: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web }
spec:
  serviceName: web
  selector: { matchLabels: { app: web } }
  ${template}
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { ${claim} } }]`;

const endpointSlice = (endpoint: string) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web }
addressType: IPv4
endpoints: [{ ${endpoint} }]`;

const lease = (time: string) => `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: web }
spec: { renewTime: ${time} }`;

const data = (kind: string, value: string) => `
apiVersion: v1
kind: ${kind}
metadata: { name: web }
data: { key: ${value} }`;

const definition = (schema: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: webs.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: webs, kind: Web }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { ${schema} } } }`;

const gateway = (spec: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: web }
spec: { gatewayClassName: web, listeners: [{ name: http, port: 80, protocol: HTTP }], ${spec} }`;

const route = (rule: string, metadata = 'name: web') => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { ${metadata} }
spec: { parentRefs: [{ name: web }], rules: [{ ${rule} }] }`;

describe('manifests that the API server takes', () => {
  it.each([
    ['a Pod with creationTimestamp: null', pod('')],
    ['a Deployment', deployment(template)],
    ['a null in an optional field', deployment(`replicas: null, ${template}`)],
    ['a null in a map of strings', data('ConfigMap', 'null')],
    ['a null status', `${deployment(template)}\nstatus: null`],
    ['a Service without metadata', 'apiVersion: v1\nkind: Service\nspec: {}'],
    ['a Service with a target port number', service('targetPort: 8080')],
    ['a Service with a target port name', service('targetPort: http')],
    [
      'a NetworkPolicy with quoted labels',
      networkPolicy("podSelector: { matchLabels: { on: 'true' } }"),
    ],
    ['a NetworkPolicy that allows everything', networkPolicy('podSelector: {}, ingress: [{}]')],
    ['an Ingress', ingress('path: /, pathType: Prefix')],
    ['a PodDisruptionBudget with a percentage', pdb('minAvailable: 50%')],
    ['a PodDisruptionBudget with a number', pdb('minAvailable: 1')],
    ['a CronJob', cronJob('suspend: true')],
    ['a HorizontalPodAutoscaler', hpa('type: Utilization, averageUtilization: 50')],
    ['a StatefulSet with claims', statefulSet('resources: { requests: { storage: 1Gi } }')],
    ['an EndpointSlice', endpointSlice('addresses: [10.0.0.1], conditions: { ready: true }')],
    ['a Lease with a time of six digits', lease('2026-11-20T10:00:00.000000Z')],
    ['a ConfigMap with quoted numbers', data('ConfigMap', "'80'")],
    ['a Secret', data('Secret', 'c2VjcmV0')],
    ['a Secret over several lines', data('Secret', '"c2Vj\\ncmV0\\n"')],
    ['a resource quantity as a number', pod(', resources: { limits: { cpu: 0.5 } }')],
    ['a resource quantity with an exponent', pod(', resources: { limits: { memory: 1e6 } }')],
    [
      'a resource quantity with a unit',
      pod(', resources: { limits: { cpu: 500m, memory: 1.5Gi } }'),
    ],
    [
      'a CustomResourceDefinition whose schema holds schemas',
      definition(
        'type: object, properties: { $ref: { type: string, default: 1 }, list: { type: array, ' +
          'items: { type: object, additionalProperties: { type: string, enum: [a, null] } } } }',
      ),
    ],
    [
      'a CustomResourceDefinition whose schema holds lists of schemas and of names',
      definition('items: [{ type: string }], dependencies: { a: [b], c: { required: [d] } }'),
    ],
    [
      'a CustomResourceDefinition whose schema allows anything',
      definition('type: object, additionalProperties: true, example: { any: [thing] }'),
    ],
    ['a Gateway', gateway('addresses: []')],
    [
      'a Gateway with the address type left to its default',
      gateway('addresses: [{ value: 10.0.0.1 }]'),
    ],
    [
      'a Gateway with a named address',
      gateway('addresses: [{ type: Hostname, value: a.example }]'),
    ],
    ['an HTTPRoute', route('backendRefs: [{ name: web, port: 80 }]')],
    ['a null in an optional field of a custom resource', route('matches: null')],
    [
      'a null creationTimestamp in a custom resource',
      route('', 'name: web, creationTimestamp: null'),
    ],
  ])('%s', async (_, manifest) => {
    expect(await judge(manifest)).toBe('valid');
  });
});

describe('manifests that the API server refuses', () => {
  it.each([
    [
      'a port as a string',
      pod(", ports: [{ containerPort: '80' }]"),
      '/spec/containers/0/ports/0/containerPort: got string, want integer',
    ],
    [
      'a port with a fraction',
      pod(', ports: [{ containerPort: 80.5 }]'),
      '/spec/containers/0/ports/0/containerPort: got number, want integer',
    ],
    [
      'a number over 32 bits',
      deployment(`replicas: 3000000000, ${template}`),
      '/spec/replicas: maximum: got 3×10⁰⁹, want 2.147483647×10⁰⁹',
    ],
    [
      'a target port over 32 bits',
      service('targetPort: 3000000000'),
      '/spec/ports/0/targetPort: maximum: got 3×10⁰⁹, want 2.147483647×10⁰⁹',
    ],
    [
      'a missing selector',
      deployment(template).replace('selector', 'labels'),
      "/spec: additional properties 'labels' not allowed\n/spec: missing property 'selector'",
    ],
    [
      'a null in a required field',
      deployment('template: null'),
      '/spec/template: got null, want object',
    ],
    [
      'a null container',
      deployment('template: { spec: { containers: [null] } }'),
      '/spec/template/spec/containers/0: got null, want object',
    ],
    [
      'a misspelt target_port',
      service('target_port: 80'),
      "/spec/ports/0: additional properties 'target_port' not allowed",
    ],
    [
      'a field of the wrong case',
      service('targetport: 80'),
      "/spec/ports/0: additional properties 'targetport' not allowed",
    ],
    [
      'a target port of the wrong type',
      service('targetPort: [80]'),
      '/spec/ports/0/targetPort: got array, want null or integer or string',
    ],
    [
      'a kind of the wrong case',
      service('name: http').replace('Service', 'service'),
      "/kind: value must be 'Service'",
    ],
    [
      'a label that YAML reads as a boolean',
      networkPolicy('podSelector: { matchLabels: { enabled: true } }'),
      '/spec/podSelector/matchLabels/enabled: got boolean, want null or string',
    ],
    [
      'a misspelt field of metadata',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web, label: {} }',
      "/metadata: additional properties 'label' not allowed",
    ],
    [
      'an Ingress path without a type',
      ingress('path: /'),
      "/spec/rules/0/http/paths/0: missing property 'pathType'",
    ],
    [
      'a percentage that is a list',
      pdb('minAvailable: [50%]'),
      '/spec/minAvailable: got array, want null or integer or string',
    ],
    [
      'a misspelt field of a CronJob',
      cronJob('suspended: true'),
      "/spec: additional properties 'suspended' not allowed",
    ],
    [
      'a metric with a target as a string',
      hpa("type: Utilization, averageUtilization: '50'"),
      '/spec/metrics/0/resource/target/averageUtilization: got string, want null or integer',
    ],
    [
      'a claim with an impossible size',
      statefulSet('resources: { requests: { storage: 1GB } }'),
      "/spec/volumeClaimTemplates/0/spec/resources/requests/storage: '1GB' does not match pattern",
    ],
    [
      'a misspelt field of a claim',
      statefulSet('storageClass: fast'),
      "/spec/volumeClaimTemplates/0/spec: additional properties 'storageClass' not allowed",
    ],
    [
      'an endpoint without addresses',
      endpointSlice('hostname: web'),
      "/endpoints/0: missing property 'addresses'",
    ],
    [
      'a Lease with a time without fractions',
      lease("'2026-11-20T10:00:00Z'"),
      "/spec/renewTime: '2026-11-20T10:00:00Z' does not match pattern",
    ],
    [
      'a time that is none',
      'apiVersion: v1\nkind: Pod\nmetadata: { creationTimestamp: today }',
      "/metadata/creationTimestamp: 'today' is not valid date-time",
    ],
    [
      'a ConfigMap with a number',
      data('ConfigMap', '80'),
      '/data/key: got number, want null or string',
    ],
    [
      'a Secret that is not base64',
      data('Secret', 'sec-ret!'),
      "/data/key: 'sec-ret!' does not match pattern",
    ],
    [
      'a Secret with half of its base64',
      data('Secret', 'c2Vjcm'),
      "/data/key: 'c2Vjcm' does not match pattern",
    ],
    [
      'a schema with a misspelt type',
      definition('types: object'),
      "additional properties 'types' not allowed",
    ],
    [
      'a schema deep inside with a misspelt type',
      definition('properties: { a: { properties: { b: { items: { typ: x } } } } }'),
      "additional properties 'typ' not allowed",
    ],
    [
      'a Gateway without listeners',
      gateway('').replace('listeners', 'listener'),
      "/spec: missing property 'listeners'",
    ],
    [
      'a Gateway whose default address type needs an address',
      gateway('addresses: [{ value: a.example }]'),
      '/spec/addresses/0',
    ],
    [
      'a Gateway with a port out of range',
      gateway('').replace('80', '80000'),
      '/spec/listeners/0/port: maximum: got 80,000, want 65,535',
    ],
    [
      'a field of the experimental channel',
      route('retry: { attempts: 3 }'),
      "/spec/rules/0: additional properties 'retry' not allowed",
    ],
    [
      'an unknown method in a route',
      route('matches: [{ method: SEND }]'),
      '/spec/rules/0/matches/0/method: value must be one of',
    ],
    [
      'a null in a list of a custom resource',
      route('backendRefs: [null]'),
      '/spec/rules/0/backendRefs/0: got null, want object',
    ],
    [
      'a misspelt field of metadata in a custom resource',
      route('', 'name: web, label: {}'),
      "/metadata: additional properties 'label' not allowed",
    ],
    [
      'the same header removed twice',
      route(
        'filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { remove: [a, a] } }]',
      ),
      '/spec/rules/0/filters/0/requestHeaderModifier/remove: items at 0 and 1 are equal',
    ],
  ])('%s', async (_, manifest, error) => {
    expect(await judge(manifest)).toContain(error);
  });
});

describe('versions and channels', () => {
  it('takes a field of the experimental channel there', async () => {
    expect(await judge(route('retry: { attempts: 3 }'), { channel: 'experimental' })).toBe('valid');
  });

  it('knows a kind of the experimental channel only there', async () => {
    const backend = 'apiVersion: gateway.networking.x-k8s.io/v1alpha1\nkind: XMesh';
    expect(await judge(backend)).toBe('unknown kind');
    expect(await judge(backend, { channel: 'experimental' })).not.toBe('unknown kind');
  });

  it('knows an API version only in the Kubernetes minors that serve it', async () => {
    const address = 'apiVersion: networking.k8s.io/v1beta1\nkind: ServiceCIDR';
    expect(await judge(address, { kubernetes: '1.36' })).toBe('valid');
    expect(await judge(address, { kubernetes: '1.37' })).toBe('unknown kind');
  });

  it('judges every item of a List', async () => {
    const list = `apiVersion: v1\nkind: List\nitems: [${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', spec: 1 })}]`;
    expect(await judge(list)).toBe('/spec: got number, want null or object');
  });
});
