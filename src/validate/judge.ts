import type { DocumentVerdict, Kubeconform, Options } from 'kubeconform-wasm';
import { createKubeconform } from 'kubeconform-wasm';
import type { ManifestDocument } from '../manifests/documents.ts';
import { type Channel, type ReadSchema, schemaPath, schemaSource } from '../schemas/index.ts';
import { explain, type Finding, readSchema, type Schema, valueAt } from './explain.ts';
import { atRoot, checkIdentity, checkList } from './identity.ts';
import { explainUnknownKind } from './kinds.ts';
import { pointerSegments } from './path.ts';

/** What the schemas of one Kubernetes minor say about one document. No finding: it is accepted. */
export type Judge = (
  document: Pick<ManifestDocument, 'text' | 'value'>,
  kubernetes: string,
  channel: Channel,
) => Promise<Finding[]>;

export interface Judges {
  judge: Judge;
  /** the schema of a kind, parsed; undefined when there is none */
  schemaOf(
    apiVersion: string,
    kind: string,
    kubernetes: string,
    channel: Channel,
  ): Promise<Schema | undefined>;
  close(): void;
}

/**
 * Starts kubeconform, once for each channel that is asked for.
 *
 * @param read gives the text of a schema file, from disk or from the site
 * @param wasm where kubeconform.wasm is, if not beside its loader
 */
export function createJudges(read: ReadSchema, wasm?: Options['wasm']): Judges {
  const running = new Map<Channel, Promise<Kubeconform>>();
  const kubeconform = (channel: Channel) => {
    const known = running.get(channel);
    if (known) return known;
    const started = createKubeconform({ schemas: schemaSource(read, channel), wasm });
    running.set(channel, started);
    return started;
  };
  const parsed = new Map<string, Promise<Schema | undefined>>();
  const schemaOf: Judges['schemaOf'] = (apiVersion, kind, kubernetes, channel) => {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const path = schemaPath({ group, version, kind, kubernetes }, channel) ?? '';
    const known = parsed.get(path);
    if (known) return known;
    const schema = path ? readSchema(read, path) : Promise.resolve(undefined);
    parsed.set(path, schema);
    return schema;
  };

  const judge: Judge = async (document, kubernetes, channel) => {
    const manifest = document.value as Record<string, unknown>;
    const odd = checkIdentity(document.value) ?? checkList(manifest);
    if (odd) return [odd];
    const verdicts = await (await kubeconform(channel)).validate(document.text, { kubernetes });
    const findings: Finding[] = [];
    for (const verdict of verdicts) {
      const prefix = verdict.item === undefined ? [] : ['items', String(verdict.item)];
      for (const finding of await explainVerdict(verdict, manifest, prefix, kubernetes, channel)) {
        findings.push({ ...finding, path: [...prefix, ...finding.path] });
      }
    }
    return findings;
  };

  async function explainVerdict(
    verdict: DocumentVerdict,
    manifest: Record<string, unknown>,
    prefix: string[],
    kubernetes: string,
    channel: Channel,
  ): Promise<Finding[]> {
    const { apiVersion, kind, status, errors } = verdict;
    if (status === 'valid') return [];
    const item = valueAt(manifest, prefix);
    const odd = checkIdentity(item);
    if (odd) return [odd];
    if (status === 'unknown kind')
      return [explainUnknownKind(apiVersion, kind, kubernetes, channel)];
    if (status === 'error') {
      return errors.map((error) =>
        atRoot(
          'unreadable',
          `kubeconform cannot judge this: ${error.message.replace(/\s+/g, ' ')}`,
        ),
      );
    }
    const schema = await schemaOf(apiVersion, kind, kubernetes, channel);
    return errors.flatMap((error) =>
      explain(pointerSegments(error.path), error.message, item, schema),
    );
  }

  return {
    judge,
    schemaOf,
    close() {
      for (const started of running.values()) started.then((k) => k.close()).catch(() => {});
      running.clear();
    },
  };
}
