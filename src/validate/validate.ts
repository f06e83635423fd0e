import type { Fault } from '../fault.ts';
import { type ManifestDocument, readDocuments } from '../manifests/documents.ts';
import { type Channel, kubernetesVersions } from '../schemas/index.ts';
import { type Finding, schemaAt } from './explain.ts';
import { readFragmentPath } from './fragment.ts';
import type { Judges } from './judge.ts';
import { compareMinors } from './minors.ts';

/** What the author says about a text of manifests; see the fence grammar. */
export interface Stated {
  rejected?: string;
  since?: string;
  channel?: 'experimental';
  fragment?: string;
}

/** A fault in a text; `document` is the index of the document it lies in. */
export type TextFault = Omit<Fault, 'file'> & { document?: number };

export interface DocumentReport {
  /** 1-based, in the text */
  line: number;
  apiVersion: string;
  kind: string;
  name: string;
  /** the minors that accept it, whatever the author says about it */
  acceptedBy: string[];
  /** whether the verdict is what the author states */
  asStated: boolean;
}

export interface ManifestReport {
  documents: DocumentReport[];
  /** where the verdict is not what the author states; empty when all is as it should be */
  faults: TextFault[];
  /** why the text is refused, when that is what its author states */
  refusals: TextFault[];
}

/** Gives one text of manifests its verdict: what is refused, by which minors, and whether that was stated. */
export async function validateManifests(
  text: string,
  stated: Stated,
  { judge, schemaOf }: Judges,
  versions: readonly string[] = kubernetesVersions,
): Promise<ManifestReport> {
  const { documents, faults: unreadable, lines } = readDocuments(text);
  const channel: Channel = stated.channel ?? 'standard';
  const newest = versions.at(-1) ?? '';
  const fault = (rule: string, message: string, line = 1, kubernetes?: string[]): TextFault => ({
    line,
    column: 1,
    rule,
    severity: 'error',
    message,
    source: lines.line(line),
    ...(kubernetes && { kubernetes }),
  });
  if (documents.length === 0 && unreadable.length === 0) {
    return {
      documents: [],
      refusals: [],
      faults: [
        fault('no-manifest', 'there is no manifest here; write one or take the block or file away'),
      ],
    };
  }

  const host = stated.fragment === undefined ? undefined : readFragmentPath(stated.fragment);
  if (stated.fragment !== undefined) {
    const schema = host && (await schemaOf(host.apiVersion, host.kind, newest, channel));
    if (!host || !schemaAt(schema, host.path)) {
      return {
        documents: [],
        refusals: [],
        faults: [fault('fence-key', `fragment=${stated.fragment} names no field of a known kind`)],
      };
    }
  }

  const reports: DocumentReport[] = [];
  const found: TextFault[] = [];
  for (const fault of unreadable) {
    found.push({ ...fault, document: reports.length });
    reports.push({
      line: fault.line,
      apiVersion: '',
      kind: '',
      name: '',
      acceptedBy: [],
      asStated: true,
    });
  }
  for (const document of documents) {
    const report: DocumentReport = { ...identify(document, host), acceptedBy: [], asStated: true };
    const index = reports.push(report) - 1;
    const merged = new Map<string, { finding: Finding; kubernetes: string[] }>();
    for (const kubernetes of versions) {
      const findings = host
        ? await judgeFragment(document, host, kubernetes, channel)
        : await judge(document, kubernetes, channel);
      if (findings.length === 0) report.acceptedBy.push(kubernetes);
      for (const finding of findings) {
        const key = JSON.stringify([finding.rule, finding.path, versionless(finding.message)]);
        const known = merged.get(key);
        if (known) known.kubernetes.push(kubernetes);
        else merged.set(key, { finding, kubernetes: [kubernetes] });
      }
    }
    for (const { finding, kubernetes } of merged.values()) {
      const place = document.placeOf(finding.path, finding.atKey);
      found.push({
        ...place,
        rule: finding.rule,
        severity: 'error',
        message: finding.message,
        kind: report.kind,
        name: report.name,
        kubernetes,
        source: lines.line(place.line),
        document: index,
      });
    }
  }
  found.sort((a, b) => a.line - b.line || a.column - b.column);

  if (stated.rejected !== undefined) return conclude(checkRejected(stated.rejected, found));
  let faults = found;
  if (stated.since !== undefined) faults = checkSince(stated.since, found);
  if (stated.channel === 'experimental' && faults.length === 0) {
    const standard = await Promise.all(
      documents.map((d) =>
        host ? judgeFragment(d, host, newest, 'standard') : judge(d, newest, 'standard'),
      ),
    );
    if (standard.every((findings) => findings.length === 0)) {
      faults = [
        fault(
          'channel-needless',
          'the Standard channel accepts this too; take channel=experimental away',
        ),
      ];
    }
  }
  return conclude({ faults, refusals: [] });

  /** A fault without a document of its own speaks of all of them. */
  function conclude(verdict: Pick<ManifestReport, 'faults' | 'refusals'>): ManifestReport {
    reports.forEach((report, i) => {
      report.asStated = !verdict.faults.some((f) => f.document === undefined || f.document === i);
    });
    return { documents: reports, ...verdict };
  }

  async function judgeFragment(
    document: ManifestDocument,
    into: NonNullable<typeof host>,
    kubernetes: string,
    channel: Channel,
  ): Promise<Finding[]> {
    const depth = into.path.length;
    if (depth === 0 && !isObject(document.value)) {
      return [
        {
          rule: 'wrong-type',
          message: `a piece of ${into.kind} must be an object; write key: value`,
          path: [],
          atKey: false,
        },
      ];
    }
    const value = into.wrap(document.value);
    const findings = await judge({ value, text: JSON.stringify(value) }, kubernetes, channel);
    return findings
      .filter(
        // What the objects around the fragment lack is not its fault.
        ({ path, rule }) =>
          !['missing-field', 'out-of-range'].includes(rule) || path.length >= Math.max(depth, 1),
      )
      .map((finding) => ({ ...finding, path: finding.path.slice(into.path.length) }));
  }

  function checkRejected(
    stated: string,
    found: TextFault[],
  ): Pick<ManifestReport, 'faults' | 'refusals'> {
    const matching = found.filter((f) => f.message.includes(stated));
    const refusing = new Set(matching.flatMap((f) => f.kubernetes ?? versions));
    const missing = versions.filter((version) => !refusing.has(version));
    if (missing.length === 0) return { faults: [], refusals: found };
    const others = found.filter((f) => (f.kubernetes ?? versions).some((v) => missing.includes(v)));
    const message = others.length
      ? `refused, but not with "${stated}"; the checker says: ${others[0]?.message}`
      : `stated as rejected with "${stated}", but Kubernetes ${missing.join(', ')} accepts it`;
    return {
      faults: [
        fault(
          others.length ? 'rejected-otherwise' : 'rejected-accepted',
          message,
          others[0]?.line ?? 1,
          missing,
        ),
      ],
      refusals: [],
    };
  }

  function checkSince(since: string, found: TextFault[]): TextFault[] {
    const before = versions.filter((version) => compareMinors(version, since) < 0);
    const known = versions.filter((version) => compareMinors(version, since) >= 0);
    if (kubernetesVersions.every((version) => compareMinors(version, since) < 0)) {
      return [
        fault(
          'since-future',
          `since=${since} is newer than every version checked (${kubernetesVersions.join(', ')})`,
        ),
      ];
    }
    if (kubernetesVersions.every((version) => compareMinors(version, since) >= 0)) {
      return [
        fault(
          'since-needless',
          `every supported version has had this since ${since}; take since=${since} away`,
        ),
      ];
    }
    const faults = found.flatMap((f) => {
      if (!f.kubernetes) return [f];
      const kubernetes = f.kubernetes.filter((version) => known.includes(version));
      return kubernetes.length ? [{ ...f, kubernetes }] : [];
    });
    const refused = new Set(found.flatMap((f) => f.kubernetes ?? versions));
    const accepting = before.filter((version) => !refused.has(version));
    if (accepting.length) {
      faults.push(
        fault(
          'since-accepted',
          `stated as since=${since}, but Kubernetes ${accepting.join(', ')} accepts it too`,
          1,
          accepting,
        ),
      );
    }
    return faults;
  }
}

function identify(
  { value, start }: ManifestDocument,
  host?: { apiVersion: string; kind: string },
): Omit<DocumentReport, 'acceptedBy' | 'asStated'> {
  const object = isObject(value) ? value : {};
  const metadata = (object.metadata ?? {}) as Record<string, unknown>;
  const string = (part: unknown) => (typeof part === 'string' ? part : '');
  return {
    line: start.line,
    apiVersion: host?.apiVersion ?? string(object.apiVersion),
    kind: host?.kind ?? string(object.kind),
    name: string(metadata?.name),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Messages that differ only in the version they name are one fault. */
function versionless(message: string): string {
  return message.replace(/Kubernetes 1\.\d+/, 'Kubernetes');
}
