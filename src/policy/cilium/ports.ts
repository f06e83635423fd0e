import type { Endpoint, Protocol } from '../../cluster/model.ts';
import { protocols } from '../../cluster/model.ts';
import { asList, asRecord } from '../../cluster/objects.ts';
import { PolicyError, type Rule } from '../model.ts';
import { PortSet } from '../ports.ts';
import { allOf, dnsCondition, httpCondition, oneOf } from './conditions.ts';
import { knownFields } from './fields.ts';
import type { Scope } from './peers.ts';

/** Some of the ports a rule speaks of, and what must hold besides on them. */
export interface PortPart {
  portsAt: Rule['portsAt'];
  condition?: string;
}

/** Protocols that have no ports; the agents take them with enable-extended-ip-protocols alone. */
const withoutPorts = ['VRRP', 'IGMP', 'GRE', 'IPIP', 'IPV6', 'ESP', 'AH'];

/** What an IANA service name looks like (pkg/iana); everything else must be a number. */
const portName = /^(?=.{1,15}$)([a-z\d]-?)*[a-z](-?[a-z\d])*$/i;

/**
 * The ports of a rule; undefined when toPorts and icmps are both missing or empty, which means all. An
 * entry of toPorts without ports names none (pkg/policy/rule.go, mergeL4Filter). ICMP has no ports: a rule
 * with icmps opens none, and isolates like any other.
 */
export function readPorts(
  rule: Record<string, unknown>,
  path: string[],
  scope: Scope & { host: boolean },
): PortPart[] | undefined {
  const toPorts = asList(rule.toPorts);
  const icmps = asList(rule.icmps);
  if (toPorts.length && icmps.length)
    throw new PolicyError([...path, 'icmps'], 'icmps and toPorts need a rule each');
  if (toPorts.length + icmps.length === 0) return undefined;
  return toPorts.map((value, i) =>
    readPortRule(asRecord(value) ?? {}, [...path, 'toPorts', String(i)], scope),
  );
}

function readPortRule(
  rule: Record<string, unknown>,
  path: string[],
  scope: Scope & { host: boolean },
): PortPart {
  knownFields(rule, path, scope.action === 'deny' ? 'portDeny' : 'port');
  const rules = readRules(rule.rules, [...path, 'rules'], scope);
  const sets = asList(rule.ports).map((entry, i) => {
    const at = [...path, 'ports', String(i)];
    const port = asRecord(entry) ?? {};
    const number = Number(port.port);
    if (
      rules &&
      (rules.kind === 'dns' ? Number(port.endPort ?? 0) > number : port.protocol !== 'TCP')
    ) {
      throw new PolicyError(
        [...at, rules.kind === 'dns' ? 'endPort' : 'protocol'],
        rules.kind === 'dns'
          ? 'rules for DNS take no ranges of ports'
          : `rules for ${rules.kind} are for TCP alone, not ${String(port.protocol ?? 'ANY')}`,
      );
    }
    if (rules && number === 0)
      throw new PolicyError([...at, 'port'], `rules for ${rules.kind} need a port, not 0`);
    return readPort(port, at);
  });
  if (rules?.kind === 'dns' && sets.length === 0)
    throw new PolicyError(path, 'rules for DNS need a port');
  const names = asList(rule.serverNames).map(String);
  if (names.length && rules && !rule.terminatingTLS) {
    throw new PolicyError(
      [...path, 'serverNames'],
      'serverNames with rules needs terminatingTLS: the names are inside of what TLS hides',
    );
  }
  const listener = asRecord(rule.listener);
  if (listener && (rules || scope.direction === 'ingress')) {
    throw new PolicyError(
      [...path, 'listener'],
      rules ? 'listener does not go together with rules' : 'listener is for egress alone',
    );
  }
  return {
    portsAt: (destination) => sets.reduce((sum, set) => sum.or(set(destination)), PortSet.none),
    condition: allOf(
      names.length ? `TLS server name is ${oneOf(names)}` : undefined,
      rules?.condition,
      // What it does with a connection stands in a CiliumEnvoyConfig.
      listener ? `the Envoy listener ${String(listener.name)} takes it` : undefined,
    ),
  };
}

/**
 * Rules above layer 4; an empty list of them is no rule at all (pkg/policy/api/l4.go, IsEmpty). Kafka and
 * l7proto went with Cilium 1.20, whose schema refuses them; earlier clusters still have them.
 */
function readRules(
  value: unknown,
  path: string[],
  { direction, host }: Scope & { host: boolean },
): { kind: string; condition: string } | undefined {
  const rules = asRecord(value);
  if (!rules) return undefined;
  knownFields(rules, path, 'rules');
  const kinds = ['http', 'dns', 'kafka', 'l7proto'].filter(
    (kind) => rules[kind] !== undefined && rules[kind] !== null,
  );
  const [kind, second] = kinds;
  if (kind === undefined) throw new PolicyError(path, 'write http or dns, or leave rules out');
  if (second !== undefined)
    throw new PolicyError([...path, second], `${kind} and ${second} do not go together`);
  const list = asList(rules[kind === 'l7proto' ? 'l7' : kind]);
  if (list.length === 0 && kind !== 'l7proto') return undefined;
  if (kind === 'dns' && direction === 'ingress')
    throw new PolicyError([...path, 'dns'], 'rules for DNS are for egress alone');
  if (host && (kind !== 'dns' || direction === 'ingress'))
    throw new PolicyError([...path, kind], 'policies for nodes take no rules but DNS on egress');
  if (kind === 'dns') return { kind, condition: dnsCondition(list) };
  if (kind === 'http') return { kind, condition: httpCondition(list) };
  return { kind, condition: `${kind === 'kafka' ? 'Kafka' : String(rules.l7proto)} rules hold` };
}

/** A port is a string, its protocol ANY when missing, and 0 stands for all (pkg/policy/api/l4.go). */
function readPort(entry: Record<string, unknown>, path: string[]): Rule['portsAt'] {
  const { port, endPort } = entry;
  const named = entry.protocol ?? 'ANY';
  const spoken = protocols.filter((protocol) => named === 'ANY' || named === protocol);
  if (spoken.length === 0) {
    throw new PolicyError(
      [...path, 'protocol'],
      withoutPorts.includes(String(named))
        ? `${String(named)} is refused unless the agents run with enable-extended-ip-protocols, which is off by default`
        : `unknown protocol ${String(named)}; use ANY, ${protocols.join(', ')}`,
    );
  }
  if (typeof port !== 'string' || port === '') {
    throw new PolicyError(
      [...path, 'port'],
      typeof port === 'number' ? `a port is a string here: write "${port}"` : 'port is missing',
    );
  }
  if (portName.test(port)) {
    // Names are looked up where the connection ends, for egress too; endPort is ignored then
    // ("Layer 4 Policies"; pkg/policy/l4.go, toMapState). Case plays no part.
    const name = port.toLowerCase();
    return (destination) => namedPorts(destination, name, spoken);
  }
  if (!/^(0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65535)
    throw new PolicyError([...path, 'port'], `${port} is not a port from 0 to 65535, nor a name`);
  const end = endPort ?? 0;
  if (!Number.isInteger(end) || Number(end) < 0 || Number(end) > 65535)
    throw new PolicyError([...path, 'endPort'], `${String(end)} is not a port from 0 to 65535`);
  const first = Number(port);
  // An endPort that is not above port adds nothing (pkg/policy/l4.go, keysForRange).
  const set = spoken.reduce(
    (sum, protocol) =>
      sum.or(
        first === 0
          ? PortSet.allOf(protocol)
          : PortSet.range(protocol, first, Math.max(first, Number(end))),
      ),
    PortSet.none,
  );
  return () => set;
}

function namedPorts(
  destination: Endpoint | undefined,
  name: string,
  spoken: readonly Protocol[],
): PortSet {
  return (destination?.ports ?? [])
    .filter((port) => port.name === name && spoken.includes(port.protocol))
    .reduce((sum, { protocol, number }) => sum.or(PortSet.one(protocol, number)), PortSet.none);
}
