import type { Unit } from '../../check/unit.ts';
import { withoutHeader } from '../../snippets/header.ts';

/** What a page shows below a block of manifests; computed, never written by hand. */
export interface SnippetVerdict {
  status: 'accepted' | 'rejected' | 'fault';
  /** the minors that accept it */
  kubernetes: string[];
  channel?: 'experimental';
  /** part of a manifest, judged against this part of the schema */
  fragment?: string;
  /** what the checker says, for a block that is refused */
  messages: { rule: string; message: string }[];
}

/** What a page shows on top: how much of it was checked, and by what. */
export interface PageVerdict {
  kubernetes: readonly string[];
  accepted: number;
  rejected: number;
  faults: number;
  diagrams: number;
  /** truth tables of the examples on the page that hold, and the pairs they cover */
  tables: number;
  pairs: number;
}

/** The verdict, text and marked lines (1-based, in the shown text) of one block of manifests. */
export function snippetVerdict(
  unit: Unit,
  kubernetes: readonly string[],
): { verdict: SnippetVerdict; text: string; marked: number[] } {
  const { snippet, embeds } = unit;
  const statement = snippet?.statement;
  if (!snippet || statement?.class !== 'manifest')
    throw new Error('only blocks of manifests have a verdict');
  const judged = embeds?.unit ?? unit;
  const faults = judged.faults;
  const documents = judged.documents;
  const verdict: SnippetVerdict = {
    status: faults.length ? 'fault' : judged.refusals.length ? 'rejected' : 'accepted',
    kubernetes: kubernetes.filter((v) => documents.every((d) => d.acceptedBy.includes(v))),
    channel: statement.channel,
    fragment: statement.fragment,
    messages: [...faults, ...judged.refusals].map(({ rule, message }) => ({ rule, message })),
  };
  const first = embeds ? 0 : snippet.line;
  let marked = [...faults, ...judged.refusals].map((fault) => fault.line - first);
  let text = embeds ? embeds.text : snippet.text;
  if (embeds) {
    const [from, to] = statement.lines ?? [1, Number.POSITIVE_INFINITY];
    const all = text.split(/\r?\n/);
    const shown = statement.lines ? `${all.slice(from - 1, to).join('\n')}\n` : text;
    text = withoutHeader(shown);
    const hidden = shown.split('\n').length - text.split('\n').length;
    marked = marked.map((line) => line - (from - 1) - hidden);
  }
  text = text.replace(/\r\n/g, '\n').trimEnd();
  const count = text.split('\n').length;
  return {
    verdict,
    text,
    marked: [...new Set(marked)].filter((line) => line >= 1 && line <= count),
  };
}

/** Counts what the units of a page came to. */
export function pageVerdict(units: Unit[], kubernetes: readonly string[]): PageVerdict {
  const manifests = units.filter((unit) => unit.snippet?.statement?.class === 'manifest');
  const statuses = manifests.map((unit) => snippetVerdict(unit, kubernetes).verdict.status);
  const count = (status: string) => statuses.filter((s) => s === status).length;
  const examples = new Set(units.flatMap((unit) => unit.example ?? []));
  const proven = [...examples].flatMap(({ cases = [] }) =>
    cases.filter((one) => one.faults.length === 0),
  );
  const wrong = [...examples].filter(({ faults }) => faults.length > 0).length;
  return {
    kubernetes,
    tables: proven.length,
    pairs: proven.reduce((sum, { pairs }) => sum + pairs, 0),
    accepted: count('accepted'),
    rejected: count('rejected'),
    faults: count('fault') + wrong,
    diagrams: units.filter(
      (u) => u.snippet?.statement?.class === 'diagram' && u.faults.length === 0,
    ).length,
  };
}
