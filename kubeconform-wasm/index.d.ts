/** What kubeconform says about one document. `unknown kind`: the source has no schema for it. */
export type Status = 'valid' | 'invalid' | 'error' | 'unknown kind';

export interface DocumentError {
  /** JSON pointer (RFC 6901) into the document, '' for its root. */
  path: string;
  /** kubeconform's own words. */
  message: string;
}

export interface DocumentVerdict {
  /** 0-based among the documents with content; one made of comments only does not count and has no verdict. */
  index: number;
  /** In a `List`, the 0-based item the verdict and its paths are about; absent elsewhere. */
  item?: number;
  /** '' like the next three where the document does not say or cannot be read. */
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string;
  /**
   * - `valid`, `invalid`: the strict verdict of the schema.
   * - `unknown kind`: the source has no schema for it.
   * - `error`: no verdict. The YAML does not parse or repeats a key, apiVersion or
   *   kind is missing, or the schema cannot be read or is not a JSON schema.
   */
  status: Status;
  /** Innermost errors sorted by path; empty only when `valid`. */
  errors: DocumentError[];
}

/** A schema kubeconform needs. Every part is safe in a path: lower case letters, digits, '.' and '-'. */
export interface SchemaRequest {
  /** '' for the core group. */
  group: string;
  version: string;
  /** In lower case, as kubeconform asks. */
  kind: string;
  kubernetes: string;
  /** '<kubernetes>/<group or core>/<version>/<kind>.json' */
  path: string;
}

/**
 * A URL prefix (http, https; also file in Node) to which `path` is added, where 404 and 410
 * mean that there is no such schema; or a function giving a schema's JSON text, or undefined
 * or null when there is none. Both answers are kept: an instance asks once for a schema. A
 * failure (a rejection, HTTP 500, text that is no JSON schema) is not: it becomes the status
 * `error` of the document concerned, and the next document of that kind asks again.
 */
export type SchemaSource =
  | string
  | URL
  | ((request: SchemaRequest) => string | null | undefined | Promise<string | null | undefined>);

export interface Options {
  schemas: SchemaSource;
  /** Defaults to kubeconform.wasm beside this module (read from disk in Node, fetched in browsers). */
  wasm?: BufferSource | WebAssembly.Module | URL | string;
}

export interface Kubeconform {
  /**
   * One verdict for each document with content, in their order. It rejects with an Error
   * when `kubernetes` is no version, after close(), and when the program fails (out of
   * memory or stack); it works again after such a failure.
   * @param manifests YAML or JSON text
   * @param options.kubernetes '1.37' or 'v1.37' or '1.37.2': the first segment of schema paths, without v
   */
  validate(manifests: string, options: { kubernetes: string }): Promise<DocumentVerdict[]>;
  /** Frees the program; calls under way and later ones reject. */
  close(): void;
}

/**
 * Loads kubeconform. It rejects when the wasm cannot be read or is none, and with a
 * TypeError when `schemas` is neither a function nor an absolute URL (in browsers it
 * may be relative to the page or worker).
 */
export function createKubeconform(options: Options): Promise<Kubeconform>;
