import { expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { allFaults } from '../../src/check/unit.ts';
import { judges } from '../judges.ts';
import { inTempFolder } from '../temp.ts';

const manifest = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
const block = (name: string) => `\`\`\`yaml\n${manifest(name)}\`\`\`\n`;

/** A validator that breaks down over one object, as a program may that runs out of memory. */
const brittle: typeof judges = {
  ...judges,
  judge: (document, ...rest) =>
    document.text.includes('name: breaks')
      ? Promise.reject(new Error('out of memory'))
      : judges.judge(document, ...rest),
};

async function found(files: Record<string, string>) {
  return inTempFolder(async (write, folder) => {
    for (const [name, text] of Object.entries(files)) await write(name, text);
    const report = await check([folder], { judges: brittle });
    return {
      judged: report.units.flatMap((unit) => unit.documents).filter((d) => d.asStated).length,
      faults: allFaults(report).map(
        ({ file, line, rule, message }) =>
          `${file.replace(`${folder}/`, '')}:${line} ${rule}: ${message}`,
      ),
    };
  });
}

test('a file that breaks the validator is one fault, and the others are judged', async () => {
  expect(await found({ 'a.yaml': manifest('breaks'), 'b.yaml': manifest('good') })).toEqual({
    judged: 1,
    faults: ['a.yaml:0 check-failed: this cannot be checked: out of memory'],
  });
});

test('a block that breaks the validator is one fault, and the others are judged', async () => {
  const page = block('good') + block('breaks') + block('good');
  expect(await found({ 'a.mdx': page, 'b.yaml': manifest('good') })).toEqual({
    judged: 3,
    faults: ['a.mdx:7 check-failed: this cannot be checked: out of memory'],
  });
});

test('a page that breaks the MDX parser is one fault, and its blocks are judged', async () => {
  const depth = 10_000;
  const page = `${'<a>'.repeat(depth)}x${'</a>'.repeat(depth)}\n\n${block('good')}`;
  expect(await found({ 'a.mdx': page, 'b.yaml': manifest('good') })).toEqual({
    judged: 2,
    faults: ['a.mdx:1 page-syntax: the page is not MDX: it is nested too deeply'],
  });
});
