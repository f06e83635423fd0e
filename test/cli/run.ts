import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../src/check/repository.ts';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `guide …` as a process; a slow reader takes its output in small sips. */
export function guide(
  args: string[],
  { cwd = repository, input, slow = false }: { cwd?: string; input?: string; slow?: boolean } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repository, 'src/cli/guide.ts'), ...args], { cwd });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      out += text;
      if (!slow) return;
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 5);
    });
    child.stderr.on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err: withoutNoise(err) }));
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

/** What Node itself may print about TypeScript is no part of the answer. */
function withoutNoise(text: string): string {
  return text
    .split('\n')
    .filter(
      (line) =>
        !/^\(node:\d+\)|^\(Use `node --trace|^Reparsing as ES|^To eliminate this/.test(line),
    )
    .join('\n');
}
