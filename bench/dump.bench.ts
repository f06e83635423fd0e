/**
 * How long `guide connections` takes for what `kubectl get -A -o yaml` (and `-o json`) prints of a large
 * cluster, and how much memory: `npm run bench:dump`, or another size in megabytes with
 * `npm run bench:dump -- 10`. The dump is written to a temporary folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { generate } from './cluster.ts';

const megabytes = Number(process.argv[2] ?? 50);
const guide = fileURLToPath(new URL('../src/cli/guide.ts', import.meta.url));

/** What fills a Pod of a dump besides what policies look at. */
const filler = {
  env: Array.from({ length: 20 }, (_, i) => ({
    name: `SETTING_${i}`,
    value: `a value of number ${i}`,
  })),
  image: 'registry.example/program:1.2.3',
  livenessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
  resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  volumeMounts: [
    { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'kube-api-access' },
  ],
};
const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
  lastProbeTime: null,
  lastTransitionTime: '2026-01-01T00:00:00Z',
  status: 'True',
  type,
}));

interface Manifest {
  kind: string;
  spec?: { containers?: object[] };
  status?: object;
}

function asDumped(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Pod') return manifest;
  const containers = manifest.spec?.containers?.map((container) => ({ ...filler, ...container }));
  return { ...manifest, spec: { containers }, status: { conditions, ...manifest.status } };
}

const folder = mkdtempSync(join(tmpdir(), 'guide-dump-'));
try {
  const each =
    stringify(asDumped(generate({ pods: 1, policies: 0 }).at(-1) as Manifest)).length * 1.2;
  const pods = Math.round((megabytes * 1024 * 1024) / each);
  const items = (generate({ pods, policies: 200 }) as Manifest[]).map(asDumped);
  const yaml = items.map((item) => `- ${stringify(item).trimEnd().replaceAll('\n', '\n  ')}\n`);
  const dumps = {
    'dump.yaml': `apiVersion: v1\nitems:\n${yaml.join('')}kind: List\nmetadata:\n  resourceVersion: ""\n`,
    'dump.json': JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: {} }, null, 4),
  };
  for (const [name, text] of Object.entries(dumps)) {
    const file = join(folder, name);
    writeFileSync(file, text);
    measure(name, file, text.length);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function measure(name: string, file: string, size: number): void {
  const report = `process.on('exit', () => { const { maxRSS, userCPUTime } = process.resourceUsage(); process.stderr.write('\\n' + JSON.stringify({ maxRSS, userCPUTime })); });`;
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...process.execArgv,
      `--import=data:text/javascript,${encodeURIComponent(report)}`,
      guide,
      'connections',
      file,
      '--from',
      'ns-1/*',
      '--to',
      'ns-1/*',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const seconds = (performance.now() - start) / 1000;
  const { maxRSS, userCPUTime } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  const figures = [
    `${(size / 1024 / 1024).toFixed(0)} MB`,
    `${seconds.toFixed(1)} s`,
    `${(userCPUTime / 1e6).toFixed(1)} s of CPU`,
    `${(maxRSS / 1024).toFixed(0)} MB of memory`,
    `exit code ${status}`,
  ];
  process.stdout.write(`${name}: ${figures.join(', ')}\n`);
}
