import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inTempFolder } from '../temp.ts';

const guide = fileURLToPath(new URL('../../src/cli/guide.ts', import.meta.url));
const good = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';
const wrong = `${good}  nmae: x\n`;

/** Runs `guide check` as a user does. `reads: false` is a reader such as `head` that stops at once. */
async function run(args: string[], { cwd = '.', reads = true } = {}) {
  const child = spawn(process.execPath, [guide, 'check', ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  let out = '';
  let errors = '';
  if (reads) child.stdout.on('data', (data) => (out += data));
  else child.stdout.destroy();
  child.stderr.on('data', (data) => (errors += data));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out: stripVTControlCharacters(out), errors };
}

test('all is well: the summary and exit code 0', async () => {
  await inTempFolder(async (write, folder) => {
    await write('a.yaml', good);
    expect(await run(['a.yaml'], { cwd: folder })).toEqual({
      code: 0,
      out: '1 file, 0 snippets, 1 document · 1 as stated, 0 not · Kubernetes 1.35, 1.36, 1.37 · 0 faults\n',
      errors: '',
    });
  });
});

test('a fault: its line, the summary and exit code 1', async () => {
  await inTempFolder(async (write, folder) => {
    await write(
      'docs/a.mdx',
      `- item\n\n  \`\`\`yaml\n${wrong.replace(/^(?=.)/gm, '  ')}  \`\`\`\n`,
    );
    const { code, out } = await run(['docs'], { cwd: folder });
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        /^docs\/a\.mdx:8:5 {2}unknown-field {2}unknown field "nmae" in metadata/,
      ),
      '    |     nmae: x',
      '    |     ^',
      expect.stringMatching(/^1 file, 1 snippet, 1 document · 0 as stated, 1 not · .* · 1 fault$/),
      '',
    ]);
  });
});

test('a path that does not exist: exit code 1', async () => {
  await inTempFolder(async (_, folder) => {
    const { code, out } = await run(['nope.yaml'], { cwd: folder });
    expect(code).toBe(1);
    expect(out).toContain('nope.yaml  unreadable  cannot read this: no such file or folder\n');
  });
});

test('--json: only JSON, and exit code 1', async () => {
  await inTempFolder(async (write, folder) => {
    await write('a.yaml', wrong);
    const { code, out, errors } = await run(['a.yaml', '--json'], { cwd: folder });
    expect({ code, errors }).toEqual({ code: 1, errors: '' });
    expect(JSON.parse(out)).toMatchObject({
      summary: { files: 1, snippets: 0, documents: 1, valid: 0, invalid: 1 },
      results: [{ file: 'a.yaml', line: 5, column: 3, kubernetes: '1.35, 1.36, 1.37' }],
    });
  });
});

test('--json of thousands of faults comes through a pipe whole', async () => {
  await inTempFolder(async (write, folder) => {
    await write('a.yaml', 'kind: Service\n---\n'.repeat(4000));
    const { code, out } = await run(['a.yaml', '--json'], { cwd: folder });
    expect(code).toBe(1);
    expect(out.length).toBeGreaterThan(1_000_000);
    expect(JSON.parse(out).results).toHaveLength(4000);
  });
});

test('a reader that stops early, such as head, gets no stack trace', async () => {
  await inTempFolder(async (write, folder) => {
    await write('a.yaml', 'kind: Service\n---\n'.repeat(4000));
    const { errors } = await run(['a.yaml', '--json'], { cwd: folder, reads: false });
    expect(errors).toBe('');
  });
});

describe('--kubernetes', () => {
  const newer =
    'apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicyBinding\nspec: { policyName: a }\n';
  test.for<[string, number, string]>([
    ['1.37', 0, 'Kubernetes 1.37 · 0 faults'],
    ['1.35', 1, 'Kubernetes 1.35 · 1 fault'],
    ['1.37 1.35 1.37', 1, 'Kubernetes 1.35, 1.37 · 1 fault'],
  ])('%s', async ([versions, expected, said]) => {
    await inTempFolder(async (write, folder) => {
      await write('a.yaml', newer);
      const { code, out } = await run(['a.yaml', '--kubernetes', ...versions.split(' ')], {
        cwd: folder,
      });
      expect(code).toBe(expected);
      expect(out).toContain(said);
    });
  });
  test('a version that is not supported is refused', async () => {
    const { code, errors } = await run(['.', '--kubernetes', '1.12']);
    expect(code).toBeGreaterThan(0);
    expect(errors).toContain('1.35, 1.36, 1.37');
  });
});
