/** The size of a generated cluster. */
export interface Size {
  pods: number;
  policies: number;
}

/**
 * A cluster as people run them: many Pods of few programs. Each namespace has ten programs in three tiers,
 * each program its Pods with their own addresses; policies deny by default, then open paths by labels,
 * by namespace, by named port and by address range.
 */
export function generate({ pods, policies }: Size): object[] {
  const namespaces = Math.max(2, Math.round(pods / 100));
  const programs = 10;
  const objects: object[] = [];
  for (let n = 0; n < namespaces; n++) {
    objects.push({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `ns-${n}`, labels: { team: `team-${n % 20}` } },
    });
  }
  for (let i = 0; i < pods; i++) {
    const program = Math.floor(i / namespaces) % programs;
    objects.push({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `pod-${i}`,
        namespace: `ns-${i % namespaces}`,
        labels: { app: `app-${program}`, tier: ['web', 'api', 'data'][program % 3] },
      },
      spec: { containers: [{ ports: [{ name: 'http', containerPort: 8000 + program }] }] },
      status: { podIP: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` },
    });
  }
  for (let i = 0; i < policies; i++) {
    const app = { matchLabels: { app: `app-${i % programs}` } };
    objects.push({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `policy-${i}`, namespace: `ns-${i % namespaces}` },
      spec: [
        { podSelector: {}, policyTypes: ['Ingress'] },
        {
          podSelector: app,
          ingress: [
            {
              from: [{ podSelector: { matchLabels: { tier: 'web' } } }],
              ports: [{ port: 'http' }],
            },
          ],
        },
        {
          podSelector: app,
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: { team: `team-${i % 20}` } } }],
              ports: [{ port: 8000 + (i % 50), endPort: 8100 }],
            },
          ],
        },
        {
          podSelector: app,
          policyTypes: ['Egress'],
          egress: [
            { to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] },
            {
              to: [
                { ipBlock: { cidr: `203.0.${i % 256}.0/24`, except: [`203.0.${i % 256}.0/28`] } },
              ],
            },
          ],
        },
      ][i % 4],
    });
  }
  return objects;
}
