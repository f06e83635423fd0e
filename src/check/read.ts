import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { type Fault, Lines } from '../fault.ts';

/** The largest file that is read. The API server takes no object above 3 MiB; the largest published set of CRDs has 3 MB. */
export const maxBytes = 5 * 1024 * 1024;

/** The text of a file without its byte-order mark, or the one fault that keeps it from being read. */
export async function readText(
  path: string,
  shown = path,
  most = maxBytes,
): Promise<{ text: string } | { fault: Fault }> {
  const fault = (rule: string, message: string, line = 0, column = 0) => ({
    fault: { file: shown, line, column, rule, severity: 'error' as const, message },
  });
  let bytes: Buffer;
  try {
    const found = await stat(path);
    // Reading a named pipe or a device might never end.
    if (!found.isFile()) return fault('unreadable', 'this is not a regular file');
    if (found.size > most) {
      return fault('too-large', `${found.size} bytes; at most ${most} are read: split the file`);
    }
    bytes = await readFile(path);
  } catch (error) {
    return fault('unreadable', `cannot read this: ${reason(error)}`);
  }
  if (!isUtf8(bytes)) {
    const { line, column } = firstInvalid(bytes);
    return fault('not-utf8', 'this byte is not UTF-8; save the file as UTF-8', line, column);
  }
  const text = new TextDecoder().decode(bytes);
  // NUL is how UTF-16 looks when it is read as UTF-8; a lone CR is a line end to some parsers and none to others.
  const odd = /\0|\r(?!\n)/.exec(text);
  if (odd) {
    const { line, column } = new Lines(text).at(odd.index);
    return odd[0] === '\0'
      ? fault('not-utf8', 'a NUL character stands here; save the file as UTF-8', line, column)
      : fault('line-end', 'this line ends with a CR alone; end lines with LF', line, column);
  }
  return { text };
}

/** Finds the line by its bytes, then the column by the longest start of the line that is UTF-8. */
function firstInvalid(bytes: Buffer): { line: number; column: number } {
  let start = 0;
  for (let line = 1; start <= bytes.length; line++) {
    const next = bytes.indexOf(0x0a, start);
    const end = next === -1 ? bytes.length : next;
    const content = bytes.subarray(start, end);
    if (!isUtf8(content)) {
      let length = 0;
      for (let i = 1; i <= content.length; i++) if (isUtf8(content.subarray(0, i))) length = i;
      return { line, column: new TextDecoder().decode(content.subarray(0, length)).length + 1 };
    }
    start = end + 1;
  }
  return { line: 1, column: 1 };
}

export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOTDIR: 'a file stands where a folder is named',
    ELOOP: 'a link that leads to itself',
    ENAMETOOLONG: 'the name is too long',
  };
  if (message.startsWith('Maximum call stack')) return 'it is nested too deeply';
  return (code && words[code]) ?? message;
}
