import type { Fault } from '../src/fault.ts';

/** Where and what, without the wording: `7:5 unknown-field`. */
export function places(faults: Pick<Fault, 'line' | 'column' | 'rule'>[]): string[] {
  return faults.map(({ line, column, rule }) => `${line}:${column} ${rule}`);
}
