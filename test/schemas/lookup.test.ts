import { describe, expect, it } from 'vitest';
import {
  kindsNamed,
  knownKinds,
  kubernetesVersions,
  schemaPath,
  schemaSource,
} from '../../src/schemas/index.ts';
import { readSchemaFile } from '../../src/schemas/node.ts';
import removed from '../../src/schemas/removed-apis.json' with { type: 'json' };

const deployment = { group: 'apps', version: 'v1', kind: 'Deployment', kubernetes: '1.37' };
const route = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'HTTPRoute',
  kubernetes: '1.37',
};
const apiVersionsOf = (kind: string) =>
  kindsNamed(kind).map((known) => `${known.apiVersion} ${known.kind}`);

describe('schemaPath', () => {
  it('names the file of a built-in kind', () => {
    expect(schemaPath(deployment, 'standard')).toBe('kubernetes/1.37/apps/v1/deployment.json');
  });

  it('calls the group without a name core', () => {
    const pod = { group: '', version: 'v1', kind: 'Pod', kubernetes: '1.35' };
    expect(schemaPath(pod, 'standard')).toBe('kubernetes/1.35/core/v1/pod.json');
  });

  it('names the file of the channel', () => {
    const file = 'gateway.networking.k8s.io/v1/httproute.json';
    expect(schemaPath(route, 'standard')).toBe(`gateway-api/standard/${file}`);
    expect(schemaPath(route, 'experimental')).toBe(`gateway-api/experimental/${file}`);
  });

  it('names one file for every channel in a set without channels', () => {
    const policy = { ...route, group: 'cilium.io', version: 'v2', kind: 'CiliumNetworkPolicy' };
    const file = 'cilium/cilium.io/v2/ciliumnetworkpolicy.json';
    expect(schemaPath(policy, 'standard')).toBe(file);
    expect(schemaPath(policy, 'experimental')).toBe(file);
  });

  it('tells kinds of one name in two groups apart', () => {
    const policy = { version: 'v3', kind: 'NetworkPolicy', kubernetes: '1.37' };
    expect(schemaPath({ ...policy, group: 'projectcalico.org' }, 'standard')).toBe(
      'calico/projectcalico.org/v3/networkpolicy.json',
    );
    expect(schemaPath({ ...policy, group: 'networking.k8s.io' }, 'standard')).toBeUndefined();
  });

  it('finds a kind in any case', () => {
    expect(schemaPath({ ...deployment, kind: 'deployMENT' }, 'standard')).toBe(
      'kubernetes/1.37/apps/v1/deployment.json',
    );
  });

  it('is undefined for a kind that the channel does not serve', () => {
    const mesh = {
      ...route,
      group: 'gateway.networking.x-k8s.io',
      version: 'v1alpha1',
      kind: 'XMesh',
    };
    expect(schemaPath(mesh, 'standard')).toBeUndefined();
    expect(schemaPath(mesh, 'experimental')).toBeDefined();
  });

  it.each([
    ['an unknown kind', { ...deployment, kind: 'Deploy' }],
    ['an unknown group', { ...deployment, group: 'app' }],
    ['a version that was never there', { ...deployment, version: 'v2' }],
    ['an unsupported Kubernetes', { ...deployment, kubernetes: '1.20' }],
  ])('is undefined for %s', (_, request) => {
    expect(schemaPath(request, 'standard')).toBeUndefined();
  });
});

describe('schemaSource', () => {
  it('reads the schema of a document', async () => {
    const text = await schemaSource(
      readSchemaFile,
      'standard',
    )({ ...deployment, kind: 'deployment' });
    expect(JSON.parse(text ?? '').properties.kind).toEqual({ enum: ['Deployment'] });
  });

  it('reads nothing for an unknown kind', async () => {
    const read = () => Promise.reject(new Error('read'));
    expect(await schemaSource(read, 'standard')({ ...deployment, kind: 'x' })).toBeUndefined();
  });

  it('answers undefined where a file is missing', async () => {
    expect(await readSchemaFile('kubernetes/1.37/apps/v1/nothing.json')).toBeUndefined();
  });
});

describe('kindsNamed', () => {
  it('gives every API version of a kind', () => {
    expect(apiVersionsOf('HorizontalPodAutoscaler')).toEqual([
      'autoscaling/v1 HorizontalPodAutoscaler',
      'autoscaling/v2 HorizontalPodAutoscaler',
    ]);
  });

  it('finds the kind in any case', () => {
    expect(apiVersionsOf('configmap')).toEqual(['v1 ConfigMap']);
  });

  it('finds what was probably meant', () => {
    expect(apiVersionsOf('ReplicaSte')).toEqual(['apps/v1 ReplicaSet']);
  });

  it('gives those of Kubernetes before those of a CRD', () => {
    expect(apiVersionsOf('NetworkPolicy')).toEqual([
      'networking.k8s.io/v1 NetworkPolicy',
      'projectcalico.org/v3 NetworkPolicy',
    ]);
  });

  it('finds nothing for a kind that is like no other', () => {
    expect(apiVersionsOf('Database')).toEqual([]);
  });
});

describe('the supported versions', () => {
  it('are listed oldest first', () => {
    expect(kubernetesVersions).toEqual(['1.35', '1.36', '1.37']);
  });
});

describe('the removed APIs', () => {
  const apiVersions = new Set(knownKinds.map((known) => `${known.apiVersion} ${known.kind}`));

  it('are served by nothing any more', () => {
    const names = removed.apis.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(names).toContain('extensions/v1beta1 Ingress');
    expect(names.filter((name) => apiVersions.has(name))).toEqual([]);
  });

  it('are each listed once', () => {
    const names = removed.apis.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('name a kind that takes their place, but for the policy that became an admission plugin', () => {
    const unknown = removed.apis.filter(({ useInstead }) => !apiVersions.has(useInstead));
    expect(unknown.map(({ kind }) => kind)).toEqual(['PodSecurityPolicy', 'PodSecurityPolicy']);
  });

  it('name a project with a source', () => {
    const projects = removed.sources.map(({ project }) => project);
    const named = removed.apis.map(({ removedIn }) => removedIn.replace(/ [0-9.]+$/, ''));
    expect([...new Set(named)]).toEqual(projects);
  });
});
