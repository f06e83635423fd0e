/** A value that has another form than the API gives it; `path` leads to it. */
export class ShapeError extends Error {
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * A map's fields; a missing or null map has none. What is no map, and a field of another name, is an
 * error: passing over `form:` for `from:` would open what somebody wanted closed.
 *
 * @throws ShapeError
 */
export function fields(
  value: unknown,
  path: string[],
  known?: readonly string[],
): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ShapeError(path, `${nameOf(path, 'this')} is not a map`);
  const odd = known && Object.keys(value).find((key) => !known.includes(key));
  if (odd !== undefined)
    throw new ShapeError([...path, odd], `unknown field ${odd}; use ${known?.join(', ')}`);
  return value as Record<string, unknown>;
}

/**
 * The items of a list; a missing or null one is empty. A map where the list belongs is an error: an empty
 * list often means everything.
 *
 * @throws ShapeError
 */
export function items(value: unknown, path: string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ShapeError(path, `${nameOf(path, 'this')} is not a list`);
  return value;
}

/** The last name of a path: `ingress` of ['spec', 'ingress', '0']. */
function nameOf(path: string[], otherwise: string): string {
  return path.findLast((key) => !/^\d+$/.test(key)) ?? otherwise;
}
