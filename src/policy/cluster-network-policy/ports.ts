import { type Protocol, protocols } from '../../cluster/model.ts';
import { asRecord } from '../../cluster/objects.ts';
import { PolicyError, type Rule } from '../model.ts';
import { PortSet } from '../ports.ts';
import { fieldsOf, onlyField } from './fields.ts';

/** Ports that are the same everywhere, or those that a name stands for on the destination. */
export type PortsAt = PortSet | Rule['portsAt'];

/** ClusterNetworkPolicyProtocol: a protocol with its destination port, or the name of a port. */
export function readProtocol(value: unknown, path: string[]): PortsAt {
  const choices = ['tcp', 'udp', 'sctp', 'destinationNamedPort'];
  const { name, value: match, isKnown } = onlyField(value, path, choices);
  if (name === 'destinationNamedPort') return namedPort(match, [...path, name]);
  if (!isKnown) {
    throw new PolicyError([...path, name], `unknown protocol ${name}; use ${choices.join(', ')}`);
  }
  // `tcp: {}` is refused (minProperties), although the API overview calls destinationPort optional.
  const at = [...path, name, 'destinationPort'];
  const port = onlyField(asRecord(match)?.destinationPort, at, ['number', 'range']);
  const protocol = name.toUpperCase() as Protocol;
  if (port.name === 'number') {
    const number = portNumber(port.value, [...at, 'number']);
    return PortSet.one(protocol, number);
  }
  const { start, end } = readRange(port.value, [...at, port.name]);
  // x-kubernetes-validations of PortRange: self.start < self.end
  if (start >= end) {
    throw new PolicyError([...at, port.name], `start ${start} must be less than end ${end}`);
  }
  return PortSet.range(protocol, start, end);
}

/** AdminNetworkPolicyPort (v1alpha1): portNumber, portRange or namedPort. */
export function readPort(value: unknown, path: string[]): PortsAt {
  const choices = ['portNumber', 'portRange', 'namedPort'];
  const { name, value: match, isKnown } = onlyField(value, path, choices);
  const at = [...path, name];
  if (name === 'namedPort') return namedPort(match, at);
  if (!isKnown) throw new PolicyError(at, `unknown field ${name}; use ${choices.join(', ')}`);
  const protocol = (asRecord(match)?.protocol ?? 'TCP') as Protocol;
  if (!protocols.includes(protocol)) {
    throw new PolicyError(
      [...at, 'protocol'],
      `unknown protocol ${String(protocol)}; use ${protocols.join(', ')}`,
    );
  }
  if (name === 'portNumber') {
    return PortSet.one(protocol, portNumber(asRecord(match)?.port, [...at, 'port']));
  }
  const { start, end } = readRange(match, at);
  // The CRD does not enforce what the type says of start and end; a range of one port does no harm.
  if (start > end) throw new PolicyError(at, `start ${start} must be less than end ${end}`);
  return PortSet.range(protocol, start, end);
}

/** The ports of all containers that have that name, whatever their protocol: none is said with it. */
function namedPort(value: unknown, path: string[]): Rule['portsAt'] {
  if (typeof value !== 'string') throw new PolicyError(path, 'the name of a port is needed here');
  return (destination) =>
    (destination?.ports ?? [])
      .filter(({ name }) => name === value)
      .reduce((sum, { protocol, number }) => sum.or(PortSet.one(protocol, number)), PortSet.none);
}

function readRange(value: unknown, path: string[]): { start: number; end: number } {
  const { start, end } = Object.fromEntries(fieldsOf(value));
  return {
    start: portNumber(start, [...path, 'start']),
    end: portNumber(end, [...path, 'end']),
  };
}

function portNumber(value: unknown, path: string[]): number {
  if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > 65535) {
    throw new PolicyError(path, `${String(value)} is not a port from 1 to 65535`);
  }
  return Number(value);
}
