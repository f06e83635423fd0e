import { parseAllDocuments } from 'yaml';

/** A line that makes a document YAML again when it is indented otherwise. */
export interface IndentMend {
  /** of the line's first character that is no space, in the document's text */
  offset: number;
  /** the spaces it needs */
  spaces: number;
}

/** How far around the parser's complaint it looks, and the size above which it does not try. */
const reach = 8;
const mostCharacters = 50_000;

/**
 * Finds the line whose indentation is wrong. A parser often complains about another one: it learns the
 * column of a map from its first key, and when that is the odd one out, it blames the second. So this
 * tries: the nearest line that mends the document when it moves by one or two spaces is the one.
 *
 * @param text one YAML document that does not parse
 * @param complaint offset of the parser's complaint
 */
export function mendIndent(text: string, complaint: number): IndentMend | undefined {
  if (text.length > mostCharacters) return undefined;
  const lines = text.split('\n');
  const blamed = text.slice(0, complaint).split('\n').length - 1;
  /** The blamed line, then the lines around it, nearest first. */
  const near = Array.from(
    { length: 2 * reach },
    (_, i) => blamed + (i % 2 ? -1 : 1) * ((i + 1) >> 1),
  );
  // Manifests are indented by two: a line that becomes even again is the likelier one.
  const tries = [true, false].flatMap((even) => [1, 2].map((move) => ({ even, move })));
  for (const { even, move } of tries) {
    for (const line of near) {
      const source = lines[line];
      if (source === undefined || !/\S/.test(source) || /^\s*(#|---)/.test(source)) continue;
      const indent = source.search(/\S/);
      for (const spaces of [indent - move, indent + move]) {
        if (spaces < 0 || (spaces % 2 === 0) !== even) continue;
        const mended = lines.with(line, ' '.repeat(spaces) + source.trimStart());
        if (!parses(mended.join('\n'))) continue;
        const before = lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0);
        return { offset: before + indent, spaces };
      }
    }
  }
  return undefined;
}

function parses(text: string): boolean {
  try {
    const documents = parseAllDocuments(text, { version: '1.1', merge: true, prettyErrors: false });
    return Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0);
  } catch {
    return false;
  }
}
