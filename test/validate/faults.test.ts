import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kubernetesVersions } from '../../src/schemas/index.ts';
import { places } from '../places.ts';
import { textOf, validate } from './fixture.ts';

/** Each manifest in fixtures/, where its faults stand and what the author reads about them. */
const cases: Record<string, [place: string, said: string][]> = {
  'alias-bomb': [
    [
      '1:1 yaml-alias-bomb',
      'aliases multiply this document more than 100 times; write the values out',
    ],
  ],
  'anchor-inside-itself': [
    [
      '1:1 unreadable',
      "kubeconform cannot judge this: error unmarshalling resource: error converting YAML to JSON: yaml: anchor 'm' value contains itself",
    ],
  ],
  'anchors-and-merge-keys': [],
  'api-version-only-in-newer-minors': [
    [
      '1:13 not-in-version',
      'admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding is not in Kubernetes 1.35, only in 1.36, 1.37; say since=1.36 if it needs that',
    ],
  ],
  'api-version-only-in-older-minors': [
    [
      '1:13 not-in-version',
      'networking.k8s.io/v1beta1 IPAddress is not in Kubernetes 1.37, only in 1.35, 1.36; use networking.k8s.io/v1',
    ],
  ],
  'api-version-that-never-existed': [
    ['1:13 unknown-api-version', 'there is no v7 Service; Service is in v1'],
  ],
  'api-version-that-was-removed': [
    [
      '1:13 removed-api',
      'extensions/v1beta1 Ingress was removed in Kubernetes 1.22; use networking.k8s.io/v1 Ingress',
    ],
  ],
  'block-text-with-dashes': [
    ['10:10 wrong-type', 'data.count must be a string, not a number; quote the value'],
  ],
  'boolean-where-a-text-must-be': [
    [
      '8:16 wrong-type',
      'spec.podSelector.matchLabels.enabled must be a string, not a boolean; quote the value',
    ],
  ],
  'boolean-where-number-or-text-must-be': [
    ['10:19 wrong-type', 'spec.ports[0].targetPort must be an integer or string, not a boolean'],
  ],
  'comment-behind-the-separator': [
    ['21:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
  ],
  'comments-only': [
    ['1:1 no-manifest', 'there is no manifest here; write one or take the block or file away'],
  ],
  'document-that-ends-with-dots': [
    ['21:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
  ],
  'does-not-parse': [
    [
      '10:15 yaml-syntax',
      'this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  'duplicate-key-in-quotes': [
    ['5:3 yaml-duplicate-key', 'the key "name" stands twice in this map; keep one'],
  ],
  'duplicate-key': [['5:3 yaml-duplicate-key', 'the key name stands twice in this map; keep one']],
  'empty-documents': [
    ['16:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
  ],
  'empty-key': [
    ['5:3 yaml-key', 'a key must be a text; write one, in quotes if it has special characters'],
  ],
  'empty-kind': [
    ['1:1 no-kind', 'this document has no kind; every manifest begins with apiVersion and kind'],
  ],
  'explicit-keys': [
    ['6:5 wrong-type', 'data["long key"] must be a string, not a number; quote the value'],
  ],
  'fault-behind-an-alias': [
    ['6:10 wrong-type', 'metadata.labels.app must be a string, not a number; quote the value'],
    ['6:10 wrong-type', 'spec.selector.app must be a string, not a number; quote the value'],
  ],
  'fault-beside-a-merge-key': [['16:7 unknown-field', 'unknown field "prot" in spec.ports[1]']],
  'fault-in-a-merged-map': [
    ['13:7 unknown-field', 'unknown field "protokol" in spec.ports[0]; did you mean protocol?'],
    ['13:7 unknown-field', 'unknown field "protokol" in spec.ports[1]; did you mean protocol?'],
  ],
  format: [
    [
      '5:22 wrong-format',
      "metadata.creationTimestamp is not written as it must be (kubeconform: 'yesterday' is not valid",
    ],
  ],
  good: [],
  'helm-condition': [
    [
      '1:3 yaml-syntax',
      'this is not YAML: Block collections are not allowed within flow collections',
    ],
  ],
  'helm-output': [
    ['24:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
    ['24:7 missing-field', 'spec.ports[0] lacks "port"'],
  ],
  'helm-template': [['4:10 yaml-key', 'this is a template, not YAML; show what it renders']],
  'item-that-lost-its-indentation': [
    [
      '8:5 lost-indentation',
      'metadata is empty and name stands at the top level: the indentation is lost; indent what belongs below by two spaces',
    ],
  ],
  'json-with-tabs.json': [['5:3 unknown-field', 'unknown field "nmae" in metadata']],
  'kind-in-lower-case': [
    ['2:7 wrong-value', 'kind is "service"; it must be "Service"; did you mean Service?'],
  ],
  'kind-is-a-number': [['2:7 wrong-type', 'kind must be a string, not 1; quote the value']],
  'kind-of-an-unknown-crd': [
    [
      '2:7 unknown-kind',
      'no schema for example.com/v1 Quux; it is neither built in nor one of the CRDs this guide knows',
    ],
  ],
  'kind-of-the-experimental-channel': [
    [
      '1:13 not-in-channel',
      'gateway.networking.k8s.io/v1alpha2 UDPRoute is not in the standard channel of gateway-api, only in experimental; say channel=experimental if it needs ',
    ],
  ],
  'label-with-dots-and-slash': [
    [
      '6:32 wrong-type',
      'metadata.labels["app.kubernetes.io/version"] must be a string, not a number; quote the value',
    ],
  ],
  'list-as-a-key': [
    ['5:5 yaml-key', 'a key must be a text; write one, in quotes if it has special characters'],
  ],
  'list-in-lower-case': [['2:7 unknown-kind', 'there is no v1 list; write v1 List']],
  'list-of-an-unknown-version': [['1:13 unknown-kind', 'there is no v2 List; write v1 List']],
  'list-too-short': [['7:14 out-of-range', 'spec.listeners has 0 entries; at least 1 allowed']],
  'list-where-an-object-must-be': [
    ['7:5 wrong-type', 'spec.selector must be an object, not an array; take the dash away'],
  ],
  'list-whose-items-are-an-object': [
    ['3:1 wrong-type', 'a List needs items, and they must be a list; begin each with a dash'],
  ],
  'list-whose-second-item-is-wrong': [
    ['14:5 unknown-field', 'unknown field "dat" at the top level; did you mean data?'],
  ],
  'list-with-an-unknown-field': [
    ['3:1 unknown-field', 'unknown field "metdata" in a List, which has metadata and items'],
  ],
  'list-with-items-that-are-none': [
    [
      '6:5 no-kind',
      'this document has no apiVersion; every manifest begins with apiVersion and kind',
    ],
    [
      '7:5 not-a-manifest',
      'this is a single value, not an object; a manifest begins with apiVersion and kind',
    ],
    ['9:11 unknown-kind', 'no schema for v1 Servise; did you mean Service?'],
  ],
  'list-without-items': [
    ['1:1 missing-field', 'a List needs items, and they must be a list; begin each with a dash'],
  ],
  list: [],
  'lost-indentation-of-metadata': [
    [
      '3:1 lost-indentation',
      'metadata is empty and name stands at the top level: the indentation is lost; indent what belongs below by two spaces',
    ],
  ],
  'lost-indentation': [
    [
      '3:1 lost-indentation',
      'metadata and spec are empty and name, labels stand at the top level: the indentation is lost; indent what belongs below by two spaces',
    ],
  ],
  'merge-bomb': [
    [
      '1:1 yaml-alias-bomb',
      'aliases multiply this document more than 100 times; write the values out',
    ],
  ],
  'missing-field-of-an-item': [['9:7 missing-field', 'spec.ports[0] lacks "port"']],
  'missing-field': [['5:1 missing-field', 'spec lacks "selector"']],
  'no-apiversion': [
    [
      '1:1 no-kind',
      'this document has no apiVersion; every manifest begins with apiVersion and kind',
    ],
  ],
  'no-kind': [
    ['1:1 no-kind', 'this document has no kind; every manifest begins with apiVersion and kind'],
  ],
  'number-as-a-name': [
    ['4:9 wrong-type', 'metadata.name must be a string, not a number; quote the value'],
  ],
  'number-too-big': [
    ['9:13 out-of-range', 'spec.listeners[0].port has 99,999; at most 65,535 allowed'],
  ],
  'numbers-and-booleans-as-keys': [
    ['7:8 wrong-type', 'data["1.5"] must be a string, not a number; quote the value'],
  ],
  'object-on-the-separator-line': [['1:38 unknown-field', 'unknown field "prt" at the top level']],
  'object-where-a-list-must-be': [
    ['9:5 wrong-type', 'spec.ports must be an array, not an object; begin each entry with a dash'],
  ],
  'one-document-of-three-is-wrong': [
    ['20:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
  ],
  'one-document-of-two-does-not-parse': [
    [
      '2:1 yaml-syntax',
      'this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['12:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
  ],
  pattern: [
    [
      '11:16 wrong-pattern',
      "spec.containers[0].resources.limits.cpu is not written as it must be (kubeconform: 'lots' does not match pattern",
    ],
  ],
  'quote-not-closed': [['4:9 yaml-syntax', 'this is not YAML: Missing closing "quote']],
  'same-entry-twice': [
    [
      '10:21 duplicate-item',
      'spec.rules[0].filters[0].requestHeaderModifier.remove holds the same entry twice',
    ],
  ],
  tab: [['4:1 yaml-tab', 'a tab indents this line; YAML takes spaces only']],
  'text-where-a-number-must-be': [
    [
      '9:13 wrong-type',
      'spec.ports[0].port must be an integer, not a string; write it without quotes',
    ],
  ],
  'top-level-list': [
    [
      '1:1 not-a-manifest',
      'this is a list, not an object; a manifest begins with apiVersion and kind',
    ],
  ],
  'top-level-null': [
    [
      '2:1 not-a-manifest',
      'this is a single value, not an object; a manifest begins with apiVersion and kind',
    ],
  ],
  'top-level-text': [
    [
      '1:1 not-a-manifest',
      'this is a single value, not an object; a manifest begins with apiVersion and kind',
    ],
  ],
  'two-documents-and-only-dots-between': [
    ['20:7 unknown-field', 'unknown field "prt" in spec.ports[0]; did you mean port?'],
  ],
  'two-unknown-fields-in-one-object': [
    [
      '10:7 unknown-field',
      'unknown field "target_port" in spec.ports[0]; did you mean targetPort?',
    ],
    ['11:7 unknown-field', 'unknown field "nam" in spec.ports[0]; did you mean name?'],
  ],
  'unknown-anchor': [
    [
      '4:9 yaml-syntax',
      'this is not YAML: Unresolved alias (the anchor must be set before the alias): nowhere',
    ],
  ],
  'unknown-field-in-odd-letters': [
    ['5:3 unknown-field', 'unknown field "app.kubernetes.io/part-of" in metadata'],
    ['6:3 unknown-field', 'unknown field "it\'s" in metadata'],
    ['7:3 unknown-field', 'unknown field "say "x"" in metadata'],
    ['8:3 unknown-field', 'unknown field "a~b/c" in metadata'],
    ['9:3 unknown-field', 'unknown field "größe" in metadata'],
  ],
  'unknown-field-of-a-hundred-letters': [
    [
      '10:3 unknown-field',
      'unknown field "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" in spec',
    ],
  ],
  'unknown-field-without-a-near-one': [['10:3 unknown-field', 'unknown field "quux" in spec']],
  'unknown-field': [
    [
      '10:7 unknown-field',
      'unknown field "target_port" in spec.ports[0]; did you mean targetPort?',
    ],
  ],
  'unknown-kind': [['2:7 unknown-kind', 'no schema for v1 Servise; did you mean Service?']],
  'value-outside-of-an-enum': [
    [
      '9:19 wrong-value',
      'spec.rules[0].matches[0].path.type is "pathprefix"; it must be "Exact" or "PathPrefix" or "RegularExpression"; did you mean PathPrefix?',
    ],
  ],
  'yaml-directive': [
    [
      '3:1 unreadable',
      'kubeconform cannot judge this: error unmarshalling resource: error converting YAML to JSON: yaml: line 1: did not find expected <document start>',
    ],
  ],
};

const names = Object.keys(cases);

test('every fixture is listed', () => {
  const files = readdirSync(new URL('fixtures', import.meta.url));
  expect(names.map((name) => (name.includes('.') ? name : `${name}.yaml`)).sort()).toEqual(
    files.sort(),
  );
});

test.for(names)('%s', async (name) => {
  const expected = cases[name] ?? [];
  const { faults, documents } = await validate(textOf(name));
  expect(places(faults)).toEqual(expected.map(([place]) => place));
  for (const [i, [, said]] of expected.entries()) expect(faults[i]?.message).toContain(said);
  for (const { message } of faults) expect(message).not.toMatch(/[\n\r]/);
  const wrong = new Set(faults.map((fault) => fault.document)).size;
  expect(documents.filter((document) => !document.asStated)).toHaveLength(
    documents.length ? wrong : 0,
  );
});

test.for(['good', 'anchors-and-merge-keys', 'list'])(
  '%s is accepted by every version',
  async (name) => {
    const { documents } = await validate(textOf(name));
    expect(documents.map((document) => document.acceptedBy)).toEqual([kubernetesVersions]);
  },
);

test('a fault says in which versions it holds', async () => {
  const older = await validate(textOf('api-version-only-in-older-minors'));
  const newer = await validate(textOf('api-version-only-in-newer-minors'));
  const always = await validate(textOf('unknown-field'));
  expect(older.faults[0]?.kubernetes).toEqual(['1.37']);
  expect(newer.faults[0]?.kubernetes).toEqual(['1.35']);
  expect(always.faults[0]?.kubernetes).toEqual(kubernetesVersions);
});

test('the documents around a wrong one keep their verdict', async () => {
  const { documents } = await validate(textOf('one-document-of-three-is-wrong'));
  expect(documents.map(({ line, asStated }) => [line, asStated])).toEqual([
    [1, true],
    [11, false],
    [22, true],
  ]);
});
