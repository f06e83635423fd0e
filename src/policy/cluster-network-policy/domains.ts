import { PolicyError } from '../model.ts';
import { textSet } from './fields.ts';

/** DomainName in the CRDs; like there, A-z is more than letters. */
const domainName =
  /^(\*\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?$/;

/** The names of a `domainNames` peer. */
export function readDomainNames(value: unknown, path: string[]): string[] {
  const names = textSet(value, path);
  names.forEach((name, i) => {
    if (!domainName.test(name)) {
      throw new PolicyError([...path, String(i)], `${name} is not a name like *.example.com`);
    }
  });
  return names;
}

/**
 * Whether a name may lead to Pods: their own names and those of headless Services do (NPEP-133, "Expected
 * Behavior", in-cluster endpoints). They end in the cluster's domain, cluster.local unless configured.
 */
export function mayBePod(name: string): boolean {
  const bare = name.replace(/\.$/, '').toLowerCase();
  return bare.endsWith('.cluster.local');
}
