import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { customKinds } from '../../schemas/generator/crd.ts';
import { firstDifference, writeFiles } from '../../schemas/generator/files.ts';
import { moduleFolder } from '../../schemas/generator/modules.ts';
import { builtInKinds } from '../../schemas/generator/openapi.ts';
import { schemaText } from '../../schemas/generator/print.ts';
import type { Schema } from '../../schemas/generator/schema.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const meta = { type: 'object', properties: {}, additionalProperties: false };

function version(name: string, served: boolean, openAPIV3Schema: Schema) {
  return { name, served, schema: { openAPIV3Schema } };
}

function kindsOf(...versions: ReturnType<typeof version>[]) {
  const spec = { group: 'example.com', names: { kind: 'Web' }, versions };
  const definition = { kind: 'CustomResourceDefinition', spec };
  // JSON is YAML
  writeFileSync(join(folder, 'web.yaml'), JSON.stringify(definition));
  return customKinds(folder, meta);
}

/** What becomes of a schema that a CRD gives to the property "value". */
function converted(value: Schema, rest: Schema = {}) {
  const [kind] = kindsOf(version('v1', true, { type: 'object', properties: { value }, ...rest }));
  return { value: kind?.schema.properties?.value, required: kind?.schema.required };
}

describe('a CustomResourceDefinition', () => {
  it('gives one schema for each version that is served', () => {
    const kinds = kindsOf(
      version('v1', true, { type: 'object' }),
      version('v1beta1', false, { type: 'object' }),
    );
    expect(kinds.map(({ group, version, kind }) => [group, version, kind])).toEqual([
      ['example.com', 'v1', 'Web'],
    ]);
    expect(kinds[0]?.schema).toEqual({
      type: 'object',
      properties: {
        apiVersion: { enum: ['example.com/v1'] },
        kind: { enum: ['Web'] },
        metadata: { ...meta, type: ['object', 'null'] },
      },
      required: ['apiVersion', 'kind'],
      additionalProperties: false,
    });
  });

  it('refuses null only in a required property', () => {
    expect(converted({ type: 'string' }).value).toEqual({ type: ['string', 'null'] });
    expect(converted({ type: 'string' }, { required: ['value'] })).toEqual({
      value: { type: 'string' },
      required: ['apiVersion', 'kind', 'value'],
    });
    expect(converted({ type: 'string', nullable: true }, { required: ['value'] }).value).toEqual({
      type: ['string', 'null'],
    });
  });

  it('does not require what has a default', () => {
    expect(converted({ type: 'string', default: 'a' }, { required: ['value'] })).toEqual({
      value: { type: ['string', 'null'] },
      required: ['apiVersion', 'kind'],
    });
  });

  it('refuses null in a list, unless an item is nullable', () => {
    const list = (items: Schema) => converted({ type: 'array', items }).value?.items;
    expect(list({ type: 'string' })).toEqual({ type: 'string' });
    expect(list({ type: 'string', enum: ['a'], nullable: true })).toEqual({
      type: ['string', 'null'],
      enum: ['a', null],
    });
  });

  it('keeps fields open only where unknown ones are preserved', () => {
    expect(converted({ type: 'object' }).value?.additionalProperties).toBe(false);
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    expect(converted(open).value).not.toHaveProperty('additionalProperties');
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    expect(converted(map).value?.additionalProperties).toEqual({ type: ['string', 'null'] });
  });

  it('takes an integer or a string for x-kubernetes-int-or-string', () => {
    const value = {
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }],
      pattern: '^a',
    };
    expect(converted(value).value).toMatchObject({
      type: ['integer', 'string', 'null'],
      maximum: 2147483647,
      pattern: '^a',
    });
    expect(converted(value).value).not.toHaveProperty('anyOf');
  });

  it('requires apiVersion and kind of an embedded resource', () => {
    const value = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    };
    expect(converted(value).value).toMatchObject({
      properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: {} },
      required: ['apiVersion', 'kind'],
    });
  });

  it.each([
    ['a port of Calico', ['minPort', 'maxPort', 'portName']],
    ['a protocol of Calico', ['type', 'numVal', 'strVal']],
  ])('takes a number or a text for %s, whose Go type is a structure', (_, names) => {
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'integer' }]));
    const value = { type: 'object', required: names, properties };
    expect(converted(value).value?.type).toEqual(['integer', 'string', 'null']);
  });

  it.each([
    ['10.0.0.0/8', true],
    ['0.0.0.0/0', true],
    ['255.255.255.255/32', true],
    ['2001:db8::/32', true],
    ['::/0', true],
    ['10.0.0.0', false],
    ['10.0.0/8', false],
    ['10.0.0.256/8', false],
    ['10.0.0.01/8', false],
    ['10.0.0.0/33', false],
    ['2001:db8::/129', false],
    ['web/8', false],
  ])('takes %s for a range of addresses: %s', (range, taken) => {
    const pattern = converted({ type: 'string', format: 'cidr' }).value?.pattern;
    expect(new RegExp(String(pattern)).test(range)).toBe(taken);
  });

  it('does not check a format that the API server does not know', () => {
    expect(converted({ type: 'string', format: 'idn-hostname' }).value).toEqual({
      type: ['string', 'null'],
    });
  });

  it('does not widen the limits of a schema to those of its format', () => {
    expect(converted({ type: 'integer', format: 'int32', minimum: 1 }).value).toEqual({
      type: ['integer', 'null'],
      minimum: 1,
      maximum: 2147483647,
    });
  });

  it('makes a rule require a property whose default it refuses', () => {
    const properties = { type: { type: 'string', default: 'a' } };
    const oneOf = [
      { properties: { type: { enum: ['a'] } } },
      { properties: { type: { not: { enum: ['a'] } } } },
    ];
    expect(converted({ type: 'object', properties, oneOf }).value?.oneOf).toEqual([
      oneOf[0],
      { ...oneOf[1], required: ['type'] },
    ]);
  });

  it('lets no rule require what has a default', () => {
    const properties = { a: { type: 'string', default: 'a' }, b: { type: 'string' } };
    const inner = { type: 'object', properties, anyOf: [{ required: ['a', 'b'] }] };
    expect(converted(inner).value?.anyOf).toEqual([{ required: ['b'] }]);
    const outer = { type: 'object', properties: { inner: { type: 'object', properties } } };
    const allOf = [{ anyOf: [{ properties: { inner: { required: ['a', 'b'] } } }] }];
    expect(converted({ ...outer, allOf }).value).toMatchObject({
      allOf: [{ anyOf: [{ properties: { inner: { required: ['b'] } } }] }],
    });
  });

  it.each([
    ['a format', { type: 'string', format: 'colour' }, 'unknown format colour'],
    ['a keyword', { type: 'string', if: {} }, 'keyword if is not understood'],
    [
      'a rule for a default',
      {
        type: 'object',
        properties: { a: { type: 'string', default: 'b' } },
        oneOf: [{ properties: { a: { pattern: 'c' } } }],
      },
      'a rule with pattern for a property with a default is not understood',
    ],
  ])('stops the script at %s that it does not understand', (_, value, message) => {
    expect(() => converted(value)).toThrow(message);
  });
});

describe('an OpenAPI document', () => {
  const kinds = (schema: Schema) => {
    const type = {
      type: 'object',
      properties: {
        metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
        ...schema.properties,
      },
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Web' }],
    };
    const content = { '*/*': { schema: { $ref: '#/components/schemas/Web' } } };
    const document = {
      components: {
        schemas: {
          Web: type,
          Unwritten: type,
          'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': { type: 'object' },
        },
      },
      paths: { '/webs': { post: { requestBody: { content } }, get: {} } },
    };
    writeFileSync(join(folder, 'web.json'), JSON.stringify(document));
    return builtInKinds(folder).kinds;
  };

  it('gives the kinds that can be written', () => {
    expect(kinds({}).map(({ kind }) => kind)).toEqual(['Web']);
  });

  it.each([
    ['a keyword', { anyOf: [] }, 'keyword anyOf is not understood'],
    ['a format', { type: 'string', format: 'colour' }, 'unknown format colour'],
    ['a type', { $ref: '#/components/schemas/None' }, 'no type None'],
  ])('stops the script at %s that it does not understand', (_, value, message) => {
    expect(() => kinds({ properties: { value } })).toThrow(message);
  });
});

describe('the schema text', () => {
  it('is the same for every order of keys', () => {
    const a = { type: 'object', required: ['b', 'a'], properties: { b: { type: 'x' }, a: {} } };
    const b = { properties: { a: {}, b: { type: 'x' } }, required: ['a', 'b'], type: 'object' };
    expect(schemaText(a)).toBe(schemaText(b));
    expect(schemaText(a)).toBe(
      '{"properties":{"a":{},"b":{"type":"x"}},"required":["a","b"],"type":"object"}\n',
    );
  });

  it('has one property a line where it is long', () => {
    const properties = { a: { enum: ['x'.repeat(60)] }, b: { enum: ['y'.repeat(60)] } };
    expect(schemaText({ properties }).split('\n')).toHaveLength(7);
  });
});

describe('the output', () => {
  const files = new Map([
    ['set/a.json', 'a'],
    ['index.json', 'i'],
  ]);

  it('replaces what was there, but not the script', () => {
    writeFileSync(join(folder, 'generate.ts'), 'script');
    mkdirSync(join(folder, 'old'));
    writeFileSync(join(folder, 'old', 'b.json'), 'b');
    writeFiles(folder, files);
    expect(firstDifference(folder, files)).toBeUndefined();
    expect(readFileSync(join(folder, 'generate.ts'), 'utf8')).toBe('script');
  });

  it('is checked for missing, different and superfluous files', () => {
    writeFiles(folder, files);
    writeFileSync(join(folder, 'set', 'b.json'), 'b');
    expect(firstDifference(folder, files)).toBe('set/b.json is superfluous');
    writeFileSync(join(folder, 'set', 'a.json'), 'b');
    expect(firstDifference(folder, files)).toBe('set/a.json differs');
    rmSync(join(folder, 'set', 'a.json'));
    expect(firstDifference(folder, files)).toBe('set/a.json is missing');
  });
});

describe('a module', () => {
  /** Puts a command "go" first that answers like "go mod download -json". */
  function pretend(answer: object, code = 0) {
    writeFileSync(
      join(folder, 'go'),
      `#!/bin/sh\necho '${JSON.stringify(answer)}'\nexit ${code}\n`,
    );
    chmodSync(join(folder, 'go'), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  }

  it('is taken with the pinned checksum', () => {
    pretend({ Dir: '/modules/a', Sum: 'h1:a=' });
    expect(moduleFolder('example.com/a@v1.0.0', 'h1:a=')).toBe('/modules/a');
  });

  it('is refused with any other checksum', () => {
    pretend({ Dir: '/modules/a', Sum: 'h1:b=' });
    expect(() => moduleFolder('example.com/a@v1.0.0', 'h1:a=')).toThrow(
      'example.com/a@v1.0.0 has checksum h1:b=, but src/schemas/versions.json pins h1:a=',
    );
  });

  it('says why it could not be downloaded', () => {
    pretend({ Error: 'no such version' }, 1);
    expect(() => moduleFolder('example.com/a@v1.0.0', 'h1:a=')).toThrow(
      'example.com/a@v1.0.0 could not be downloaded: no such version',
    );
  });

  it('needs the command go', () => {
    vi.stubEnv('PATH', folder);
    expect(() => moduleFolder('example.com/a@v1.0.0', 'h1:a=')).toThrow(
      'the command "go" is not installed',
    );
  });
});
