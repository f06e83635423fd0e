/**
 * The words behind the opening backticks of a fenced block: a language, then keys
 * (`since=1.36`), quoted keys (`title="a b"`, `\"` inside), flags (`cluster`) and
 * Docusaurus' line ranges (`{1,3-5}`).
 */
export interface FenceKey {
  key: string;
  value: string | true;
  /** 0-based offset of the key in the info string */
  offset: number;
}

export interface FenceInfo {
  language: string;
  keys: FenceKey[];
  /** what cannot be read, with its offset in the info string */
  problems: { message: string; offset: number }[];
}

const token =
  /(?<range>\{[\d,\s-]*\})|(?<key>[A-Za-z][\w-]*)(?:=(?:"(?<double>(?:\\.|[^"\\])*)"|'(?<single>(?:\\.|[^'\\])*)'|(?<bare>[^\s"'{}]+)))?(?=\s|$)/y;

/**
 * Reads the info string of a fence. It is read from the source and not from the Markdown tree,
 * because Markdown takes the backslashes out of `rejected="… \"x\""`.
 */
export function parseFence(info: string): FenceInfo {
  const language = /^[^\s{]*/.exec(info)?.[0] ?? '';
  const keys: FenceKey[] = [];
  const problems: FenceInfo['problems'] = [];
  let at = language.length;
  while (at < info.length) {
    if (/\s/.test(info.charAt(at))) {
      at++;
      continue;
    }
    token.lastIndex = at;
    const match = token.exec(info);
    if (!match?.groups) {
      const rest = /^\S+/.exec(info.slice(at))?.[0] ?? '';
      problems.push({
        message: `cannot read ${rest} behind the fence; write key=value or key="a value"`,
        offset: at,
      });
      break;
    }
    const { range, key, double, single, bare } = match.groups;
    if (key !== undefined) {
      const quoted = double ?? single;
      const value = quoted === undefined ? (bare ?? true) : quoted.replace(/\\(.)/g, '$1');
      if (keys.some((known) => known.key === key)) {
        problems.push({ message: `the key ${key} stands twice; keep one`, offset: at });
      } else {
        keys.push({ key, value, offset: at });
      }
    } else if (range !== undefined) {
      keys.push({ key: '{}', value: range, offset: at });
    }
    at = token.lastIndex;
  }
  return { language, keys, problems };
}
