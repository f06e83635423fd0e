import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { allFaults } from '../../src/check/unit.ts';
import { judges } from '../judges.ts';
import { inTempFolder } from '../temp.ts';

const good = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';
const wrong = `${good}  nmae: x\n`;
const experimental = `apiVersion: gateway.networking.k8s.io/v1alpha2
kind: UDPRoute
metadata: { name: dns }
spec: { rules: [{ backendRefs: [{ name: dns, port: 53 }] }] }
`;
const examples: Record<string, string> = {
  'good.yaml': good,
  'wrong.yaml': wrong,
  'rejected.yaml': `# guide: rejected="unknown field \\"nmae\\""\n${wrong}`,
  'rejected-crlf.yaml': `# guide: rejected="unknown field"\r\n${wrong.replaceAll('\n', '\r\n')}`,
  'experimental.yaml': `# guide: channel=experimental\n${experimental}`,
  'bad-header.yaml': `# guide: sinse=1.36\n${good}`,
  'empty.yaml': '',
  'latin.yaml': 'a: \xff',
  'sub/deep.yaml': good,
};

async function found(page: string, ...more: string[]) {
  return inTempFolder(async (write, folder) => {
    for (const [name, text] of Object.entries(examples)) {
      await write(
        join('examples', name),
        name === 'latin.yaml' ? Buffer.from(text, 'latin1') : text,
      );
    }
    await write('page.mdx', `Text.\n\n${page}`);
    const report = await check(
      ['page.mdx', ...more].map((path) => join(folder, path)),
      { judges, examples: join(folder, 'examples') },
    );
    return {
      report,
      faults: allFaults(report).map(
        ({ file, line, column, rule, message }) =>
          `${file.replace(`${folder}/`, '')}:${line}:${column} ${rule}: ${message}`,
      ),
    };
  });
}
const block = (info: string, text = '') => `\`\`\`yaml ${info}\n${text}\`\`\`\n`;

test.for([
  'good.yaml',
  'sub/deep.yaml',
  'rejected.yaml',
  'rejected-crlf.yaml',
  'experimental.yaml',
])('%s is as stated, and its documents count', async (name) => {
  const { report, faults } = await found(block(`file=${name}`));
  expect(faults).toEqual([]);
  expect(report.files).toBe(2);
  const unit = report.units.find((u) => u.type === 'snippet');
  expect(unit?.embeds?.text).toBe(examples[name]);
  expect(unit?.embeds?.unit.documents).toHaveLength(1);
  expect(unit?.refusals).toHaveLength(name.startsWith('rejected') ? 1 : 0);
});

describe('faults', () => {
  test.for<[string, string, string]>([
    [
      'a wrong file is reported in the file',
      block('file=wrong.yaml'),
      'examples/wrong.yaml:5:3 unknown-field: unknown field "nmae"',
    ],
    [
      'a header that cannot be read',
      block('file=bad-header.yaml'),
      'examples/bad-header.yaml:1:10 fence-key: unknown fence key "sinse"',
    ],
    ['an empty file', block('file=empty.yaml'), 'examples/empty.yaml:1:1 no-manifest'],
    ['a file that is not UTF-8', block('file=latin.yaml'), 'examples/latin.yaml:1:4 not-utf8'],
    [
      'a file that is missing is reported in the page',
      block('file=nope.yaml'),
      'page.mdx:3:1 file-missing: examples/nope.yaml: no such file or folder',
    ],
    [
      'a file in a folder that is missing',
      block('file=no/pe.yaml'),
      'page.mdx:3:1 file-missing: examples/no/pe.yaml: no such file or folder',
    ],
    [
      'a file above examples/',
      block('file=../good.yaml'),
      'page.mdx:3:9 fence-key: file needs a value',
    ],
    [
      'a block with text of its own',
      block('file=good.yaml', 'a: b\n'),
      'page.mdx:3:1 file-and-text: the block takes its text from good.yaml; leave it empty',
    ],
    [
      'lines behind the end',
      block('file=good.yaml lines=2-5'),
      'page.mdx:3:1 fence-key: lines=2-5 is outside of good.yaml, which has 4 lines',
    ],
    [
      'lines the wrong way round',
      block('file=good.yaml lines=3-2'),
      'page.mdx:3:1 fence-key: lines=3-2 is outside',
    ],
  ])('%s', async ([, page, said]) => {
    const { faults } = await found(page);
    expect(faults).toEqual([expect.stringContaining(said)]);
  });
  test('a missing file is reported on each page that asks for it, and the rest is judged', async () => {
    const { faults, report } = await found(
      block('file=nope.yaml') + block('file=nope.yaml') + block('file=good.yaml'),
    );
    expect(faults.map((fault) => fault.slice(0, 23))).toEqual([
      'page.mdx:3:1 file-missi',
      'page.mdx:5:1 file-missi',
    ]);
    expect(report.units.flatMap((unit) => unit.documents)).toHaveLength(1);
  });
});

test('a file that is embedded twice and checked by name is reported once', async () => {
  const { faults, report } = await found(
    block('file=wrong.yaml') + block('file=wrong.yaml lines=1-2'),
    'examples/wrong.yaml',
  );
  expect(faults).toHaveLength(1);
  expect(report.files).toBe(2);
});

test.for(['lines=1-4', 'lines=4-4'])('%s of a file with four lines is inside', async (lines) => {
  expect((await found(block(`file=good.yaml ${lines}`))).faults).toEqual([]);
});
