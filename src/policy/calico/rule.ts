import { asList, asRecord } from '../../cluster/objects.ts';
import { everything, type Family } from '../addresses.ts';
import { PolicyError, type Rule } from '../model.ts';
import { PortSet } from '../ports.ts';
import { checkFields, readEntity, type Scope } from './entity.ts';
import { allOf, hasFamily, ofFamily, type SideMatch } from './match.ts';
import { portNamesOf, readDestinationPorts, readProtocols, readSourcePorts } from './ports.ts';

const actions = { Allow: 'allow', Deny: 'deny', Pass: 'pass', Log: undefined } as const;

const fields = [
  'action',
  'ipVersion',
  'protocol',
  'notProtocol',
  'icmp',
  'notICMP',
  'source',
  'destination',
  'http',
  'metadata',
];

/**
 * One rule. All it asks for must hold, of the source and of the destination, whichever of the two is the
 * Pod that the policy selects (API reference, Rule).
 *
 * @returns undefined for a rule that only logs: the next one is asked
 */
export function readRule(
  value: unknown,
  path: string[],
  at: Pick<Scope, 'namespace' | 'direction' | 'inventory'>,
): Rule | undefined {
  const rule = asRecord(value) ?? {};
  checkFields(rule, fields, path);
  const name = String(rule.action);
  if (!Object.hasOwn(actions, name)) {
    throw new PolicyError(
      [...path, 'action'],
      `unknown action ${name}; use ${Object.keys(actions).join(', ')}`,
    );
  }
  const action = actions[name as keyof typeof actions];
  const scope: Scope = { ...at, action: name };
  const source = asRecord(rule.source) ?? {};
  const destination = asRecord(rule.destination) ?? {};
  const from = readEntity(source, [...path, 'source'], 'source', scope);
  const to = readEntity(destination, [...path, 'destination'], 'destination', scope);
  const family = readFamily(rule, path, new Set([...from.families, ...to.families]));
  checkIcmp(rule, path);

  const http = readHttp(rule, path, scope);
  const ofProtocols = readProtocols(rule, path).and(http ? PortSet.allOf('TCP') : PortSet.all);
  const portsAt = readDestinationPorts(destination, [...path, 'destination'], rule, ofProtocols);
  const conditions = [
    ...readSourcePorts(source, [...path, 'source'], rule),
    ...(to.condition ? [to.condition] : []),
    ...(http ? [http] : []),
  ];
  if (action === undefined) return undefined;

  const ingress = scope.direction === 'ingress';
  const [own, other] = ingress ? [to, from] : [from, to];
  const matches = allOf([other.matches, ...(family ? [ofFamily(family)] : [])]);
  const applies = allOf([own.matches, ...(family ? [hasFamily(family)] : [])]);
  // A denial that depends on what nobody knows beforehand, or that ICMP alone could settle.
  const unsure = (conditions.length > 0 && action !== 'allow') || isNotIcmpOfAll(rule);
  const matchesPeer: SideMatch = (peer) => {
    const match = matches(peer);
    if (match !== 'yes' || unsure) return match === 'no' ? 'no' : 'unspecified';
    // Its own node always reaches a Pod, other nodes do not (felix/rules/static.go, filterOutputChain).
    const node = peer.type === 'endpoint' ? peer.endpoint.hostNetwork : peer.node;
    return ingress && node && action !== 'allow' ? 'unspecified' : 'yes';
  };
  return {
    path,
    action,
    matchesPeer,
    ...((!own.isEmpty || family) && {
      appliesTo: (endpoint) => applies({ type: 'endpoint', endpoint }),
    }),
    portsAt: (endpoint) => {
      const ports = portsAt(endpoint);
      return to.servicePorts ? ports.and(to.servicePorts(endpoint)) : ports;
    },
    portNames: portNamesOf(destination, [...path, 'destination'], rule),
    ...(action === 'allow' && conditions.length > 0 && { condition: conditions.join(' and ') }),
  };
}

/**
 * The one family a rule is for: the one it names, or that of its ranges. Without either it is for both
 * (validator/v3, validateRule; felix/rules/policy.go, FilterRuleToIPVersion).
 */
function readFamily(
  { ipVersion }: Record<string, unknown>,
  path: string[],
  families: Set<Family>,
): Family | undefined {
  const at = [...path, 'ipVersion'];
  if (families.size > 1)
    throw new PolicyError(path, 'this rule has IPv4 and IPv6 ranges; write two rules');
  const [ofRanges] = families;
  if (ipVersion === undefined || ipVersion === null) return ofRanges;
  if (ipVersion !== 4 && ipVersion !== 6)
    throw new PolicyError(at, `ipVersion ${String(ipVersion)} is neither 4 nor 6`);
  if (ofRanges !== undefined && ofRanges !== ipVersion)
    throw new PolicyError(at, `ipVersion ${ipVersion} does not fit the IPv${ofRanges} ranges`);
  return ipVersion;
}

/** The address space of the family that a rule names, so that its addresses are told apart. */
export function familyRange(rule: unknown) {
  const ipVersion = asRecord(rule)?.ipVersion;
  return ipVersion === 4 || ipVersion === 6 ? [everything[ipVersion]] : [];
}

const icmpProtocols: readonly unknown[] = ['ICMP', 'ICMPv6', 1, 58, '1', '58'];

function checkIcmp(rule: Record<string, unknown>, path: string[]): void {
  if (asRecord(rule.icmp) && !icmpProtocols.includes(rule.protocol))
    throw new PolicyError([...path, 'icmp'], 'icmp needs protocol ICMP or ICMPv6');
}

/** `notICMP` without a protocol: whether it lets TCP pass, the API does not say. */
function isNotIcmpOfAll(rule: Record<string, unknown>): boolean {
  return asRecord(rule.notICMP) !== undefined && !icmpProtocols.includes(rule.protocol);
}

/**
 * HTTP in words: `GET or HEAD, /cart or /items*`. Methods and paths are ANDed (API reference, HTTPMatch);
 * only rules that allow incoming connections of TCP may ask for it (validator/v3).
 */
function readHttp(
  rule: Record<string, unknown>,
  path: string[],
  { action, direction }: Scope,
): string | undefined {
  const http = asRecord(rule.http);
  if (!http) return undefined;
  const at = [...path, 'http'];
  checkFields(http, ['methods', 'paths'], at);
  if (action !== 'Allow' || direction !== 'ingress')
    throw new PolicyError(at, 'http can only stand in an ingress rule that allows');
  if (![undefined, null, 'TCP', 6, '6'].includes(rule.protocol as string))
    throw new PolicyError(at, 'http needs protocol TCP');
  const methods = asList(http.methods).map(String);
  const paths = asList(http.paths).map((entry, i) => {
    const { exact, prefix } = asRecord(entry) ?? {};
    const text = exact || prefix;
    if ((exact && prefix) || typeof text !== 'string' || !/^\/[^?# ]*$/.test(text)) {
      throw new PolicyError(
        [...at, 'paths', String(i)],
        'a path has either exact or prefix, and begins with /',
      );
    }
    return exact ? text : `${text}*`;
  });
  if (methods.length === 0 && paths.length === 0) return 'any HTTP request';
  return [methods.join(' or '), paths.join(' or ')].filter((part) => part).join(' ');
}
