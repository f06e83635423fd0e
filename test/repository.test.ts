import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../src/check/repository.ts';

/** Runs a script of the repository; returns what it says when it fails, '' when all is well. */
function complaints(script: string, ...args: string[]): string {
  try {
    execFileSync(process.execPath, [join(repository, script), ...args], {
      cwd: repository,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    const { stdout, stderr, message } = error as {
      stdout: string;
      stderr: string;
      message: string;
    };
    return `${stdout}${stderr}` || message;
  }
}

describe('the code', () => {
  test('has no type errors (tsc)', () => {
    expect(complaints('node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false')).toBe('');
  });

  test('is formatted and without lint (npm run format mends most)', () => {
    expect(complaints('node_modules/@biomejs/biome/bin/biome', 'check', '--colors=off')).toBe('');
  });
});

describe('the lock file', () => {
  test('names no download addresses, so that it works with any registry', () => {
    expect(readFileSync(join(repository, 'package-lock.json'), 'utf8')).not.toContain(
      '"resolved": "http',
    );
  });

  test('names the optional packages of every platform, so that npm ci works everywhere', () => {
    expect(complaints('tools/complete-lock.mjs', '--check')).toBe('');
  });
});
