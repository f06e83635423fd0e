import { type Protocol, protocols } from '../cluster/model.ts';

/** Inclusive. */
export type PortRange = readonly [first: number, last: number];

const first = 1;
const last = 65535;

const shared = new Map<string, PortSet>();

/**
 * A set of ports of TCP, UDP and SCTP, the protocols of the NetworkPolicy API. Immutable; the ranges of a
 * protocol are sorted, disjoint and not adjacent, and equal sets are the same object: compare with ===.
 */
export class PortSet {
  static readonly none = PortSet.make({ TCP: [], UDP: [], SCTP: [] });
  static readonly all = PortSet.make({
    TCP: [[first, last]],
    UDP: [[first, last]],
    SCTP: [[first, last]],
  });

  private readonly ranges: Readonly<Record<Protocol, readonly PortRange[]>>;
  private readonly key: string;
  /** results of operations with other sets: a cluster has few different sets and very many pairs */
  private readonly kept = {
    and: new Map<PortSet, PortSet>(),
    or: new Map<PortSet, PortSet>(),
    minus: new Map<PortSet, PortSet>(),
  };

  private constructor(ranges: Record<Protocol, readonly PortRange[]>) {
    this.ranges = ranges;
    this.key = protocols.map((p) => ranges[p].map(([a, b]) => `${a}-${b}`).join(',')).join(';');
  }

  /** Ports `from` to `to` of one protocol, both included; none when they are the wrong way round. */
  static range(protocol: Protocol, from: number, to: number): PortSet {
    if (from > to) return PortSet.none;
    return PortSet.make({ TCP: [], UDP: [], SCTP: [], [protocol]: [[from, to]] });
  }

  static one(protocol: Protocol, number: number): PortSet {
    return PortSet.range(protocol, number, number);
  }

  static allOf(protocol: Protocol): PortSet {
    return PortSet.range(protocol, first, last);
  }

  /** Every set exists once, so that equal sets are one object and results can be kept. */
  private static make(ranges: Record<Protocol, readonly PortRange[]>): PortSet {
    const set = new PortSet(ranges);
    const known = shared.get(set.key);
    if (known) return known;
    shared.set(set.key, set);
    return set;
  }

  get isEmpty(): boolean {
    return this === PortSet.none;
  }

  get isAll(): boolean {
    return this === PortSet.all;
  }

  rangesOf(protocol: Protocol): readonly PortRange[] {
    return this.ranges[protocol];
  }

  has(protocol: Protocol, number: number): boolean {
    return this.ranges[protocol].some(([a, b]) => a <= number && number <= b);
  }

  covers(other: PortSet): boolean {
    return other.minus(this).isEmpty;
  }

  and(other: PortSet): PortSet {
    if (this === other || other.isAll || this.isEmpty) return this;
    if (this.isAll || other.isEmpty) return other;
    return this.each('and', other, (mine, theirs) =>
      mine.flatMap(([a, b]) =>
        theirs.flatMap(([c, d]): PortRange[] => {
          const from = Math.max(a, c);
          const to = Math.min(b, d);
          return from <= to ? [[from, to]] : [];
        }),
      ),
    );
  }

  or(other: PortSet): PortSet {
    if (this === other || this.isAll || other.isEmpty) return this;
    if (other.isAll || this.isEmpty) return other;
    return this.each('or', other, (mine, theirs) => {
      const merged: [number, number][] = [];
      for (const [a, b] of [...mine, ...theirs].sort((x, y) => x[0] - y[0])) {
        const previous = merged.at(-1);
        if (previous && a <= previous[1] + 1) previous[1] = Math.max(previous[1], b);
        else merged.push([a, b]);
      }
      return merged;
    });
  }

  minus(other: PortSet): PortSet {
    if (other.isEmpty || this.isEmpty) return this;
    if (this === other || other.isAll) return PortSet.none;
    return this.each('minus', other, (mine, theirs) => {
      let left: PortRange[] = [...mine];
      for (const [c, d] of theirs) {
        left = left.flatMap(([a, b]): PortRange[] => {
          if (d < a || b < c) return [[a, b]];
          const parts: PortRange[] = [];
          if (a < c) parts.push([a, c - 1]);
          if (d < b) parts.push([d + 1, b]);
          return parts;
        });
      }
      return left;
    });
  }

  private each(
    operation: keyof PortSet['kept'],
    other: PortSet,
    combine: (mine: readonly PortRange[], theirs: readonly PortRange[]) => readonly PortRange[],
  ): PortSet {
    const kept = this.kept[operation].get(other);
    if (kept) return kept;
    const result = PortSet.make({
      TCP: combine(this.ranges.TCP, other.ranges.TCP),
      UDP: combine(this.ranges.UDP, other.ranges.UDP),
      SCTP: combine(this.ranges.SCTP, other.ranges.SCTP),
    });
    this.kept[operation].set(other, result);
    return result;
  }

  /** "all", or the ports of each protocol that has any: `{ TCP: '80,8000-8080' }`. */
  toJSON(): 'all' | Partial<Record<Protocol, string>> {
    if (this.isAll) return 'all';
    const json: Partial<Record<Protocol, string>> = {};
    for (const protocol of protocols) {
      const ranges = this.ranges[protocol];
      if (ranges.length)
        json[protocol] = ranges.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
    }
    return json;
  }

  /** `TCP 80,8000-8080; UDP 53`, `TCP all`, `all` or `none`. */
  toString(): string {
    const json = this.toJSON();
    if (json === 'all') return 'all';
    const parts = Object.entries(json).map(
      ([protocol, ports]) => `${protocol} ${ports === `${first}-${last}` ? 'all' : ports}`,
    );
    return parts.join('; ') || 'none';
  }
}

/**
 * Ports as people write them: `80` (TCP), `53/UDP`, `8000-8080/TCP`, `UDP`, `all`.
 *
 * @throws Error when it is none of these
 */
export function parsePorts(text: string): PortSet {
  if (text === 'all') return PortSet.all;
  const upper = text.toUpperCase() as Protocol;
  if (protocols.includes(upper)) return PortSet.allOf(upper);
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/.exec(text);
  const protocol = (match?.[3] ?? 'TCP').toUpperCase() as Protocol;
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (!match || !protocols.includes(protocol) || from < first || to > last || from > to) {
    throw new Error(`${text} is not a port like 80/TCP; the protocols are ${protocols.join(', ')}`);
  }
  return PortSet.range(protocol, from, to);
}
