import { once } from 'node:events';
import { formatFault } from '../check/report.ts';
import type { Fault } from '../fault.ts';
import type { Analysis } from '../policy/analyze.ts';

/** Writes to standard output and waits when whoever reads it is slower. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Faults go to standard error, so that what is piped on stays clean; one error makes the exit code 1. */
export function complain(faults: readonly Fault[]): void {
  for (const fault of faults) process.stderr.write(`${formatFault(fault)}\n`);
  if (faults.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}

/** What was read and what was passed over. */
export function complainOf({ cluster, policies }: Analysis): void {
  const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
  const used = new Set(policies.compiled.map(({ object }) => object)).size;
  const ignored = [...policies.ignored].map(([kind, n]) => `${n} ${kind}`).join(', ');
  process.stderr.write(
    `${count(cluster.endpoints.length, 'endpoint')} in ${count(cluster.namespaces.size, 'namespace')}, ${count(used, 'policy', 'policies')}${ignored && `; passed over: ${ignored}`}\n`,
  );
}
