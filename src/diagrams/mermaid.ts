import type { Fault } from '../fault.ts';

type DiagramFault = Omit<Fault, 'file'>;

interface Parser {
  getDiagramFromText(
    text: string,
  ): Promise<{ db: { getAccTitle?(): string; getAccDescription?(): string } }>;
}

let parser: Promise<Parser> | undefined;

/**
 * Mermaid's own parser. It cleans labels with a DOM, which it looks for once, when it is loaded: jsdom
 * lends it one for that time only, because the site's build takes a global `window` for a browser.
 */
function loadParser(): Promise<Parser> {
  parser ??= (async () => {
    const { JSDOM } = await import('jsdom');
    const { window } = new JSDOM('');
    const lent = { window, document: window.document };
    Object.assign(globalThis, lent);
    try {
      const { default: mermaid } = await import('mermaid');
      mermaid.initialize({ startOnLoad: false });
      return mermaid.mermaidAPI as unknown as Parser;
    } finally {
      for (const name of Object.keys(lent)) Reflect.deleteProperty(globalThis, name);
    }
  })();
  return parser;
}

/**
 * Parses a Mermaid diagram and asks for the two texts that a screen reader reads instead of it.
 *
 * @returns faults with lines counted in the diagram; empty when it draws and can be heard
 */
export async function checkDiagram(text: string): Promise<DiagramFault[]> {
  const sources = text.split(/\r?\n/);
  const fault = (rule: string, line: number, column: number, message: string): DiagramFault => ({
    rule,
    line,
    column,
    severity: 'error',
    message,
    source: sources[line - 1] ?? '',
  });
  if (text.trim() === '') return [fault('mermaid-syntax', 0, 1, 'this diagram is empty')];
  try {
    const { db } = await (await loadParser()).getDiagramFromText(text);
    if (!db.getAccTitle) {
      return [
        fault(
          'mermaid-accessible',
          1,
          1,
          'this type of diagram cannot say anything to a screen reader; use a flowchart or a sequenceDiagram',
        ),
      ];
    }
    const missing = [
      ...(db.getAccTitle() ? [] : ['accTitle: a name']),
      ...(db.getAccDescription?.() ? [] : ['accDescr: what it shows']),
    ];
    return missing.map((what) =>
      fault(
        'mermaid-accessible',
        1,
        1,
        `this diagram says nothing to a screen reader; add a line ${what}`,
      ),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = authorsLine(text, Number(/on line (\d+)/.exec(message)?.[1] ?? 1));
    return [fault('mermaid-syntax', line, 1, `Mermaid cannot draw this: ${summary(message)}`)];
  }
}

/**
 * The line that Mermaid means. It counts after taking off front matter, directives, comments and
 * the blank lines above the diagram.
 */
function authorsLine(text: string, counted: number): number {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const uncounted = (part: string) => part.replaceAll('\n', '\r');
  const marked = text
    .trimEnd()
    .replace(/\r\n?/g, '\n')
    .replace(/^\s*---\s*\n[\s\S]*?\n\s*---\s*\n/, blank)
    .replace(/%%\{[\s\S]*?\}%%/g, blank)
    .replace(/^\s*%%[^\n]+\n?/gm, uncounted)
    .replace(/^(?:\s|%%[^\r]*\r)+/, uncounted);
  let line = 1;
  for (const [end] of marked.matchAll(/[\r\n]/g)) {
    if (end === '\n' && --counted === 0) return line;
    line++;
  }
  return line;
}

/** Mermaid's messages draw an arrow below the text; the one line that counts is what it expected. */
function summary(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const expecting = lines.find((line) => line.startsWith('Expecting'));
  return (expecting ?? lines[0] ?? '').replace(/\s+/g, ' ').slice(0, 200);
}
