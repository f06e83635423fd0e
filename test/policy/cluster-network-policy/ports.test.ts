import { describe, expect, it } from 'vitest';
import { allowed, anp, cnp, everybody, lab } from './shop.ts';

const deny = (protocols: string) =>
  cnp(
    `ingress: [{ action: Accept, from: [${lab}], protocols: [${protocols}] }, { action: Deny, from: [${lab}] }]`,
  );
const older = (ports: string) =>
  anp(
    `ingress: [{ action: Allow, from: [${lab}], ports: [${ports}] }, { action: Deny, from: [${lab}] }]`,
  );

// v0.2.0, apis/v1alpha2/clusternetworkpolicy_types.go: ClusterNetworkPolicyProtocol, Port, PortRange
describe('protocols', () => {
  it.each([
    ['{ tcp: { destinationPort: { number: 80 } } }', 'TCP 80'],
    ['{ udp: { destinationPort: { number: 53 } } }', 'UDP 53'],
    ['{ sctp: { destinationPort: { range: { start: 9000, end: 9010 } } } }', 'SCTP 9000-9010'],
    ['{ tcp: { destinationPort: { range: { start: 1, end: 65535 } } } }', 'TCP all'],
    [
      '{ tcp: { destinationPort: { number: 80 } } }, { udp: { destinationPort: { number: 80 } } }',
      'TCP 80; UDP 80',
    ],
    // "ContainerPort name", of whatever protocol
    ['{ destinationNamedPort: http }', 'TCP 80'],
    ['{ destinationNamedPort: dns }', 'UDP 53'],
    [
      '{ destinationNamedPort: dns }, { tcp: { destinationPort: { number: 53 } } }',
      'TCP 53; UDP 53',
    ],
    ['{ destinationNamedPort: nobody }', 'none'],
  ])('%s is %s', (protocols, ports) => {
    expect(allowed([deny(protocols)], 'lab/job', 'shop/api')).toBe(ports);
  });

  it('missing means everything', () => {
    expect(
      allowed(
        [cnp(`ingress: [{ action: Deny, from: [${lab}], protocols: null }]`)],
        'lab/job',
        'shop/api',
      ),
    ).toBe('none');
  });

  it('name ports of the Pod where the connection ends, for egress too', () => {
    const policy = cnp(
      `egress: [{ action: Deny, to: [${everybody}], protocols: [{ destinationNamedPort: http }] }]`,
    );
    expect(allowed([policy], 'shop/web', 'shop/api')).toBe('TCP 1-79,81-65535; UDP all; SCTP all');
    expect(allowed([policy], 'shop/api', 'shop/web')).toBe(
      'TCP 1-8079,8081-65535; UDP all; SCTP all',
    );
  });
});

// v0.1.7, apis/v1alpha1/shared_types.go: AdminNetworkPolicyPort
describe('ports of the older policies', () => {
  it.each([
    ['{ portNumber: { port: 80 } }', 'TCP 80'],
    ['{ portNumber: { protocol: UDP, port: 53 } }', 'UDP 53'],
    ['{ portRange: { start: 8000, end: 8080 } }', 'TCP 8000-8080'],
    ['{ portRange: { protocol: SCTP, start: 80, end: 80 } }', 'SCTP 80'],
    ['{ namedPort: http }', 'TCP 80'],
  ])('%s is %s', (ports, expected) => {
    expect(allowed([older(ports)], 'lab/job', 'shop/api')).toBe(expected);
  });
});
