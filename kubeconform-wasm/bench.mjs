// Measures kubeconform.wasm: size, time to the first verdict, and documents per second
// beside the native kubeconform of the same go.mod, on the same files and schemas.
//   node bench.mjs [folder of manifests] [folder of schemas] [kubernetes]
// Without a folder of manifests it generates one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const here = import.meta.dirname;
const schemas = resolve(process.argv[3] ?? join(here, '../schemas/kubernetes'));
const kubernetes = process.argv[4] ?? '1.37';
const scratch = mkdtempSync(join(tmpdir(), 'kubeconform-bench-'));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** 200 files of 20 documents: Deployments, Services and ConfigMaps, one document in 20 invalid. */
function generate(folder) {
  mkdirSync(folder);
  for (let file = 0; file < 200; file++) {
    const documents = [];
    for (let i = 0; i < 20; i++) {
      const head = (apiVersion, kind) =>
        `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: app-${file}-${i}\n  namespace: bench\n  labels:\n    app.kubernetes.io/name: app-${i}\n`;
      if (i % 3 === 0)
        documents.push(
          `${head('apps/v1', 'Deployment')}spec:\n  replicas: ${i === 3 ? '"three"' : i + 1}\n  selector:\n    matchLabels:\n      app: app-${i}\n  template:\n    metadata:\n      labels:\n        app: app-${i}\n    spec:\n      containers:\n        - name: web\n          image: registry.example/web:${file}\n          args: ["--port", "8080"]\n          env:\n            - name: MODE\n              value: "production"\n            - name: POD_IP\n              valueFrom:\n                fieldRef:\n                  fieldPath: status.podIP\n          ports:\n            - name: http\n              containerPort: 8080\n          readinessProbe:\n            httpGet:\n              path: /ready\n              port: http\n            periodSeconds: 5\n          resources:\n            requests:\n              cpu: 100m\n              memory: 64Mi\n            limits:\n              memory: 128Mi\n          securityContext:\n            runAsNonRoot: true\n            allowPrivilegeEscalation: false\n`,
        );
      else if (i % 3 === 1)
        documents.push(
          `${head('v1', 'Service')}spec:\n  type: ClusterIP\n  selector:\n    app: app-${i}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n    - name: metrics\n      port: 9090\n      targetPort: 9090\n`,
        );
      else
        documents.push(
          `${head('v1', 'ConfigMap')}data:\n  MODE: production\n  config.yaml: |\n    listen: 8080\n    upstreams:\n      - a\n      - b\n`,
        );
    }
    writeFileSync(join(folder, `${file}.yaml`), documents.join('---\n'));
  }
  return folder;
}

function firstVerdict() {
  const script = `
    const start = performance.now();
    const { createKubeconform } = await import(${JSON.stringify(pathToFileURL(join(here, 'index.js')).href)});
    const k = await createKubeconform({ schemas: ${JSON.stringify(pathToFileURL(schemas).href)} });
    const [v] = await k.validate('apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: a}\\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}\\n', { kubernetes: ${JSON.stringify(kubernetes)} });
    const time = performance.now() - start;
    if (v.status !== 'valid') throw new Error(JSON.stringify(v));
    console.log(time);
    k.close();`;
  return median(
    Array.from({ length: 11 }, () =>
      Number(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
      ),
    ),
  );
}

/** Seconds and the counts of valid, invalid and other verdicts. */
function native(command, manifests, args) {
  const location = `${schemas}/${kubernetes}/{{if eq .KindSuffix (printf "-%s" .Group)}}core{{else}}{{.Group}}{{end}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json`;
  const start = performance.now();
  const { stdout } = spawnSync(
    command,
    ['-strict', '-output', 'json', '-summary', '-schema-location', location, ...args, manifests],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const { valid, invalid, errors } = JSON.parse(stdout).summary;
  return { seconds, counts: [valid, invalid, errors] };
}

/** The same in a process of its own, like the native command: the start of Node is included. */
function wasm(manifests) {
  const script = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { createKubeconform } from ${JSON.stringify(pathToFileURL(join(here, 'index.js')).href)};
    const k = await createKubeconform({ schemas: ${JSON.stringify(pathToFileURL(schemas).href)} });
    const folder = ${JSON.stringify(`${manifests}/`)};
    const counts = [0, 0, 0];
    for (const file of readdirSync(folder, { recursive: true }).filter((name) => /\\.(ya?ml|json)$/i.test(name)))
      for (const { status } of await k.validate(readFileSync(folder + file, 'utf8'), { kubernetes: ${JSON.stringify(kubernetes)} }))
        counts[status === 'valid' ? 0 : status === 'invalid' ? 1 : 2]++;
    console.log(JSON.stringify(counts));
    k.close();`;
  const start = performance.now();
  const counts = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
  return { seconds: (performance.now() - start) / 1000, counts };
}

try {
  const bytes = readFileSync(join(here, 'kubeconform.wasm'));
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
  });
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}`);
  console.log(`size: ${bytes.length} bytes, Brotli (quality 11) ${brotli.length} bytes`);
  console.log(
    `first verdict: ${firstVerdict().toFixed(0)} ms (median of 11 processes; import, compile, start, schema and verdict of a Deployment; without the start of Node)`,
  );

  const manifests = process.argv[2]
    ? resolve(process.argv[2])
    : generate(join(scratch, 'manifests'));
  const command = join(scratch, 'kubeconform');
  execFileSync(
    'go',
    ['build', '-trimpath', '-o', command, 'github.com/yannh/kubeconform/cmd/kubeconform'],
    { cwd: here },
  );
  const runs = { 'native, -n 1': [], 'native, default': [], wasm: [] };
  for (let round = 0; round < 5; round++) {
    runs['native, -n 1'].push(native(command, manifests, ['-n', '1']));
    runs['native, default'].push(native(command, manifests, []));
    runs.wasm.push(wasm(manifests));
  }
  const counts = runs.wasm[0].counts.join();
  const total = runs.wasm[0].counts.reduce((a, b) => a + b);
  console.log(
    `throughput: ${total} documents, ${process.argv[2] ? 'from the given folder' : 'generated'}; median of 5 rounds; start, files and schemas included`,
  );
  const one = median(runs['native, -n 1'].map((run) => run.seconds));
  for (const [name, results] of Object.entries(runs)) {
    const wrong = results.find((run) => run.counts.join() !== counts);
    if (wrong)
      throw new Error(`${name}: valid, invalid, other are ${wrong.counts}, with wasm ${counts}`);
    const seconds = median(results.map((run) => run.seconds));
    console.log(
      `  ${name}: ${(total / seconds).toFixed(0)} documents/s (${(one / seconds).toFixed(2)} of native -n 1)`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}
