import { parseFence } from './fence.ts';
import { type Classified, classify } from './grammar.ts';

const header = /^#[ \t]*guide:[ \t]*(.*?)[ \t]*\r?$/m;

/**
 * What a manifest file says about itself in its first comment lines, in the words of the fence:
 * `# guide: since=1.36 channel=experimental` or `# guide: rejected="unknown field"`.
 * Offsets of the problems count from the start of the text.
 */
export function readHeader(text: string): Classified {
  const comments = /^(?:#.*\r?\n?|[ \t]*\r?\n)*/.exec(text)?.[0] ?? '';
  const match = header.exec(comments);
  if (!match) return { statement: { class: 'manifest' }, problems: [] };
  const words = match[1] ?? '';
  const start = match.index + match[0].indexOf(words, match[0].indexOf(':'));
  const { statement, problems } = classify(parseFence(`yaml ${words}`));
  const known = ['rejected', 'since', 'channel'];
  for (const key of Object.keys(statement ?? {})) {
    if (key !== 'class' && !known.includes(key)) {
      problems.push({ rule: 'fence-key', message: `a file takes ${known.join(', ')}`, offset: 5 });
    }
  }
  return {
    statement,
    problems: problems.map((p) => ({ ...p, offset: Math.max(0, p.offset - 5) + start })),
  };
}

/** The text without its `# guide:` line, as a page shows it. */
export function withoutHeader(text: string): string {
  const { index, 0: line } = header.exec(text) ?? { index: -1, 0: '' };
  const before = text.slice(0, Math.max(0, index));
  if (index < 0 || /^[^#\s]/m.test(before)) return text;
  return before + text.slice(index + line.length).replace(/^\n/, '');
}
