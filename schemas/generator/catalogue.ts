/** A line of schemas/index.json: a kind and where it is served. */
export interface Line {
  group: string;
  version: string;
  kind: string;
  kubernetes?: string[];
  set?: string;
  channels?: string[];
}

/** Collects the kinds of all releases into one line for each. */
export class Catalogue {
  readonly #lines = new Map<string, Line>();

  /** Notes that a Kubernetes minor serves a kind. */
  addBuiltIn(kind: Line, minor: string): void {
    const line = this.#line(kind, '');
    line.kubernetes = [...(line.kubernetes ?? []), minor];
  }

  /** Notes that a CRD set serves a kind: in one of its channels, if it has any. */
  addCustom(kind: Line, set: string, channel?: string): void {
    const line = this.#line(kind, set);
    line.set = set;
    if (channel !== undefined) line.channels = [...(line.channels ?? []), channel];
  }

  /** The text of schemas/index.json: one kind a line. */
  text(): string {
    const lines = [...this.#lines].sort(([a], [b]) => (a < b ? -1 : 1));
    return `[\n${lines.map(([, line]) => JSON.stringify(line)).join(',\n')}\n]\n`;
  }

  #line({ group, version, kind }: Line, set: string): Line {
    const key = [group, kind, version, set].join(' ');
    const line = this.#lines.get(key) ?? { group, version, kind };
    this.#lines.set(key, line);
    return line;
  }
}
