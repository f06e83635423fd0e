import type { Endpoint, Protocol } from '../../cluster/model.ts';
import { protocols } from '../../cluster/model.ts';
import { asList } from '../../cluster/objects.ts';
import { PolicyError, type Rule } from '../model.ts';
import { PortSet } from '../ports.ts';

/** Ports as they are where a connection ends; undefined when that is outside. */
export type PortsAt = (destination: Endpoint | undefined) => PortSet;

/** Those without ports are accepted, and are no part of a PortSet. */
const names = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'UDPLite'];
const numbers: Readonly<Record<number, Protocol>> = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' };

/** @returns the protocol, or undefined for one without ports */
function readProtocol(value: unknown, path: string[]): Protocol | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number') {
    if (!Number.isInteger(number) || number < 1 || number > 255)
      throw new PolicyError(path, `${number} is not a protocol number from 1 to 255`);
    return numbers[number];
  }
  if (!names.includes(String(value))) {
    throw new PolicyError(
      path,
      `unknown protocol ${String(value)}; use ${names.join(', ')} or a number`,
    );
  }
  return protocols.find((protocol) => protocol === value);
}

const isSet = (value: unknown) => value !== undefined && value !== null;

/** All ports of the protocols that `protocol` and `notProtocol` of a rule leave. */
export function readProtocols(rule: Record<string, unknown>, path: string[]): PortSet {
  let ports = PortSet.all;
  if (isSet(rule.protocol)) {
    const protocol = readProtocol(rule.protocol, [...path, 'protocol']);
    ports = protocol ? PortSet.allOf(protocol) : PortSet.none;
  }
  if (isSet(rule.notProtocol)) {
    const protocol = readProtocol(rule.notProtocol, [...path, 'notProtocol']);
    if (protocol) ports = ports.minus(PortSet.allOf(protocol));
  }
  return ports;
}

/** A range of numbers, both included, or the name of a port. */
type Port = { first: number; last: number } | { name: string };

/**
 * Numbers, ranges `8000:8100` and names (api/pkg/lib/numorstring/port.go); undefined when there is no list
 * or an empty one. Numbers need a protocol that has ports (validator/v3, validateRule).
 */
function readPortList(value: unknown, path: string[], rule: Record<string, unknown>) {
  const list = asList(value);
  if (list.length === 0) return undefined;
  const read = list.map((entry, i) => readPort(entry, [...path, String(i)]));
  const withPorts = isSet(rule.protocol) && readProtocol(rule.protocol, path) !== undefined;
  const named = !isSet(rule.protocol) && read.every((port) => 'name' in port);
  if (!withPorts && !named)
    throw new PolicyError(path, 'ports need protocol TCP, UDP or SCTP in the same rule');
  return read;
}

function readPort(value: unknown, path: string[]): Port {
  const text = String(value);
  const [, first, last = first] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (first !== undefined) {
    const port = { first: Number(first), last: Number(last) };
    if (port.first < 1 || port.last > 65535 || port.first > port.last)
      throw new PolicyError(path, `${text} is not a port from 1 to 65535, nor a range like 80:90`);
    return port;
  }
  if (typeof value !== 'string' || !isPortName(text))
    throw new PolicyError(path, `${text} is neither a port, nor a range like 80:90, nor a name`);
  return { name: text };
}

/** As names of ports are everywhere in Kubernetes (validator/v3, validatePortName). */
function isPortName(text: string): boolean {
  return (
    text.length <= 15 &&
    /^[a-z0-9](-?[a-z0-9])*$/.test(text) &&
    // Or else 80-90 would be a name that no port has.
    /[a-z]/.test(text)
  );
}

/**
 * The ports of a rule's destination. A name is looked up where the connection ends, and has the protocol
 * that the Pod gives it; the rule's own protocol must be the same, if it has one.
 */
export function readDestinationPorts(
  destination: Record<string, unknown>,
  path: string[],
  rule: Record<string, unknown>,
  all: PortSet,
): PortsAt {
  const ports = readPortList(destination.ports, [...path, 'ports'], rule);
  const notPorts = readPortList(destination.notPorts, [...path, 'notPorts'], rule);
  const wanted = ports ? union(ports, all) : () => all;
  if (!notPorts) return wanted;
  const unwanted = union(notPorts, all);
  return (endpoint) => wanted(endpoint).minus(unwanted(endpoint));
}

function union(ports: readonly Port[], all: PortSet): PortsAt {
  let fixed = PortSet.none;
  const wanted: string[] = [];
  for (const port of ports) {
    if ('name' in port) wanted.push(port.name);
    else
      for (const protocol of protocols)
        fixed = fixed.or(PortSet.range(protocol, port.first, port.last));
  }
  fixed = fixed.and(all);
  if (wanted.length === 0) return () => fixed;
  return (endpoint) =>
    (endpoint?.ports ?? [])
      .filter(({ name }) => name !== undefined && wanted.includes(name))
      .reduce((sum, { protocol, number }) => sum.or(PortSet.one(protocol, number)), PortSet.none)
      .and(all)
      .or(fixed);
}

/** The names among the ports of a rule's destination, where the rule says their protocol. */
export function portNamesOf(
  destination: Record<string, unknown>,
  path: string[],
  rule: Record<string, unknown>,
): NonNullable<Rule['portNames']> {
  const protocol = isSet(rule.protocol) ? readProtocol(rule.protocol, path) : undefined;
  if (!protocol) return [];
  return ['ports', 'notPorts'].flatMap((key) =>
    asList(destination[key]).flatMap((value, i) => {
      const at = [...path, key, String(i)];
      const port = readPort(value, at);
      return 'name' in port ? [{ name: port.name, protocol, path: at }] : [];
    }),
  );
}

/** What a rule asks of the port a connection comes from, in words: nobody knows it beforehand. */
export function readSourcePorts(
  source: Record<string, unknown>,
  path: string[],
  rule: Record<string, unknown>,
): string[] {
  const words = (list: readonly Port[]) =>
    list
      .map((port) =>
        'name' in port
          ? port.name
          : port.first === port.last
            ? `${port.first}`
            : `${port.first}-${port.last}`,
      )
      .join(' or ');
  const ports = readPortList(source.ports, [...path, 'ports'], rule);
  const notPorts = readPortList(source.notPorts, [...path, 'notPorts'], rule);
  return [
    ...(ports ? [`the source port is ${words(ports)}`] : []),
    ...(notPorts ? [`the source port is not ${words(notPorts)}`] : []),
  ];
}
