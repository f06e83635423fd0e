/** Negative when minor `a` (such as 1.9) is older than `b` (1.10). */
export function compareMinors(a: string, b: string): number {
  return Number(a.split('.')[1]) - Number(b.split('.')[1]);
}
