/**
 * How long and how much memory the whole matrix takes, by class of endpoints, and how both grow. Each size
 * runs in a process of its own, so that memory is its own too: `npm run bench`, or one size with
 * `npm run bench -- 10000 1000`.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ManifestObject } from '../src/cluster/objects.ts';
import { asLabels } from '../src/cluster/objects.ts';
import { analyze } from '../src/policy/analyze.ts';
import { generate, type Size } from './cluster.ts';

const sizes: Size[] = [100, 1_000, 10_000].flatMap((pods) =>
  [10, 100, 1_000].map((policies) => ({ pods, policies })),
);
/** The aim for 10,000 Pods and 1,000 policies. */
const aim = { milliseconds: 2_000, megabytes: 500 };

interface Measured extends Size {
  classes: number;
  pairs: number;
  milliseconds: number;
  /** of the whole process at its highest, the generated manifests included */
  megabytes: number;
}

const [pods, policies] = process.argv.slice(2).map(Number);
if (pods !== undefined && policies !== undefined) {
  process.stdout.write(`${JSON.stringify(measure({ pods, policies }))}\n`);
} else {
  run();
}

function run(): void {
  process.stdout.write('  Pods  policies  classes      pairs        ms    MB\n');
  for (const size of sizes) {
    const script = fileURLToPath(import.meta.url);
    const output = execFileSync(
      process.execPath,
      [...process.execArgv, script, String(size.pods), String(size.policies)],
      {
        encoding: 'utf8',
      },
    );
    const { pods, policies, classes, pairs, milliseconds, megabytes }: Measured =
      JSON.parse(output);
    const columns = [
      String(pods).padStart(6),
      String(policies).padStart(8),
      String(classes).padStart(7),
      String(pairs).padStart(9),
      milliseconds.toFixed(1).padStart(8),
      megabytes.toFixed(0).padStart(4),
    ];
    process.stdout.write(`${columns.join('  ')}\n`);
    if (pods === 10_000 && policies === 1_000) {
      const reached = milliseconds < aim.milliseconds && megabytes < aim.megabytes;
      process.stdout.write(
        `aim: ${aim.milliseconds} ms, ${aim.megabytes} MB: ${reached ? 'reached' : 'missed'}\n`,
      );
      if (!reached) process.exitCode = 1;
    }
  }
}

/** From objects to every decision between two classes; reading the text is another matter. */
function measure(size: Size): Measured {
  const objects = generate(size).map(toObject);
  const start = performance.now();
  const { connections } = analyze(objects);
  let pairs = 0;
  for (const from of connections.parties) {
    for (const to of connections.parties) {
      if (from.peer.type === 'range' && to.peer.type === 'range') continue;
      connections.decision(from, to);
      pairs++;
    }
  }
  return {
    ...size,
    classes: connections.parties.length,
    pairs,
    milliseconds: performance.now() - start,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

function toObject(value: object): ManifestObject {
  const { apiVersion, kind, metadata } = value as {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  };
  return {
    apiVersion,
    kind,
    name: metadata.name,
    namespace: metadata.namespace,
    labels: asLabels(metadata.labels),
    value: value as Record<string, unknown>,
    file: 'generated',
    placeOf: () => ({ line: 1, column: 1 }),
  };
}
