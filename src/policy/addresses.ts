import ipaddr from 'ipaddr.js';
import { isAddress } from '../cluster/addresses.ts';

export type Family = 4 | 6;

/** Addresses `first` to `last`, both included, as numbers. */
export interface AddressRange {
  family: Family;
  first: bigint;
  last: bigint;
}

export const everything: Readonly<Record<Family, AddressRange>> = {
  4: { family: 4, first: 0n, last: (1n << 32n) - 1n },
  6: { family: 6, first: 0n, last: (1n << 128n) - 1n },
};

/** `10.0.0.0/8`, `2001:db8::/32`; bits behind the prefix are ignored. @throws Error with a reason */
export function parseCidr(text: string): AddressRange {
  const [address = '', length, more] = text.split('/');
  if (length === undefined || more !== undefined || !/^\d{1,3}$/.test(length)) {
    throw new Error(`${text} is not a range like 10.0.0.0/8`);
  }
  const { family, first } = parseAddress(address);
  const bits = family === 4 ? 32 : 128;
  if (Number(length) > bits)
    throw new Error(`${text}: a prefix of IPv${family} has at most ${bits} bits`);
  const size = 1n << BigInt(bits - Number(length));
  const start = first - (first % size);
  return { family, first: start, last: start + size - 1n };
}

/** A single address as a range of one. @throws Error with a reason */
export function parseAddress(text: string): AddressRange {
  if (!isAddress(text)) throw new Error(`${text} is not an IP address`);
  const family = familyOf(text);
  const bytes = family === 4 ? text.split('.').map(Number) : ipaddr.parse(text).toByteArray();
  const number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family, first: number, last: number };
}

/** The family of an address in text form. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/**
 * Cuts all addresses of a family at the edges of the given ranges: each piece lies wholly inside or
 * wholly outside of each of them. In order, without gaps.
 */
export function cut(family: Family, ranges: Iterable<AddressRange>): AddressRange[] {
  const starts = new Set([everything[family].first]);
  for (const range of ranges) {
    if (range.family !== family) continue;
    starts.add(range.first);
    if (range.last < everything[family].last) starts.add(range.last + 1n);
  }
  const sorted = [...starts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.map((first, i) => ({
    family,
    first,
    last: (sorted[i + 1] ?? everything[family].last + 1n) - 1n,
  }));
}

/** `10.0.0.0-10.255.255.255`; a range of one address is that address. */
export function formatRange({ family, first, last }: AddressRange): string {
  const address = (number: bigint) => {
    const bytes = Array.from({ length: family === 4 ? 4 : 16 }, (_, i) =>
      Number((number >> BigInt(8 * ((family === 4 ? 3 : 15) - i))) & 0xffn),
    );
    return ipaddr.fromByteArray(bytes).toString();
  };
  return first === last ? address(first) : `${address(first)}-${address(last)}`;
}
