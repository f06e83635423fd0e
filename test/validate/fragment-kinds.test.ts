import { describe, expect, it } from 'vitest';
import { readFragmentPath } from '../../src/validate/fragment.ts';

describe('the kind that a fragment is part of', () => {
  it('is the one of Kubernetes where a CRD has that name too', () => {
    const host = readFragmentPath('NetworkPolicy.spec.ingress');
    expect(host?.apiVersion).toBe('networking.k8s.io/v1');
    expect(host?.wrap([])).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'fragment' },
      spec: { ingress: [] },
    });
  });

  it.each([
    ['CiliumNetworkPolicy', 'cilium.io/v2'],
    ['GlobalNetworkPolicy', 'projectcalico.org/v3'],
    ['ClusterNetworkPolicy', 'policy.networking.k8s.io/v1alpha2'],
    ['HTTPRoute', 'gateway.networking.k8s.io/v1'],
    ['HorizontalPodAutoscaler', 'autoscaling/v1'],
  ])('%s is of %s', (kind, apiVersion) => {
    expect(readFragmentPath(kind)?.apiVersion).toBe(apiVersion);
  });

  it('is none for a name that nobody knows', () => {
    expect(readFragmentPath('Database.spec')).toBeUndefined();
  });
});
