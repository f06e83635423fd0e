import { asList, asRecord, asString } from '../../cluster/objects.ts';
import { selectedBy as podsOf } from '../../cluster/services.ts';
import { type AddressRange, type Family, parseAddress, parseCidr } from '../addresses.ts';
import { read } from '../kubernetes/network-policy.ts';
import { type Direction, PolicyError } from '../model.ts';
import { PortSet } from '../ports.ts';
import { type Inventory, namespaceLabel, prefixes, serviceAccountLabel } from './inventory.ts';
import { allOf, inNets, not, type SideMatch, selectedBy } from './match.ts';
import type { PortsAt } from './ports.ts';
import { type LabelTest, parseSelector } from './selector.ts';

/** What a rule's `source` or `destination` asks for, apart from its ports. */
export interface Entity {
  matches: SideMatch;
  /** whether it asks for anything at all */
  isEmpty: boolean;
  /** families of the address ranges it names */
  families: Set<Family>;
  /** ports of the Service it names */
  servicePorts?: PortsAt;
  condition?: string;
}

/** Where a rule stands. */
export interface Scope {
  /** of a NetworkPolicy; undefined for a GlobalNetworkPolicy */
  namespace: string | undefined;
  direction: Direction;
  action: string;
  inventory: Inventory;
}

const fields = [
  'nets',
  'notNets',
  'selector',
  'notSelector',
  'namespaceSelector',
  'serviceAccounts',
  'services',
  'ports',
  'notPorts',
  'domains',
];

const inNamespace: LabelTest = (label) => label(namespaceLabel) !== undefined;

/** Everything that an EntityRule asks for must hold (API reference, EntityRule). */
export function readEntity(
  entity: Record<string, unknown>,
  path: string[],
  side: 'source' | 'destination',
  scope: Scope,
): Entity {
  checkFields(entity, fields, path);
  const { inventory } = scope;
  const matches: SideMatch[] = [];
  const families = new Set<Family>();

  const { selected, excluded } = readSelectors(entity, path, scope.namespace);
  // Beside a selector, an exclusion takes from what is selected (felix/calc/rule_scanner.go,
  // combineMatchesIfPossible); alone, it also lets pass what Calico does not know: addresses outside.
  if (selected) {
    const both: LabelTest = excluded ? (label) => selected(label) && !excluded(label) : selected;
    matches.push(selectedBy(both, inventory));
  } else if (excluded) matches.push(not(selectedBy(excluded, inventory)));

  const nets = readRuleNets(entity.nets, [...path, 'nets'], families);
  const notNets = readRuleNets(entity.notNets, [...path, 'notNets'], families);
  if (nets.length) matches.push(inNets(nets, inventory));
  if (notNets.length) matches.push(not(inNets(notNets, inventory)));

  const service = readService(entity, path, side, scope);
  if (service) matches.push(service.matches);
  const domains = readDomains(entity, path, side, scope);
  if (domains) matches.push(domains.matches);
  return {
    matches: allOf(matches),
    isEmpty: matches.length === 0,
    families,
    servicePorts: service?.portsAt,
    condition: domains?.condition,
  };
}

/** A field that is not known would make a rule mean more than it says. */
export function checkFields(value: Record<string, unknown>, known: string[], path: string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new PolicyError(
      [...path, unknown],
      `unknown field ${unknown}; use one of ${known.join(', ')}`,
    );
}

/** A selector at `key`; undefined when it is missing or empty. */
export function readSelector(
  owner: Record<string, unknown>,
  key: string,
  path: string[],
  options: Parameters<typeof parseSelector>[1] = {},
): LabelTest | undefined {
  const value = owner[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new PolicyError([...path, key], `${key} is not a text`);
  return read([...path, key], () => parseSelector(value, options));
}

/**
 * As soon as a rule of a NetworkPolicy selects anything, by any field, it means its own namespace, unless
 * it says which namespaces it means (updateprocessors/rules.go, GetEntityRuleSelector).
 */
function readSelectors(
  entity: Record<string, unknown>,
  path: string[],
  namespace: string | undefined,
): { selected?: LabelTest; excluded?: LabelTest } {
  const excluded = readSelector(entity, 'notSelector', path);
  const own = [
    readSelector(entity, 'selector', path),
    ...readServiceAccounts(entity.serviceAccounts, [...path, 'serviceAccounts']),
  ].filter((test) => test !== undefined);
  // all() means all namespaces, so nothing outside of every namespace; global() means just that.
  const namespaces = readSelector(entity, 'namespaceSelector', path, {
    prefix: prefixes.namespace,
    all: inNamespace,
    global: (label) => !inNamespace(label),
  });
  if (namespaces) own.push(namespaces);
  else if (namespace !== undefined && (own.length || excluded))
    own.push((label) => label(namespaceLabel) === namespace);
  if (own.length === 0) return { excluded };
  return { selected: (label) => own.every((test) => test(label)), excluded };
}

/** Names and selector are ANDed (API reference, ServiceAccountMatch). */
function readServiceAccounts(value: unknown, path: string[]): LabelTest[] {
  const accounts = asRecord(value);
  if (!accounts) return [];
  checkFields(accounts, ['names', 'selector'], path);
  const tests: LabelTest[] = [];
  const selector = readSelector(accounts, 'selector', path, { prefix: prefixes.serviceAccount });
  if (selector) tests.push(selector);
  const names = asList(accounts.names).map(String);
  if (names.length) tests.push((label) => names.includes(label(serviceAccountLabel) ?? ''));
  return tests;
}

/** Ranges without bits behind the prefix (validator/v3, `net`); a NetworkSet takes more than that. */
function readRuleNets(value: unknown, path: string[], families: Set<Family>): AddressRange[] {
  return asList(value).map((net, i) => {
    const at = [...path, String(i)];
    const text = String(net);
    const range = read(at, () => parseCidr(text));
    const [address = '', bits] = text.split('/');
    if (parseAddress(address).first !== range.first)
      throw new PolicyError(at, `${text} has bits behind its prefix of ${bits}`);
    if (path.at(-1) === 'notNets' && bits === '0')
      throw new PolicyError(at, `not ${text} matches nothing at all`);
    families.add(range.family);
    return range;
  });
}

/**
 * The Pods of a Service by name; as a destination, with the ports they serve it on and no others
 * (API reference, ServiceMatch; service policy guide).
 */
function readService(
  entity: Record<string, unknown>,
  path: string[],
  side: 'source' | 'destination',
  { namespace, direction, inventory }: Scope,
): { matches: SideMatch; portsAt?: PortsAt } | undefined {
  const wanted = asRecord(entity.services);
  if (!wanted) return undefined;
  const at = [...path, 'services'];
  checkFields(wanted, ['name', 'namespace'], at);
  const name = asString(wanted.name);
  const from = asString(wanted.namespace) ?? namespace;
  if (name === undefined) throw new PolicyError(at, 'services needs the name of a Service');
  if (from === undefined)
    throw new PolicyError(at, 'services needs a namespace in a GlobalNetworkPolicy');
  if (side !== (direction === 'ingress' ? 'source' : 'destination'))
    throw new PolicyError(at, `services cannot stand in the ${side} of a rule for ${direction}`);
  const others = ['nets', 'notNets', 'selector', 'notSelector', 'namespaceSelector'];
  if (side === 'destination') others.push('ports', 'notPorts');
  const other = [...others, 'serviceAccounts'].find((key) => !isEmptyValue(entity[key]));
  if (other !== undefined)
    throw new PolicyError(at, `services and ${other} do not go together in one rule`);

  const service = inventory.service(from, name);
  // The API server has a Service without a selector, which manifests never hold.
  const unknownBackends =
    (service !== undefined && service.selector === undefined) ||
    (service === undefined && from === 'default' && name === 'kubernetes');
  const pods = new Set(service ? podsOf(service, inventory.endpoints) : []);
  const matches: SideMatch = (peer) => {
    // Where such a Service leads, its EndpointSlices say; they are not read.
    if (unknownBackends)
      return peer.type === 'range' || peer.endpoint.hostNetwork ? 'unspecified' : 'no';
    if (peer.type === 'range' || !pods.has(peer.endpoint)) return 'no';
    return peer.endpoint.hostNetwork ? 'unspecified' : 'yes';
  };
  if (side === 'source') return { matches };
  const ports = service?.ports;
  return {
    matches,
    portsAt(destination) {
      if (!ports) return PortSet.all;
      return ports.reduce((sum, { protocol, targetPort }) => {
        if (typeof targetPort === 'number') return sum.or(PortSet.one(protocol, targetPort));
        return (destination?.ports ?? [])
          .filter((port) => port.name === targetPort && port.protocol === protocol)
          .reduce((all, { number }) => all.or(PortSet.one(protocol, number)), sum);
      }, PortSet.none);
    },
  };
}

/**
 * Names that DNS resolves are known to Calico Enterprise and Calico Cloud alone, for what leaves a Pod and
 * is allowed (their API reference, EntityRule). Nobody knows beforehand which addresses they mean.
 */
function readDomains(
  entity: Record<string, unknown>,
  path: string[],
  side: 'source' | 'destination',
  { direction, action }: Scope,
): { matches: SideMatch; condition: string } | undefined {
  const domains = asList(entity.domains).map(String);
  if (domains.length === 0) return undefined;
  const at = [...path, 'domains'];
  if (side !== 'destination' || direction !== 'egress' || action !== 'Allow') {
    throw new PolicyError(
      at,
      'domains can only stand in the destination of an egress rule that allows',
    );
  }
  const others = ['nets', 'notNets', 'selector', 'notSelector', 'namespaceSelector', 'services'];
  const other = [...others, 'serviceAccounts'].find((key) => !isEmptyValue(entity[key]));
  if (other !== undefined)
    throw new PolicyError(at, `domains and ${other} do not go together in one rule`);
  return {
    matches: (peer) => (peer.type === 'range' ? 'yes' : 'no'),
    condition: `name is ${domains.join(' or ')}`,
  };
}

function isEmptyValue(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}
