import { PolicyError } from '../model.ts';

const ingress = ['Endpoints', 'Requires', 'CIDR', 'CIDRSet', 'Entities', 'Groups', 'Nodes'].map(
  (field) => `from${field}`,
);
const egress = [...ingress.map((field) => field.replace('from', 'to')), 'toServices'];

/** What each place takes: the schema of Cilium 1.20, and what it took before under `rules`. */
const fields = {
  spec: [
    'description',
    'egress',
    'egressDeny',
    'enableDefaultDeny',
    'endpointSelector',
    'ingress',
    'ingressDeny',
    'labels',
    'log',
    'nodeSelector',
  ],
  ingress: [...ingress, 'toPorts', 'icmps', 'authentication'],
  ingressDeny: [...ingress, 'toPorts', 'icmps'],
  egress: [...egress, 'toPorts', 'icmps', 'authentication', 'toFQDNs'],
  egressDeny: [...egress, 'toPorts', 'icmps'],
  port: ['ports', 'terminatingTLS', 'originatingTLS', 'serverNames', 'listener', 'rules'],
  portDeny: ['ports'],
  rules: ['http', 'dns', 'kafka', 'l7', 'l7proto'],
} as const;

/**
 * Refuses what a place does not take. A field that is overlooked makes a rule wider, not narrower: an
 * `egressDeny` with `toFQDNs` would deny everybody.
 */
export function knownFields(
  record: Record<string, unknown>,
  path: string[],
  place: keyof typeof fields,
): void {
  const known: readonly string[] = fields[place];
  const unknown = Object.keys(record).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new PolicyError([...path, unknown], `${place} has no field ${unknown}`);
}
