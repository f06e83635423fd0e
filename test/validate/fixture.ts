import { readFileSync } from 'node:fs';
import type { Stated } from '../../src/validate/validate.ts';
import { type ManifestReport, validateManifests } from '../../src/validate/validate.ts';
import { judges } from '../judges.ts';

export function textOf(name: string): string {
  const file = name.includes('.') ? name : `${name}.yaml`;
  return readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8');
}

export function validate(text: string, stated: Stated = {}): Promise<ManifestReport> {
  return validateManifests(text, stated, judges);
}
