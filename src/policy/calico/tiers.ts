import { asRecord, type ManifestObject } from '../../cluster/objects.ts';
import { PolicyError, stages } from '../model.ts';
import { isCalico } from './objects.ts';

export interface Tier {
  name: string;
  /** its place among all stages, see `stages` */
  stage: number;
  /** what becomes of connections of an endpoint that its policies select, but none of their rules */
  otherwise: 'deny' | 'pass';
}

/**
 * Tiers that every cluster has, with an order and an action that cannot be changed (API reference, Tier).
 * The last two names are those of Calico 3.29 to 3.31 for the same two tiers.
 */
const builtIn: readonly Tier[] = [
  { name: 'kube-admin', stage: stages.admin, otherwise: 'pass' },
  { name: 'default', stage: stages.policies, otherwise: 'deny' },
  { name: 'kube-baseline', stage: stages.baseline, otherwise: 'pass' },
  { name: 'adminnetworkpolicy', stage: stages.admin, otherwise: 'pass' },
  { name: 'baselineadminnetworkpolicy', stage: stages.baseline, otherwise: 'pass' },
];

/** @throws PolicyError for a Tier that the API server would refuse */
export function readTier(object: ManifestObject): {
  order: number | undefined;
  otherwise: Tier['otherwise'];
} {
  const { order, defaultAction } = asRecord(object.value.spec) ?? {};
  if (!['Deny', 'Pass', undefined, null].includes(defaultAction as string)) {
    throw new PolicyError(
      ['spec', 'defaultAction'],
      `unknown defaultAction ${String(defaultAction)}; use Deny or Pass`,
    );
  }
  const tier = {
    order: readOrder(order),
    otherwise: defaultAction === 'Pass' ? ('pass' as const) : ('deny' as const),
  };
  const fixed = builtIn.find(({ name }) => name === object.name);
  if (fixed && (fixed.stage !== tier.order || fixed.otherwise !== tier.otherwise)) {
    const action = fixed.otherwise === 'pass' ? 'Pass' : 'Deny';
    throw new PolicyError(
      ['spec'],
      `the tier ${fixed.name} must have order ${fixed.stage} and defaultAction ${action}, and is taken to have them`,
    );
  }
  return tier;
}

/** An order of a Tier or a policy; undefined when it has none. */
export function readOrder(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new PolicyError(['spec', 'order'], `order ${String(value)} is not a number`);
  return value;
}

/** Far behind every order that somebody writes. */
const last = 1e15;
/** Less than the difference of any two orders that somebody writes, and not lost beside them. */
const stepAt = (order: number) => (order === last ? 1 : 2 ** -20);

/**
 * The tiers of a cluster by name. Lower orders come first; tiers of one order follow each other by name,
 * and those without an order come last (felix/calc/policy_sorter.go, TierLess). Invalid ones are left out.
 */
export function readTiers(objects: readonly ManifestObject[]): ReadonlyMap<string, Tier> {
  const tiers = new Map(builtIn.map((tier) => [tier.name, tier]));
  const own: { name: string; order: number; otherwise: Tier['otherwise'] }[] = [];
  for (const object of objects) {
    if (!isCalico(object, 'Tier') || tiers.has(object.name)) continue;
    try {
      const { order = last, otherwise } = readTier(object);
      own.push({ name: object.name, order, otherwise });
    } catch {
      // Its fault is reported where the Tier itself is read.
    }
  }
  const byOrder = new Map<number, typeof own>();
  for (const tier of own) byOrder.set(tier.order, [...(byOrder.get(tier.order) ?? []), tier]);
  for (const [order, equals] of byOrder) {
    // The stage of a built-in tier is shared with other APIs, so the others step aside.
    const fixed = builtIn.find(({ stage }) => stage === order)?.name ?? '';
    const names = equals.map(({ name }) => name).sort();
    const before = names.filter((name) => name < fixed).length;
    for (const { name, otherwise } of equals) {
      const place = names.indexOf(name) - before;
      const stage = order + stepAt(order) * (place < 0 || fixed === '' ? place : place + 1);
      tiers.set(name, { name, stage, otherwise });
    }
  }
  return tiers;
}
