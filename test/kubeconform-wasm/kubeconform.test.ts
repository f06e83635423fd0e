import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createKubeconform,
  type DocumentVerdict,
  type Kubeconform,
  type SchemaRequest,
  type SchemaSource,
} from 'kubeconform-wasm';
import { afterEach, expect, test, vi } from 'vitest';

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});
const head = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: object({
    name: {},
    namespace: {},
    generateName: {},
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  }),
};
const schemas: Record<string, unknown> = {
  '1.37/core/v1/thing.json': object({
    ...head,
    spec: object({ size: { type: 'integer' }, text: { type: 'string' }, nested: {} }),
  }),
  '1.36/core/v1/thing.json': object({ ...head, spec: object({ text: { type: 'string' } }) }),
  '1.37/apps/v1/thing.json': object({ ...head, spec: { type: 'string' } }),
  '1.37/core/v1/tree.json': object(
    {
      ...head,
      root: { $ref: '#/definitions/node' },
      port: { oneOf: [{ type: 'integer' }, { type: 'string', pattern: '^[a-z]+$' }] },
    },
    {
      definitions: {
        node: object({ size: { type: 'integer' }, child: { $ref: '#/definitions/node' } }),
      },
    },
  ),
  '1.37/core/v1/broken.json': { type: 'no-such-type' },
  '1.37/core/v1/remote.json': { $ref: 'https://example.invalid/other.json' },
  '1.37/core/v1/nothing.json': null,
};
const source: SchemaSource = ({ path }) =>
  path in schemas ? JSON.stringify(schemas[path]) : undefined;

const open: Kubeconform[] = [];
async function load(from: SchemaSource = source) {
  const k = await createKubeconform({ schemas: from });
  open.push(k);
  return k;
}
const at = { kubernetes: '1.37' };
const thing = (name = 'a', spec = '{size: 1}') =>
  `apiVersion: v1\nkind: Thing\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
/** The verdict on text that is one document. */
async function one(k: Kubeconform, text: string, options = at) {
  const verdicts = await k.validate(text, options);
  expect(verdicts).toHaveLength(1);
  return verdicts[0] as DocumentVerdict;
}
const statuses = async (manifests: string, from?: SchemaSource) =>
  (await (await load(from)).validate(manifests, at)).map((v) => v.status);

afterEach(() => {
  for (const k of open.splice(0)) k.close();
  vi.restoreAllMocks();
});

test('a valid document has the status valid, its names and no errors', async () => {
  const k = await load();
  expect(
    await k.validate(
      'apiVersion: v1\nkind: Thing\nmetadata: {name: a, namespace: ns}\nspec: {size: 1}\n',
      at,
    ),
  ).toEqual([
    {
      index: 0,
      apiVersion: 'v1',
      kind: 'Thing',
      name: 'a',
      namespace: 'ns',
      status: 'valid',
      errors: [],
    },
  ]);
});

test('an unknown field and a wrong type are two errors with JSON pointers, in order', async () => {
  const verdict = await one(await load(), thing('a', '{size: big, other: 1}'));
  expect(verdict.status).toBe('invalid');
  expect(verdict.errors).toEqual([
    { path: '/spec', message: "additional properties 'other' not allowed" },
    { path: '/spec/size', message: 'got string, want integer' },
  ]);
});

test('a key with / and ~ is escaped in the JSON pointer', async () => {
  const verdict = await one(
    await load(),
    'apiVersion: v1\nkind: Thing\nmetadata: {annotations: {"a/b~c": 1}}\n',
  );
  expect(verdict.errors).toEqual([
    { path: '/metadata/annotations/a~1b~0c', message: 'got number, want string' },
  ]);
});

test('errors behind $ref and oneOf are given where they are, not at the outermost level', async () => {
  const verdict = await one(
    await load(),
    'apiVersion: v1\nkind: Tree\nroot: {child: {child: {size: x}}}\nport: true\n',
  );
  expect(verdict.errors).toEqual([
    { path: '/port', message: 'got boolean, want integer' },
    { path: '/port', message: 'got boolean, want string' },
    { path: '/root/child/child/size', message: 'got string, want integer' },
  ]);
});

test('the source is asked once for a kind, with the core group as core and without the v of the version', async () => {
  const asked: SchemaRequest[] = [];
  const k = await load((request) => {
    asked.push(request);
    return source(request) as string;
  });
  await k.validate(thing(), { kubernetes: 'v1.37' });
  await k.validate(thing(), at);
  await k.validate('apiVersion: apps/v1\nkind: Thing\nspec: x', at);
  expect(asked).toEqual([
    {
      group: '',
      version: 'v1',
      kind: 'thing',
      kubernetes: '1.37',
      path: '1.37/core/v1/thing.json',
    },
    {
      group: 'apps',
      version: 'v1',
      kind: 'thing',
      kubernetes: '1.37',
      path: '1.37/apps/v1/thing.json',
    },
  ]);
});

test('each Kubernetes version is judged by its own schema', async () => {
  const k = await load();
  const [older, newer] = await Promise.all([
    one(k, thing(), { kubernetes: '1.36' }),
    one(k, thing()),
  ]);
  expect([older.status, newer.status]).toEqual(['invalid', 'valid']);
});

test('a kind without schema is an unknown kind, and the source is not asked for it again', async () => {
  let asked = 0;
  const k = await load(() => {
    asked++;
    return undefined;
  });
  await one(k, 'apiVersion: example.com/v1\nkind: Other\n');
  const verdict = await one(k, 'apiVersion: example.com/v1\nkind: Other\n');
  expect(asked).toBe(1);
  expect(verdict).toMatchObject({
    status: 'unknown kind',
    errors: [{ path: '', message: 'could not find schema for Other' }],
  });
});

test.each([
  'v1 ../../Thing',
  '../core/v1 Thing',
  'core/v1 Thing',
  'v1/v1 Thing',
  'apps/x/v1 Thing',
  'v1/ Thing',
  'V1 Thing',
  'v1 Thing.json',
])('the source is never asked for a path out of place: %s is an unknown kind', async (names) => {
  const [apiVersion, kind] = names.split(' ');
  const asked: string[] = [];
  const text = `apiVersion: "${apiVersion}"\nkind: "${kind}"\nspec: x\n`;
  const result = await statuses(
    `apiVersion: apps/v1\nkind: Thing\nspec: x\n---\n${text}`,
    (request) => {
      asked.push(request.path);
      return source(request);
    },
  );
  expect(result).toEqual(['valid', 'unknown kind']);
  expect(asked.filter((path) => !/^1\.37\/(core|apps|v1)\/v1\/thing\.json$/.test(path))).toEqual(
    [],
  );
});

test.each([
  ['YAML that does not parse', 'a: [', 'did not find expected'],
  ['a repeated key', `${thing()}kind: Thing\n`, 'already set in map'],
  ['no kind', 'apiVersion: v1\n', "missing 'kind' key"],
  ['no apiVersion', 'kind: Thing\n', "missing 'apiVersion' key"],
  ['no mapping', 'hello\n', 'cannot unmarshal string'],
  ['a NUL byte', `${thing()}\0`, 'control characters are not allowed'],
])('%s is an error', async (_, text, message) => {
  const verdicts = await (await load()).validate(text, at);
  expect(verdicts).toHaveLength(1);
  expect(verdicts[0]?.status).toBe('error');
  expect(verdicts[0]?.errors[0]?.message).toContain(message);
});

test('a thousandfold alias is an error, not a hang', async () => {
  const levels = Array.from(
    { length: 10 },
    (_, i) => `a${i}: &a${i} [${Array(10).fill(i ? `*a${i - 1}` : 'x')}]`,
  );
  const verdict = await one(await load(), `${thing()}${levels.join('\n')}\n`);
  expect(verdict.errors[0]?.message).toContain('excessive aliasing');
});

test.each([
  ['a schema that does not compile', 'Broken', "'/type'"],
  ['a schema that refers to the network', 'Remote', 'example.invalid'],
  ['a schema that is null', 'Nothing', 'it is null'],
])('%s is an error that says which and why, every time', async (_, kind, reason) => {
  const k = await load();
  for (let call = 0; call < 2; call++) {
    const verdict = await one(k, `apiVersion: v1\nkind: ${kind}\n`);
    expect(verdict.status).toBe('error');
    expect(verdict.errors[0]?.message).toContain(`1.37/core/v1/${kind.toLowerCase()}.json`);
    expect(verdict.errors[0]?.message).toContain(reason);
  }
});

test('a schema that is not JSON is an error, and is read again at the next call', async () => {
  let text = '<html>';
  const k = await load(() => text);
  const before = await one(k, thing());
  expect(before).toMatchObject({ status: 'error', kind: 'Thing' });
  expect(before.errors[0]?.message).toContain('1.37/core/v1/thing.json: not JSON');
  text = '{}';
  expect((await one(k, thing())).status).toBe('valid');
});

test('a source that throws is an error with its words, and is asked again at the next call', async () => {
  let fail = true;
  const k = await load((request) => {
    if (fail) throw new Error('disk on fire');
    return source(request);
  });
  const before = await one(k, thing());
  expect(before.errors).toEqual([
    { path: '', message: 'could not read schema 1.37/core/v1/thing.json: disk on fire' },
  ]);
  fail = false;
  expect((await one(k, thing())).status).toBe('valid');
});

test('over HTTP 200 is a schema, 404 an unknown kind and 500 an error', async () => {
  const server: Server = createServer((request, response) => {
    const path = request.url?.replace('/base/', '') ?? '';
    if (path in schemas) response.end(JSON.stringify(schemas[path]));
    else response.writeHead(path.includes('secret') ? 500 : 404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const k = await load(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`);
    const verdicts = await k.validate(
      `${thing()}---\napiVersion: v1\nkind: Other\n---\napiVersion: v1\nkind: Secret\n`,
      at,
    );
    expect(verdicts.map((v) => v.status)).toEqual(['valid', 'unknown kind', 'error']);
    expect(verdicts[2]?.errors[0]?.message).toBe(
      'could not read schema 1.37/core/v1/secret.json: HTTP 500',
    );
  } finally {
    server.close();
  }
});

test('a file URL reads schemas from a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'schemas-'));
  try {
    await mkdir(join(folder, '1.37/core/v1'), { recursive: true });
    await writeFile(
      join(folder, '1.37/core/v1/thing.json'),
      JSON.stringify(schemas['1.37/core/v1/thing.json']),
    );
    expect(
      await statuses(`${thing()}---\napiVersion: v1\nkind: Other\n`, pathToFileURL(folder)),
    ).toEqual(['valid', 'unknown kind']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['CRLF', `${thing()}---\n${thing('b')}`.replaceAll('\n', '\r\n'), ['a', 'b']],
  ['a byte order mark', `\ufeff---\n${thing()}`, ['a']],
  ['a comment behind the separator', `${thing()}--- # next\n${thing('b')}`, ['a', 'b']],
  ['comments between documents', `# x\n---\n${thing()}---\n# y\n---\n${thing('b')}`, ['a', 'b']],
  ['a last separator without line end', `${thing()}--- `, ['a']],
  [
    'JSON',
    JSON.stringify({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' }, spec: { size: 1 } }),
    ['a'],
  ],
  ['anchors', 'apiVersion: v1\nkind: Thing\nmetadata: {name: &n a}\nspec: {text: *n}\n', ['a']],
  [
    'merge keys',
    'apiVersion: v1\nkind: Thing\nmetadata: {name: a}\nspec: {nested: [&x {p: 1}, {<<: *x, q: 2}]}\n',
    ['a'],
  ],
  ['a line of 5 MB', `${thing('a', `{text: ${'x'.repeat(5e6)}}`)}---\n${thing('b')}`, ['a', 'b']],
  [
    'a document of 5 MB',
    `${thing('a', `\n  text: |\n${'    yyyyyyyyyyyyyyyyyyy\n'.repeat(220_000)}`)}---\n${thing('b')}`,
    ['a', 'b'],
  ],
])('%s: every document has its verdict', async (_, text, names) => {
  const verdicts = await (await load()).validate(text, at);
  expect(verdicts.map((v) => [v.index, v.name, v.status])).toEqual(
    names.map((name, i) => [i, name, 'valid']),
  );
});

test.each(['', '# nothing\n', '---\n# a\n---\n---\n'])(
  'text without documents has no verdict: %j',
  async (text) => {
    expect(await statuses(text)).toEqual([]);
  },
);

test.each([
  ['on a separator line', `${thing()}--- {apiVersion: v1, kind: Other}\n`, ['valid', 'error']],
  ['on a last separator line', `${thing()}--- {apiVersion: v1, kind: Other}`, ['valid', 'error']],
  [
    'behind JSON',
    '{"apiVersion": "v1", "kind": "Thing"}\n{"apiVersion": "v1", "kind": "Other"}',
    ['error'],
  ],
  ['behind ...', `${thing()}...\n${thing('b')}`, ['error']],
  [
    'behind a bare carriage return',
    `${thing()}---\n${thing('b')}`.replaceAll('\n', '\r'),
    ['error'],
  ],
])('a document kubeconform would silently skip is an error: %s', async (_, text, expected) => {
  expect(await statuses(text)).toEqual(expected);
});

test('each item of a List has its own verdict, with its number', async () => {
  const items = [
    '{apiVersion: v1, kind: Thing, metadata: {name: x}}',
    '{apiVersion: v1, kind: Thing, spec: {size: big}}',
    'null',
  ];
  const verdicts = await (await load()).validate(
    `${thing()}---\napiVersion: v1\nkind: List\nitems: [${items}]\n---\n${thing()}`,
    at,
  );
  expect(verdicts.map((v) => [v.index, v.item, v.status])).toEqual([
    [0, undefined, 'valid'],
    [1, 0, 'valid'],
    [1, 1, 'invalid'],
    [1, 2, 'error'],
    [2, undefined, 'valid'],
  ]);
  expect(verdicts[2]?.errors[0]?.path).toBe('/spec/size');
});

test.each(['items: 5', 'items: [{apiVersion: v1, kind: Thing, kind: Thing}]', ''])(
  'a List that cannot be read is an error: %j',
  async (items) => {
    expect(await statuses(`apiVersion: v1\nkind: List\n${items}\n`)).toEqual(['error']);
  },
);

test('a document nested too deeply rejects clearly, and the next call works', async () => {
  const k = await load();
  await expect(k.validate('['.repeat(200_000), at)).rejects.toThrow(
    'kubeconform failed: a document is nested too deeply',
  );
  expect((await one(k, thing())).status).toBe('valid');
});

test('many calls at once each have their own answer, and the source is asked once for them all', async () => {
  let asked = 0;
  const k = await load(async (request) => {
    asked++;
    await new Promise((done) => setTimeout(done, 5));
    return source(request);
  });
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      k.validate(thing(`n${i}`, i % 2 ? '{size: x}' : '{size: 1}'), at),
    ),
  );
  expect(answers.map(([v]) => `${v?.name} ${v?.status}`)).toEqual(
    answers.map((_, i) => `n${i} ${i % 2 ? 'invalid' : 'valid'}`),
  );
  expect(asked).toBe(1);
});

test('two instances keep their own schemas', async () => {
  const [strict, lax] = await Promise.all([load(), load(() => '{}')]);
  const answers = await Promise.all([
    strict.validate(thing('a', '5'), at),
    lax.validate(thing('a', '5'), at),
  ]);
  expect(answers.map(([v]) => v?.status)).toEqual(['invalid', 'valid']);
});

test('after close() calls reject, and so do calls under way', async () => {
  const k = await load(() => new Promise(() => {}));
  const underWay = k.validate(thing(), at);
  await new Promise((done) => setTimeout(done, 20));
  k.close();
  await expect(underWay).rejects.toThrow('kubeconform is closed');
  await expect(k.validate(thing(), at)).rejects.toThrow('kubeconform is closed');
});

test.each(['', 'latest', '1', '../1.37', '1.37/..'])(
  '%j is no Kubernetes version: the call rejects',
  async (kubernetes) => {
    await expect((await load()).validate(thing(), { kubernetes })).rejects.toThrow(TypeError);
  },
);

test('loading rejects for schemas that are no URL and for bytes that are no wasm', async () => {
  await expect(createKubeconform({ schemas: 'no url' })).rejects.toThrow(
    'schemas: "no url" is not a URL',
  );
  await expect(
    createKubeconform({ schemas: source, wasm: new Uint8Array([1, 2, 3]) }),
  ).rejects.toThrow(WebAssembly.CompileError);
});

test('a kind whose name runs into the name of a group does not borrow its schema', async () => {
  const k = await load(({ group }) => (group === 'x-foo.io' ? '{}' : undefined));
  expect((await one(k, 'apiVersion: x-foo.io/v1\nkind: Bar\n')).status).toBe('valid');
  expect((await one(k, 'apiVersion: foo.io/v1\nkind: Bar-x\n')).status).toBe('unknown kind');
});

test('the console stays empty and the globals as they were, also when the program fails', async () => {
  const printed = (['log', 'info', 'warn', 'error'] as const).map((name) =>
    vi.spyOn(console, name),
  );
  const before = Object.getOwnPropertyNames(globalThis).join();
  const k = await load();
  await k.validate(thing(), at);
  await k.validate('['.repeat(200_000), at).catch(() => {});
  expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
  expect(Object.getOwnPropertyNames(globalThis).join()).toBe(before);
});

test('a fresh Node process sees no new global after importing it, and ends by itself after close()', () => {
  const script = `
    globalThis.fs = 'mine';
    const before = Object.getOwnPropertyNames(globalThis).join();
    const { createKubeconform } = await import('kubeconform-wasm');
    const k = await createKubeconform({ schemas: () => '{}' });
    const [v] = await k.validate('apiVersion: v1\\nkind: A', { kubernetes: '1.37' });
    k.close();
    console.log(v.status, globalThis.fs, Object.getOwnPropertyNames(globalThis).join() === before);`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect({ stdout, stderr, status }).toEqual({
    stdout: 'valid mine true\n',
    stderr: '',
    status: 0,
  });
});
