import { type AddressRange, overlap, parseAddress, parseCidr } from './addresses.ts';
import type { Filter } from './list.ts';

/**
 * What `--from`, `--to` and the rows of an example take: `shop/web`, `shop/web[Deployment]`, `shop/*`, an
 * address, a CIDR, a range as `10.0.0.0-10.0.0.255`, or `outside` for every outside address.
 *
 * @throws Error when it is none of these
 */
export function sideFilter(text: string): Filter {
  const name = /^([\w.*-]+)\/([\w.*-]+)(?:\[(\w+)\])?$/.exec(text);
  // 10.0.0.0/8 has the form of a name too.
  if (name && !/^[\d.]+\/\d+$/.test(text)) {
    const [, namespace = '', endpoint = '', kind] = name;
    const matches = (pattern: string, value: string) =>
      new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(value);
    return (side) =>
      side.endpoint !== undefined &&
      matches(namespace, side.endpoint.namespace.name) &&
      matches(endpoint, side.endpoint.name) &&
      (kind === undefined || kind === side.endpoint.kind);
  }
  if (text === 'outside') return (side) => side.range !== undefined;
  const range = sideRange(text);
  if (!range) throw new Error(`${text} is neither ns/name nor an address`);
  return (side) => side.range !== undefined && overlap(side.range, range);
}

/** The addresses a side speaks of, when it is an address, a CIDR or a range. @throws Error with a reason */
export function sideRange(text: string): AddressRange | undefined {
  if (!/^[\d.]+([/-][\d.]+)?$|:/.test(text)) return undefined;
  if (text.includes('/')) return parseCidr(text);
  const [from = '', to = from, more] = text.split('-');
  const first = parseAddress(from);
  const last = parseAddress(to);
  if (more !== undefined || first.family !== last.family || last.last < first.first)
    throw new Error(`${text} is not a range like 10.0.0.0-10.0.0.255`);
  return { ...first, last: last.last };
}

function literal(text: string): string {
  return text.replace(/[.[\]()+?^$\\{}|]/g, '\\$&');
}
