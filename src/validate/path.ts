/** The segments of a JSON pointer (RFC 6901). */
export function pointerSegments(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A path as people write it: `spec.ports[0].targetPort`, `metadata.labels["a/b"]`. */
export function fieldPath(segments: string[]): string {
  return segments
    .map((segment, i) => {
      if (/^\d+$/.test(segment)) return `[${segment}]`;
      if (/^[\w-]+$/.test(segment)) return i ? `.${segment}` : segment;
      return `["${segment}"]`;
    })
    .join('');
}
