import type { Finding } from './explain.ts';

/** What belongs below `metadata` and would be odd anywhere else. */
const belowMetadata = ['name', 'namespace', 'labels', 'annotations'];

/**
 * Copied text often loses its indentation: `metadata:` and `spec:` are then empty, and what they
 * held stands at the top level. One finding for that says more than one for each stray key.
 */
export function findLostIndentation(value: Record<string, unknown>): Finding | undefined {
  const empty = ['metadata', 'spec'].filter((key) => key in value && value[key] === null);
  const stray = belowMetadata.filter((key) => key in value);
  const [first] = empty;
  if (first === undefined || stray.length === 0) return undefined;
  return {
    rule: 'lost-indentation',
    message: `${empty.join(' and ')} ${empty.length > 1 ? 'are' : 'is'} empty and ${stray.join(', ')} ${stray.length > 1 ? 'stand' : 'stands'} at the top level: the indentation is lost; indent what belongs below by two spaces`,
    path: [first],
    atKey: true,
  };
}
