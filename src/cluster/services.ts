import type { Endpoint, Namespace, Protocol, Service } from './model.ts';
import { asLabels, asList, asRecord, asString, type ManifestObject } from './objects.ts';

export function readService(object: ManifestObject, namespace: Namespace): Service {
  const spec = asRecord(object.value.spec) ?? {};
  const clusterIPs = [...asList(spec.clusterIPs), spec.clusterIP].map(asString);
  return {
    name: object.name,
    namespace,
    labels: object.labels,
    selector: asRecord(spec.selector) ? asLabels(spec.selector) : undefined,
    type: asString(spec.type) ?? 'ClusterIP',
    clusterIPs: [
      ...new Set(clusterIPs.filter((ip) => ip !== undefined && ip !== 'None') as string[]),
    ],
    externalIPs: asList(spec.externalIPs).map(String),
    ports: asList(spec.ports).flatMap((value) => {
      const port = asRecord(value);
      const number = Number(port?.port);
      if (!Number.isInteger(number)) return [];
      const target = port?.targetPort;
      return [
        {
          name: asString(port?.name),
          protocol: (asString(port?.protocol) ?? 'TCP') as Protocol,
          port: number,
          targetPort:
            typeof target === 'number' || (typeof target === 'string' && target !== '')
              ? target
              : number,
        },
      ];
    }),
    object,
  };
}

/** The endpoints a Service sends connections to: those of its namespace that its selector selects. */
export function selectedBy(service: Service, endpoints: readonly Endpoint[]): Endpoint[] {
  const wanted = Object.entries(service.selector ?? {});
  if (wanted.length === 0) return [];
  return endpoints.filter(
    ({ namespace, labels }) =>
      namespace.name === service.namespace.name &&
      wanted.every(([key, value]) => labels[key] === value),
  );
}
