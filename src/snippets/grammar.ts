import { closest, distance } from 'fastest-levenshtein';
import type { FenceInfo } from './fence.ts';
import languages from './languages.json' with { type: 'json' };

/** What the author of a page says about a block. Which keys a language takes stands here, once. */
export type Statement =
  | {
      class: 'manifest';
      /** a path below examples/, whose text the page shows */
      file?: string;
      /** first and last line to show, 1-based; only with `file` */
      lines?: [number, number];
      /** part of the message with which the checker must refuse the block */
      rejected?: string;
      /** the first Kubernetes minor that accepts it */
      since?: string;
      /** the Gateway API channel whose schemas judge it */
      channel?: 'experimental';
      /** the block is the value at this path of a kind: `NetworkPolicy.spec.ingress` */
      fragment?: string;
    }
  | {
      /** shows who may talk to whom in a case of an example */
      class: 'table';
      /** a folder below examples/ with an example.yaml */
      example: string;
      /** 1-based */
      case: number;
      /** sides to show, such as shop/* and outside; all when empty */
      only: string[];
    }
  | { class: 'diagram' }
  | { class: 'listed' };

const layout = ['title', 'showLineNumbers', '{}'];
const keysOf: Record<string, string[]> = {
  manifest: ['file', 'lines', 'rejected', 'since', 'channel', 'fragment', ...layout],
  table: ['example', 'case', 'only'],
  diagram: [],
  listed: layout,
};
const classOf: Record<string, Statement['class']> = {
  validate: 'manifest',
  policy: 'table',
  diagrams: 'diagram',
};
/** Flags that only one language knows: `bash cluster` needs a real cluster. */
const flagsOf: Record<string, string[]> = { bash: ['cluster'] };
const shapes: Record<string, { pattern: RegExp; like: string }> = {
  file: {
    pattern: /^[\w.-]+(\/[\w.-]+)*\.(ya?ml|json)$/,
    like: 'network-policy/default-deny/policy.yaml',
  },
  lines: { pattern: /^[1-9]\d*-[1-9]\d*$/, like: '5-12' },
  rejected: { pattern: /\S/, like: '"part of the message"' },
  since: { pattern: /^1\.\d+$/, like: '1.36' },
  channel: { pattern: /^experimental$/, like: 'experimental' },
  example: { pattern: /^[\w.-]+(\/[\w.-]+)*$/, like: 'network-policy/default-deny' },
  case: { pattern: /^[1-9]\d*$/, like: '2' },
  only: { pattern: /\S/, like: '"shop/*, outside"' },
  fragment: { pattern: /^[A-Z]\w*(\.\w+(\[\])?)*$/, like: 'NetworkPolicy.spec.ingress' },
};

/**
 * Keys that contradict each other. What holds for a file stands in the file (`# guide: since=1.36`),
 * so that a page and a folder check can never disagree about it; a block that is refused by every
 * version has no first version that accepts it.
 */
const exclusive: { key: string; other: string; message: string }[] = [
  ...['rejected', 'since', 'channel'].map((other) => ({
    key: 'file',
    other,
    message: `${other} belongs into the first line of the file: # guide: ${other}=…`,
  })),
  {
    key: 'file',
    other: 'fragment',
    message: 'a file is a whole manifest; show part of it with lines=5-12',
  },
  {
    key: 'rejected',
    other: 'since',
    message: 'a block is refused by every version or accepted since one, not both',
  },
];

export interface GrammarProblem {
  rule: 'fence-language' | 'fence-key';
  message: string;
  offset: number;
}

export interface Classified {
  /** undefined when no check owns the block */
  statement?: Statement;
  problems: GrammarProblem[];
}

/** Classifies a fence by the grammar of `docs/contributing`; what it cannot own is a problem. */
export function classify(fence: FenceInfo): Classified {
  const problems: GrammarProblem[] = fence.problems.map((p) => ({ rule: 'fence-key', ...p }));
  const language = fence.language.toLowerCase();
  const owner = Object.hasOwn(languages, language)
    ? languages[language as keyof typeof languages].checkedBy
    : undefined;
  if (owner === undefined) {
    const known = Object.keys(languages);
    problems.push({
      rule: 'fence-language',
      message: language
        ? `no check owns a block of language "${fence.language}"; use one of ${known.join(', ')}`
        : `a block without a language is checked by nothing; write one of ${known.join(', ')} behind the backticks`,
      offset: 0,
    });
    return { problems };
  }
  const kind = classOf[owner] ?? 'listed';
  const allowed = [...(keysOf[kind] ?? []), ...(flagsOf[language] ?? [])];
  const values: Record<string, string> = {};
  for (const { key, value, offset } of fence.keys) {
    if (!allowed.includes(key)) {
      const near = closest(key, allowed.length ? allowed : ['']);
      const hint = allowed.length
        ? `; ${language} takes ${allowed.filter((k) => k !== '{}').join(', ')}${near && distance(key, near) <= 2 ? ` (did you mean ${near}?)` : ''}`
        : `; ${language} takes none`;
      problems.push({ rule: 'fence-key', message: `unknown fence key "${key}"${hint}`, offset });
      continue;
    }
    const shape = shapes[key];
    if (!shape) continue;
    if (value === true || !shape.pattern.test(value) || value.split('/').includes('..')) {
      problems.push({
        rule: 'fence-key',
        message: `${key} needs a value like ${key}=${shape.like}`,
        offset,
      });
      continue;
    }
    values[key] = value;
  }
  if (kind === 'diagram' || kind === 'listed') return { statement: { class: kind }, problems };
  if (kind === 'table') {
    const table = readTable(values);
    return { ...table, problems: [...problems, ...table.problems] };
  }
  const offsetOf = (key: string) => fence.keys.find((k) => k.key === key)?.offset ?? 0;
  for (const { key, other, message } of exclusive) {
    if (key in values && other in values) {
      problems.push({ rule: 'fence-key', message, offset: offsetOf(other) });
    }
  }
  if ('lines' in values && !('file' in values)) {
    problems.push({
      rule: 'fence-key',
      message: 'lines goes with file=',
      offset: offsetOf('lines'),
    });
  }
  const { lines, channel, ...rest } = values;
  const [first, last] = (lines ?? '').split('-').map(Number);
  return {
    statement: {
      class: 'manifest',
      ...rest,
      ...(channel === 'experimental' && { channel }),
      ...(first && last && { lines: [first, last] as [number, number] }),
    },
    problems,
  };
}

function readTable(values: Record<string, string>): Classified {
  const { example, only = '' } = values;
  if (example === undefined) {
    const message = `a truth-table needs example=${shapes.example?.like}`;
    return { problems: [{ rule: 'fence-key', message, offset: 0 }] };
  }
  const sides = only
    .split(',')
    .map((side) => side.trim())
    .filter(Boolean);
  return {
    statement: { class: 'table', example, case: Number(values.case ?? 1), only: sides },
    problems: [],
  };
}
