import { describe, expect, it } from 'vitest';
import { anp, banp, cnp, everybody, lab, shop } from './shop.ts';

const rule = (text: string) => cnp(`egress: [{ action: Deny, ${text} }]`);
const to = `to: [${everybody}]`;
const protocols = (text: string) => rule(`${to}, protocols: [${text}]`);
const tcp = (port: string) => protocols(`{ tcp: { destinationPort: { ${port} } } }`);
const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join();
const older = (text: string) => anp(`egress: [{ action: Deny, to: [${lab}], ports: [${text}] }]`);

// The CRDs of v0.2.0 and v0.1.7: required, enum, minProperties, maxProperties, minItems, maxItems, minimum,
// maximum, maxLength, pattern, x-kubernetes-list-type, x-kubernetes-validations
describe('a policy is left out for', () => {
  it.each([
    ['a priority above 1000', cnp('', { priority: 1001 }), 'priority 1001 is not'],
    ['a priority below 0', cnp('', { priority: -1 }), 'priority -1 is not'],
    ['a fraction as priority', cnp('', { priority: 1.5 }), 'priority 1.5 is not'],
    ['no priority', cnp('').replace('priority: 10,', ''), 'priority is missing and is not'],
    ['an unknown tier', cnp('', { tier: 'admin' }), 'unknown tier admin'],
    [
      'no subject',
      cnp('subject: {}'),
      'exactly one of namespaces, pods is needed here, found none',
    ],
    [
      'two subjects',
      cnp('subject: { namespaces: {}, pods: { podSelector: {} } }'),
      'found namespaces and pods',
    ],
    ['an unknown subject', cnp('subject: { nodes: {} }'), 'unknown subject nodes'],
    [
      'a subject without podSelector',
      cnp('subject: { pods: { namespaceSelector: {} } }'),
      'podSelector is missing',
    ],
    [
      'a bad selector',
      cnp('subject: { namespaces: { matchExpressions: [{ key: a, operator: Is }] } }'),
      'unknown operator Is',
    ],
    [
      'a word of the older API',
      cnp(`egress: [{ action: Allow, ${to} }]`),
      'unknown action Allow; use Accept, Deny, Pass',
    ],
    ['no action', cnp(`egress: [{ ${to} }]`), 'unknown action undefined'],
    ['a long name', rule(`${to}, name: ${'a'.repeat(101)}`), 'at most 100 characters'],
    ['no list of peers', rule('name: a'), 'a list of 1 to 25 entries is needed here, found 0'],
    ['an empty list of peers', rule('to: []'), 'found 0 entries'],
    ['one peer without a list', rule('to: { namespaces: {} }'), 'found no list'],
    [
      'an empty peer',
      rule('to: [{}]'),
      'exactly one of namespaces, pods, nodes, networks, domainNames',
    ],
    [
      'two fields in a peer',
      rule('to: [{ namespaces: {}, nodes: {} }]'),
      'found namespaces and nodes',
    ],
    ['26 peers', rule(`to: [${times(26, () => everybody)}]`), 'found 26 entries'],
    [
      '26 rules',
      cnp(`ingress: [${times(26, () => `{ action: Deny, from: [${everybody}] }`)}]`),
      'found 26 entries',
    ],
    [
      '26 protocols',
      protocols(times(26, (i) => `{ tcp: { destinationPort: { number: ${i + 1} } } }`)),
      'found 26 entries',
    ],
    [
      '26 networks',
      rule(`to: [{ networks: [${times(26, (i) => `10.0.${i}.0/24`)}] }]`),
      'found 26 entries',
    ],
    ['no networks', rule('to: [{ networks: [] }]'), 'found 0 entries'],
    [
      'a network twice',
      rule('to: [{ networks: [10.0.0.0/8, 10.0.0.0/8] }]'),
      '10.0.0.0/8 stands here twice',
    ],
    ['a network that is none', rule('to: [{ networks: [10.0.0.0] }]'), '10.0.0.0 is not a range'],
    [
      'a name that is none',
      rule('to: [{ domainNames: ["*"] }]'),
      '* is not a name like *.example.com',
    ],
    ['an empty list of protocols', protocols(''), 'found 0 entries'],
    ['an empty protocol', protocols('{}'), 'exactly one of tcp, udp, sctp, destinationNamedPort'],
    ['two protocols in one entry', protocols('{ tcp: {}, udp: {} }'), 'found tcp and udp'],
    ['an unknown protocol', protocols('{ icmp: {} }'), 'unknown protocol icmp'],
    [
      'a protocol without a port',
      protocols('{ tcp: {} }'),
      'exactly one of number, range is needed here',
    ],
    [
      'a number and a range',
      tcp('number: 80, range: { start: 1, end: 2 }'),
      'found number and range',
    ],
    ['port 0', tcp('number: 0'), '0 is not a port'],
    ['port 65536', tcp('number: 65536'), '65536 is not a port'],
    ['a port in words', tcp('number: http'), 'http is not a port'],
    [
      'a range of one port',
      tcp('range: { start: 80, end: 80 }'),
      'start 80 must be less than end 80',
    ],
    ['half a range', tcp('range: { start: 80 }'), 'undefined is not a port'],
    [
      'a named port of a network',
      rule('to: [{ networks: [0.0.0.0/0] }], protocols: [{ destinationNamedPort: http }]'),
      'have no named ports',
    ],
    [
      'a named port of nodes',
      rule('to: [{ nodes: {} }], protocols: [{ destinationNamedPort: http }]'),
      'have no named ports',
    ],
    [
      'the newer word in the older API',
      anp(`egress: [{ action: Accept, ${to} }]`),
      'use Allow, Deny, Pass',
    ],
    [
      '101 rules in the older API',
      anp(`ingress: [${times(101, () => `{ action: Deny, from: [${everybody}] }`)}]`),
      'a list of 0 to 100',
    ],
    [
      'a subject without namespaceSelector in the older API',
      anp('subject: { pods: { podSelector: {} } }'),
      'namespaceSelector is missing',
    ],
    [
      'a range the wrong way round in the older API',
      older('{ portRange: { start: 2, end: 1 } }'),
      'start 2 must be less than end 1',
    ],
    [
      'an unknown protocol in the older API',
      older('{ portNumber: { protocol: ICMP, port: 1 } }'),
      'unknown protocol ICMP',
    ],
    [
      'two ports in one entry of the older API',
      older('{ portNumber: { port: 1 }, namedPort: a }'),
      'found portNumber and namedPort',
    ],
    ['Pass in the older baseline', banp(`egress: [{ action: Pass, ${to} }]`), 'use Allow, Deny'],
    ['another name of the older baseline', banp('', 'base'), 'must have the name default'],
  ])('%s', (_, policy, message) => {
    const { faults } = shop(policy);
    expect(faults).toMatchObject([{ rule: 'policy-left-out', severity: 'error' }]);
    expect(faults[0]?.message).toContain(message);
    expect(faults[0]?.message).toContain('is left out');
  });

  it('none of what the limits allow', () => {
    const { faults } = shop(
      cnp(
        `ingress: [${times(25, () => `{ action: Deny, from: [${times(25, () => everybody)}] }`)}]`,
      ),
      anp(
        `ingress: [${times(100, () => `{ action: Deny, from: [${times(100, () => everybody)}] }`)}]`,
      ),
      cnp('', { name: 'lowest', priority: 0 }),
      cnp('', { name: 'highest', priority: 1000 }),
      banp(''),
    );
    expect(faults).toEqual([]);
  });

  it('a part of it: nothing of the rest applies', () => {
    const good = `{ action: Deny, from: [${everybody}] }`;
    const { ask, faults } = shop(cnp(`ingress: [${good}, { action: Deny }]`));
    expect(faults).toMatchObject([{ name: 'rules' }]);
    expect(ask('lab/job', 'shop/api').allowed).toBe('all');
  });

  const at = (text: string) => cnp(`egress: [{ action: Deny, ${text} }]`);
  it.each([
    ['tier', cnp('', { tier: 'Own' }), 'tier: Own'],
    ['priority', cnp('', { priority: 1001 }), 'priority: 1001'],
    ['name of the older baseline', banp('', 'base'), 'name: base'],
    ['subject', cnp('subject: { nodes: {} }'), 'nodes: {} }'],
    [
      'selector of the subject',
      cnp(
        'subject: { pods: { namespaceSelector: { matchExpressions: [{ key: a, operator: Is }] }, podSelector: {} } }',
      ),
      'operator: Is',
    ],
    [
      'selector of its Pods',
      cnp('subject: { pods: { podSelector: { matchExpressions: [{ key: a, operator: Is }] } } }'),
      'operator: Is',
    ],
    ['action', cnp(`egress: [{ action: Drop, ${to} }]`), 'action: Drop'],
    ['name of a rule', at(`${to}, name: ${'a'.repeat(101)}`), 'name: aaa'],
    ['network', at('to: [{ networks: [10.0.0.0/8, 10.0.0.0/99] }]'), '10.0.0.0/99'],
    [
      'network that is there twice',
      at('to: [{ networks: [1.0.0.0/8, 10.0.0.0/8, 1.0.0.0/8] }]'),
      '1.0.0.0/8] }',
    ],
    ['name', at('to: [{ domainNames: [a.io, "*"] }]'), '"*"'],
    ['peer', at('to: [{ namespaces: {} }, { nodes: {}, pods: {} }]'), '{ nodes'],
    ['protocol', protocols('{ icmp: {} }'), 'icmp'],
    ['port', tcp('number: 0'), 'number: 0'],
    ['port without a number', tcp(''), 'destinationPort'],
    ['start of a range', tcp('range: { start: 0, end: 9 }'), 'start: 0'],
    ['end of a range', tcp('range: { start: 9, end: 0 }'), 'end: 0'],
    ['range', tcp('range: { start: 9, end: 8 }'), 'range: '],
    ['name of a port', protocols('{ destinationNamedPort: 80 }'), 'destinationNamedPort: 80'],
    ['port of the older API', older('{ portNumber: { port: 0 } }'), 'port: 0'],
    ['protocol of the older API', older('{ portNumber: { port: 1, protocol: X } }'), 'protocol: X'],
    ['field of the older API', older('{ port: {} }'), 'port: {}'],
    [
      'named port of a network',
      at('to: [{ networks: [1.0.0.0/8] }], protocols: [{ destinationNamedPort: http }]'),
      '{ destinationNamedPort',
    ],
  ])('a %s, and says where it stands', (_, policy, found) => {
    const { faults, text } = shop(policy);
    expect(faults).toMatchObject([{ rule: 'policy-left-out' }]);
    const line = text.split('\n')[(faults[0]?.line ?? 0) - 1];
    expect(line?.slice((faults[0]?.column ?? 0) - 1)).toMatch(new RegExp(`^${escaped(found)}`));
  });
});

function escaped(text: string): string {
  return text.replace(/[*{}[\]().]/g, '\\$&');
}
