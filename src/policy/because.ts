import type { Place } from '../fault.ts';
import type { Reason } from './evaluate.ts';
import { nameOf } from './policies.ts';
import type { PortSet } from './ports.ts';

/** A reason in words, with where to look. */
export interface Because {
  direction: 'egress' | 'ingress';
  ports: PortSet;
  outcome: Reason['outcome'];
  condition?: string;
  /** empty when no policy speaks of this side: it is open */
  policies: { kind: string; name: string; rule: string; file: string; line: number }[];
}

/** The reasons of one side of a connection, each policy with file and line of the rule that decides. */
export function because(direction: Because['direction'], reasons: readonly Reason[]): Because[] {
  return reasons.map(({ ports, outcome, condition, policies, rule }) => ({
    direction,
    ports,
    outcome,
    condition,
    policies: policies.map(({ object }) => {
      const path = rule?.path ?? ['spec'];
      const { line }: Place = object.placeOf(path);
      return {
        kind: object.kind,
        name: nameOf(object),
        rule: rule ? dotted(path) : '',
        file: object.file,
        line,
      };
    }),
  }));
}

/** `ingress TCP 8080 allowed by NetworkPolicy shop/allow-web spec.ingress[0] (policies.yaml:12)` */
export function becauseText({ direction, ports, outcome, condition, policies }: Because): string {
  const what = `${direction} ${ports} ${outcome}${condition ? ` if ${condition}` : ''}`;
  if (policies.length === 0) return `${what}: no policy selects this side`;
  const by = policies.map(
    ({ kind, name, rule, file, line }) => `${kind} ${name}${rule && ` ${rule}`} (${file}:${line})`,
  );
  const how = policies.some(({ rule }) => rule) ? 'by' : 'because no rule matches in';
  return `${what} ${how} ${by.join(', ')}`;
}

function dotted(path: string[]): string {
  return path.map((key, i) => (/^\d+$/.test(key) ? `[${key}]` : i ? `.${key}` : key)).join('');
}
