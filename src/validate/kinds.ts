import { kindsNamed, knownKinds } from '../schemas/index.ts';
import removed from '../schemas/removed-apis.json' with { type: 'json' };
import type { Finding } from './explain.ts';
import { suggestion } from './explain.ts';
import { compareMinors } from './minors.ts';

/** Says why there is no schema for an apiVersion and kind, and what to write instead. */
export function explainUnknownKind(
  apiVersion: string,
  kind: string,
  kubernetes: string,
  channel: string,
): Finding {
  const asked = `${apiVersion} ${kind}`;
  const past = removed.apis.find((api) => api.apiVersion === apiVersion && api.kind === kind);
  if (past) {
    return {
      rule: 'removed-api',
      message: `${asked} was removed in ${past.removedIn}; use ${past.useInstead}`,
      path: ['apiVersion'],
      atKey: false,
    };
  }
  const served = kindsNamed(kind);
  const exact = served.find((known) => known.apiVersion === apiVersion && known.kind === kind);
  if (exact?.kubernetes) {
    const [first = ''] = exact.kubernetes;
    const others = served.filter((known) => known.kubernetes?.includes(kubernetes));
    const hint =
      compareMinors(kubernetes, first) < 0
        ? `say since=${first} if it needs that`
        : `use ${others.map((known) => known.apiVersion).join(' or ') || 'what replaced it'}`;
    return {
      rule: 'not-in-version',
      message: `${asked} is not in Kubernetes ${kubernetes}, only in ${exact.kubernetes.join(', ')}; ${hint}`,
      path: ['apiVersion'],
      atKey: false,
    };
  }
  if (exact?.channels) {
    return {
      rule: 'not-in-channel',
      message: `${asked} is not in the ${channel} channel of ${exact.set}, only in ${exact.channels.join(', ')}; say channel=experimental if it needs that`,
      path: ['apiVersion'],
      atKey: false,
    };
  }
  if (served.some((known) => known.kind === kind)) {
    const versions = [...new Set(served.filter((k) => k.kind === kind).map((k) => k.apiVersion))];
    return {
      rule: 'unknown-api-version',
      message: `there is no ${asked}; ${kind} is in ${versions.join(', ')}`,
      path: ['apiVersion'],
      atKey: false,
    };
  }
  const names = [...new Set(knownKinds.map((known) => known.kind))];
  return {
    rule: 'unknown-kind',
    message: `no schema for ${asked}${suggestion(kind, names) || '; it is neither built in nor one of the CRDs this guide knows'}`,
    path: ['kind'],
    atKey: false,
  };
}
