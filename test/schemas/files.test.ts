import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Channel,
  knownKinds,
  kubernetesVersions,
  schemaPath,
} from '../../src/schemas/index.ts';
import { judge } from './judge.ts';

const folder = join(import.meta.dirname, '../../schemas');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.json') && path !== 'index.json')
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const channels: Channel[] = ['standard', 'experimental'];

/** Every place where the catalogue says that a kind is served. */
const served = knownKinds.flatMap((known) => [
  ...(known.kubernetes ?? []).map((kubernetes) => ({ known, kubernetes, channel: channels[0] })),
  ...(known.channels ?? []).map((channel) => ({ known, kubernetes: '1.37', channel })),
  // one file for both channels
  ...(known.set && !known.channels ? [{ known, kubernetes: '1.37', channel: channels[0] }] : []),
]);

/** Calls back with every schema of a document, not with the names that it gives to properties. */
function walk(schema: unknown, visit: (schema: Record<string, unknown>) => void): void {
  if (Array.isArray(schema)) {
    for (const part of schema) walk(part, visit);
  } else if (typeof schema === 'object' && schema !== null) {
    visit(schema as Record<string, unknown>);
    for (const [keyword, value] of Object.entries(schema)) {
      const named = keyword === 'properties' || keyword === 'definitions';
      if (named) walk(Object.values(value), visit);
      else if (keyword !== 'enum') walk(value, visit);
    }
  }
}

/** The files in which some schema uses one of these keywords. */
const filesWith = (...keywords: string[]) =>
  files.filter((path) => {
    let found = false;
    walk(JSON.parse(readFileSync(join(folder, path), 'utf8')), (schema) => {
      found ||= keywords.some((keyword) => keyword in schema);
    });
    return found;
  });

describe('the schema files', () => {
  it('are exactly those of the catalogue', () => {
    const paths = served.map(({ known, kubernetes, channel }) =>
      schemaPath({ ...known, kubernetes }, channel ?? 'standard'),
    );
    expect(paths.sort()).toEqual(files);
  });

  it('refer to nothing, except where a type holds itself', () => {
    const kinds = filesWith('$ref').map((path) => path.replace(/^kubernetes\/[0-9.]+\//, ''));
    expect([...new Set(kinds)].sort()).toEqual([
      'apiextensions.k8s.io/v1/customresourcedefinition.json',
      'scheduling.k8s.io/v1alpha3/workload.json',
      'scheduling.k8s.io/v1beta1/workload.json',
    ]);
  });

  it('hold no text from upstream', () => {
    expect(filesWith('description', 'title', 'example', 'default', 'externalDocs')).toEqual([]);
  });

  it('combine schemas only for addresses of a Gateway, ranges and peers of Cilium, peers of Calico', () => {
    const ofGateways = ['experimental', 'standard'].flatMap((channel) =>
      ['v1', 'v1beta1'].map(
        (version) => `gateway-api/${channel}/gateway.networking.k8s.io/${version}/gateway.json`,
      ),
    );
    expect(filesWith('allOf', 'anyOf', 'oneOf')).toEqual([
      'calico/projectcalico.org/v3/bgppeer.json',
      'cilium/cilium.io/v2/ciliumclusterwidenetworkpolicy.json',
      'cilium/cilium.io/v2/ciliumlocalredirectpolicy.json',
      'cilium/cilium.io/v2/ciliumnetworkpolicy.json',
      ...ofGateways,
    ]);
  });

  it('are about as many for each release as when last counted', () => {
    const count = (prefix: string) => files.filter((path) => path.startsWith(prefix)).length;
    expect(kubernetesVersions.map((minor) => [minor, count(`kubernetes/${minor}/`)])).toEqual([
      ['1.35', 92],
      ['1.36', 97],
      ['1.37', 102],
    ]);
    expect(channels.map((channel) => count(`gateway-api/${channel}/`))).toEqual([14, 22]);
    expect(channels.map((channel) => count(`network-policy-api/${channel}/`))).toEqual([3, 3]);
    expect(['cilium/', 'calico/'].map(count)).toEqual([30, 21]);
  });

  it('keep their size', () => {
    const bytes = files.reduce((sum, path) => sum + readFileSync(join(folder, path)).length, 0);
    expect(bytes).toBeLessThan(4_500_000);
  });

  it('are all read by kubeconform', async () => {
    for (const { known, kubernetes, channel } of served) {
      const answer = await judge(`apiVersion: ${known.apiVersion}\nkind: ${known.kind}`, {
        kubernetes,
        channel: channel ?? 'standard',
      });
      expect(answer, known.kind).toMatch(/^valid$|missing propert/);
    }
  }, 60_000);
});
