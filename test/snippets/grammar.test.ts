import { describe, expect, test } from 'vitest';
import { parseFence } from '../../src/snippets/fence.ts';
import { classify } from '../../src/snippets/grammar.ts';

const read = (info: string) => classify(parseFence(info));

describe('every row of the grammar is taken', () => {
  const manifest = { class: 'manifest' };
  test.for<[string, object]>([
    ['yaml', manifest],
    ['yml', manifest],
    ['YAML', manifest],
    ['json', manifest],
    ['yaml file=a/b-c/d_e.yaml', { ...manifest, file: 'a/b-c/d_e.yaml' }],
    ['yaml file=a.yml', { ...manifest, file: 'a.yml' }],
    ['json file=a.json', { ...manifest, file: 'a.json' }],
    ['yaml file=a.yaml lines=5-12', { ...manifest, file: 'a.yaml', lines: [5, 12] }],
    ['yaml rejected="unknown field \\"a\\""', { ...manifest, rejected: 'unknown field "a"' }],
    ['yaml since=1.36', { ...manifest, since: '1.36' }],
    ['yaml channel=experimental', { ...manifest, channel: 'experimental' }],
    [
      'yaml since=1.36 channel=experimental',
      { ...manifest, since: '1.36', channel: 'experimental' },
    ],
    [
      'yaml fragment=NetworkPolicy.spec.ingress',
      { ...manifest, fragment: 'NetworkPolicy.spec.ingress' },
    ],
    ['yaml fragment=A.b[].c', { ...manifest, fragment: 'A.b[].c' }],
    ['yaml fragment=A', { ...manifest, fragment: 'A' }],
    ['yaml title="A title" showLineNumbers {1,3-5}', manifest],
    ['mermaid', { class: 'diagram' }],
    ['bash', { class: 'listed' }],
    ['bash cluster', { class: 'listed' }],
    ['bash cluster title="x"', { class: 'listed' }],
    ['console', { class: 'listed' }],
    ['text', { class: 'listed' }],
    ['md', { class: 'listed' }],
    ['ts title="x.ts" {1}', { class: 'listed' }],
  ])('%s', ([info, statement]) => {
    expect(read(info)).toEqual({ statement, problems: [] });
  });
});

describe('what no check owns is refused', () => {
  test.for<[string, string, string]>([
    ['', 'fence-language', 'a block without a language is checked by nothing'],
    ['{1,2}', 'fence-language', 'a block without a language is checked by nothing'],
    ['yamll', 'fence-language', 'no check owns a block of language "yamll"; use one of yaml, yml'],
    ['toString', 'fence-language', 'no check owns a block of language "toString"'],
    ['dockerfile', 'fence-language', 'no check owns a block of language "dockerfile"'],
    ['title="x.yaml"', 'fence-language', 'no check owns a block of language "title="x.yaml""'],
  ])('%s', ([info, rule, said]) => {
    const { statement, problems } = read(info);
    expect(statement).toBeUndefined();
    expect(problems).toEqual([expect.objectContaining({ rule, offset: 0 })]);
    expect(problems[0]?.message).toContain(said);
  });
});

describe('keys that do not fit are refused, with their place', () => {
  test.for<[string, number, string]>([
    [
      'yaml sinse=1.36',
      5,
      'unknown fence key "sinse"; yaml takes file, lines, rejected, since, channel, fragment, title, showLineNumbers (did you mean since?)',
    ],
    ['yaml quux', 5, 'unknown fence key "quux"; yaml takes file, lines'],
    ['yaml toString=1', 5, 'unknown fence key "toString"'],
    ['yaml cluster', 5, 'unknown fence key "cluster"'],
    ['console cluster', 8, 'unknown fence key "cluster"'],
    ['text since=1.36', 5, 'unknown fence key "since"'],
    ['mermaid title="x"', 8, 'unknown fence key "title"; mermaid takes none'],
    ['mermaid {1}', 8, 'unknown fence key "{}"; mermaid takes none'],
    ['yaml file', 5, 'file needs a value like file=network-policy'],
    ['yaml file=policy', 5, 'file needs a value like'],
    ['yaml file=policy.txt', 5, 'file needs a value like'],
    ['yaml file=/etc/a.yaml', 5, 'file needs a value like'],
    ['yaml file=../a.yaml', 5, 'file needs a value like'],
    ['yaml file=a/../../b.yaml', 5, 'file needs a value like'],
    ['yaml file="a b.yaml"', 5, 'file needs a value like'],
    ['yaml file=a\\b.yaml', 5, 'file needs a value like'],
    ['yaml file=a//b.yaml', 5, 'file needs a value like'],
    ['yaml file=a.yaml lines=5', 17, 'lines needs a value like lines=5-12'],
    ['yaml file=a.yaml lines=0-3', 17, 'lines needs a value like lines=5-12'],
    ['yaml rejected', 5, 'rejected needs a value like rejected="part of the message"'],
    ['yaml rejected=""', 5, 'rejected needs a value like'],
    ['yaml rejected=" "', 5, 'rejected needs a value like'],
    ['yaml since=v1.36', 5, 'since needs a value like since=1.36'],
    ['yaml since=1.36.1', 5, 'since needs a value like since=1.36'],
    ['yaml since', 5, 'since needs a value like since=1.36'],
    ['yaml channel=standard', 5, 'channel needs a value like channel=experimental'],
    [
      'yaml fragment=spec.ingress',
      5,
      'fragment needs a value like fragment=NetworkPolicy.spec.ingress',
    ],
    ['yaml fragment=A..b', 5, 'fragment needs a value like'],
    ['yaml fragment=[]', 5, 'fragment needs a value like'],
    ['yaml lines=1-2', 5, 'lines goes with file='],
    [
      'yaml file=a.yaml rejected="x"',
      17,
      'rejected belongs into the first line of the file: # guide: rejected=…',
    ],
    ['yaml since=1.36 file=a.yaml', 5, 'since belongs into the first line of the file'],
    [
      'yaml file=a.yaml channel=experimental',
      17,
      'channel belongs into the first line of the file',
    ],
    [
      'yaml file=a.yaml fragment=A.b',
      17,
      'a file is a whole manifest; show part of it with lines=5-12',
    ],
    [
      'yaml rejected="x" since=1.36',
      18,
      'refused by every version or accepted since one, not both',
    ],
    ['yaml since=1.36 since=1.37', 16, 'the key since stands twice'],
    ['yaml title="open', 5, 'cannot read title="open'],
  ])('%s', ([info, offset, said]) => {
    const { problems } = read(info);
    expect(problems).toEqual([expect.objectContaining({ rule: 'fence-key', offset })]);
    expect(problems[0]?.message).toContain(said);
  });
});
