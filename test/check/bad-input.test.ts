import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { allFaults } from '../../src/check/unit.ts';
import { judges } from '../judges.ts';
import { places } from '../places.ts';
import { inTempFolder } from '../temp.ts';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
const good = `${fixtures}good.yaml`;

/** What is wrong, in a file and in the first block of a page whose second block is good. */
const inFilesAndPages: Record<string, [inFile: string, inPage: string]> = {
  'not-yaml': ['8:15 yaml-syntax', '11:15 yaml-syntax'],
  'tab-indentation': ['4:1 yaml-tab', '7:1 yaml-tab'],
  'duplicate-key': ['5:3 yaml-duplicate-key', '8:3 yaml-duplicate-key'],
  'lost-indentation': ['3:1 lost-indentation', '6:1 lost-indentation'],
  'unknown-field': ['8:7 unknown-field', '11:7 unknown-field'],
  'wrong-type': ['7:29 wrong-type', '10:29 wrong-type'],
  'unknown-kind': ['2:7 unknown-kind', '5:7 unknown-kind'],
  'removed-api-version': ['1:13 removed-api', '4:13 removed-api'],
  'api-version-that-never-was': ['1:13 unknown-api-version', '4:13 unknown-api-version'],
  'no-kind': ['1:1 no-kind', '4:1 no-kind'],
  'alias-bomb': ['1:1 yaml-alias-bomb', '4:1 yaml-alias-bomb'],
};
const inPages: Record<string, string> = {
  'unclosed-fence': '3:3 fence-unclosed',
  'unknown-fence-key': '3:9 fence-key',
  'unknown-fence-language': '3:4 fence-language',
  'not-mdx': '1:15 page-syntax',
  'broken-diagram': '7:1 mermaid-syntax',
};

/** Checks a bad file beside a good one: the faults, and how many documents were good. */
async function besideGood(path: string) {
  const report = await check([path, good], { judges });
  const faults = allFaults(report);
  const documents = report.units.flatMap((unit) => unit.documents);
  return {
    places: places(faults),
    messages: faults.map((fault) => fault.message),
    judged: documents.filter((document) => document.acceptedBy.length === 3).length,
  };
}

test('every fixture is listed', () => {
  const listed = [
    'good.yaml',
    ...Object.keys(inFilesAndPages).flatMap((name) => [`${name}.yaml`, `${name}.mdx`]),
    ...Object.keys(inPages).map((name) => `${name}.mdx`),
  ];
  const files = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name).sort()).toEqual(listed.sort());
});

describe('a bad file is one fault in its place, and the good one beside it is judged', () => {
  test.for(Object.entries(inFilesAndPages))('%s', async ([name, [place]]) => {
    const found = await besideGood(`${fixtures}${name}.yaml`);
    expect(found).toMatchObject({ places: [place], judged: 1 });
  });
});

describe('a bad block is one fault in its place, and the good one below it is judged', () => {
  const pages = [
    ...Object.entries(inFilesAndPages).map(([name, [, place]]) => [name, place] as const),
    ...Object.entries(inPages),
  ];
  test.for(pages)('%s', async ([name, place]) => {
    const found = await besideGood(`${fixtures}${name}.mdx`);
    expect(found).toMatchObject({ places: [place], judged: 2 });
  });
});

describe('what cannot be read is one fault, and the good file beside it is judged', () => {
  const latin = Buffer.concat([
    Buffer.from('a: b\nc: gr'),
    Buffer.from([0xfc]),
    Buffer.from('n\n'),
  ]);
  const fence = '```yaml\n';
  test.for<[string, string, string | Uint8Array, string]>([
    ['text that is not UTF-8', 'a.yaml', latin, '2:6 not-utf8'],
    ['a page that is not UTF-8', 'a.mdx', latin, '2:6 not-utf8'],
    [
      'a column behind an umlaut',
      'a.yaml',
      Buffer.concat([Buffer.from('ü: '), Buffer.from([0xff])]),
      '1:4 not-utf8',
    ],
    [
      'UTF-16, as Windows writes it',
      'a.yaml',
      Buffer.from('\ufeffa: b\n', 'utf16le'),
      '1:1 not-utf8',
    ],
    ['UTF-16 without a mark', 'a.mdx', Buffer.from(`${fence}a: b\n`, 'utf16le'), '1:2 not-utf8'],
    ['line ends of old Macs', 'a.yaml', 'a: b\rc: d\r', '1:5 line-end'],
    ['line ends of old Macs in a page', 'a.mdx', `Text.\n${fence}a: b\rc: d\n`, '3:5 line-end'],
    ['a file of ten megabytes', 'a.yaml', '#'.repeat(10_000_000), '0:0 too-large'],
    ['a page of ten megabytes', 'a.mdx', ' '.repeat(10_000_000), '0:0 too-large'],
    ['an empty file', 'a.yaml', '', '1:1 no-manifest'],
    ['an empty block', 'a.mdx', `${fence}\`\`\`\n`, '2:1 no-manifest'],
    ['quotes in quotes without end', 'a.mdx', `${'>'.repeat(20_000)} a\n`, '1:1 page-syntax'],
    ['lists in lists without end', 'a.md', `${'- '.repeat(10_000)}a\n`, '1:1 page-syntax'],
  ])('%s', async ([, name, content, place]) => {
    await inTempFolder(async (write) => {
      const found = await besideGood(await write(name, content));
      expect(found).toMatchObject({ places: [place], judged: 1 });
      expect(found.messages.join()).not.toMatch(/\n|undefined/);
    });
  });
});

describe('what editors leave behind changes nothing', () => {
  const manifest = 'apiVersion: v1\nkind: Service\nmetadata:\n  nmae: web\n';
  test.for<[string, string, string, string]>([
    ['a byte-order mark', 'a.yaml', `\ufeff${manifest}`, '4:3 unknown-field'],
    [
      'a byte-order mark before front matter',
      'a.mdx',
      `\ufeff---\ntitle: x\n---\n\n${'```'}yaml\n${manifest}${'```'}\n`,
      '9:3 unknown-field',
    ],
    ['CRLF line ends', 'a.yaml', manifest.replaceAll('\n', '\r\n'), '4:3 unknown-field'],
    ['no line end at the end', 'a.yaml', manifest.trimEnd(), '4:3 unknown-field'],
    ['a file name in capitals', 'A.YAML', manifest, '4:3 unknown-field'],
    ['an extension of three letters', 'a.yml', manifest, '4:3 unknown-field'],
    [
      'JSON',
      'a.json',
      '{"apiVersion":"v1","kind":"Service",\n "metadata":{"nmae":"web"}}',
      '2:14 unknown-field',
    ],
  ])('%s', async ([, name, content, place]) => {
    await inTempFolder(async (write) => {
      expect(await besideGood(await write(name, content))).toMatchObject({
        places: [place],
        judged: 1,
      });
    });
  });
});

test('a file of exactly the largest size is read', async () => {
  const size = 5 * 1024 * 1024;
  await inTempFolder(async (write) => {
    const comment = '#'.repeat(size);
    expect((await besideGood(await write('a.yaml', comment))).places).toEqual(['1:1 no-manifest']);
    expect((await besideGood(await write('b.yaml', `${comment}#`))).places).toEqual([
      '0:0 too-large',
    ]);
  });
});
