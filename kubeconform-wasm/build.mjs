// Builds kubeconform.wasm and what belongs to it: Go's wasm_exec.js, and the licences
// of everything inside. The same sources give the same bytes on any machine.
//   node build.mjs           writes the artefacts
//   node build.mjs --check   exits 1 when the committed ones differ
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const here = import.meta.dirname;
// The one place that says which Go builds it.
const toolchain = /^toolchain (\S+)$/m.exec(readFileSync(join(here, 'go.mod'), 'utf8'))[1];
const env = {
  ...process.env,
  GOOS: 'js',
  GOARCH: 'wasm',
  CGO_ENABLED: '0',
  GOTOOLCHAIN: toolchain,
  // Settings of the machine must not reach the bytes.
  GOFLAGS: '-mod=readonly',
  GOWORK: 'off',
  GOEXPERIMENT: '',
  GOFIPS140: 'off',
  GOWASM: '',
};
const go = (...args) =>
  execFileSync('go', args, { cwd: here, env, encoding: 'utf8', maxBuffer: 1 << 28 });

// kubeconform can fetch schemas over HTTP, which never happens here. Inlining makes that
// part no faster, only larger: 6 % of the compressed size.
const unused = ['net/...', 'crypto/...', 'vendor/golang.org/x/...', 'github.com/hashicorp/...'];
const withoutInlining = unused.map((packages) => `-gcflags=${packages}=-l`);

function build(folder) {
  const wasm = join(folder, 'kubeconform.wasm');
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid='];
  go('build', ...flags, ...withoutInlining, '-o', wasm, '.');
  chmodSync(wasm, 0o644);
  const goroot = go('env', 'GOROOT').trim();
  writeFileSync(join(folder, 'wasm_exec.js'), readFileSync(join(goroot, 'lib/wasm/wasm_exec.js')));
  writeFileSync(join(folder, 'LICENSES.md'), licences(goroot));
}

/** Every module with a package in the wasm, with the full text of its licences. */
function licences(goroot) {
  // A package's folder can have a licence of its own, so the folders count, not only the module's root.
  const format =
    '{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}';
  const modules = new Map([
    [
      'Go standard library, runtime and wasm_exec.js',
      { version: toolchain.slice(2), dir: goroot, folders: new Set(['']) },
    ],
  ]);
  for (const line of go('list', '-deps', '-f', format, '.').split('\n').filter(Boolean).sort()) {
    const [name, version, dir, folder] = line.split('\t');
    if (!modules.has(name)) modules.set(name, { version, dir, folders: new Set(['']) });
    for (let f = relative(dir, folder); f !== '' && f !== '.'; f = dirname(f))
      modules.get(name).folders.add(f);
  }
  const parts = [...modules].map(([name, { version, dir, folders }]) => {
    const files = [...folders].sort().flatMap((folder) =>
      readdirSync(join(dir, folder), { withFileTypes: true })
        .filter(
          (entry) => entry.isFile() && /^(licen[cs]e|copying|notice|patents)/i.test(entry.name),
        )
        .map((entry) => join(folder, entry.name))
        .sort(),
    );
    const texts = files.map((file) => [file, readFileSync(join(dir, file), 'utf8')]);
    const found = texts
      .filter(([file]) => !/(notice|patents)/i.test(file))
      .flatMap(([, text]) => spdx(text));
    if (found.length === 0) throw new Error(`no known licence in ${name}`);
    return { name, version, licence: [...new Set(found)].sort().join(' AND '), texts };
  });
  const fence = '```';
  const blocks = [
    '# Licences of what is inside kubeconform.wasm',
    'Written by `npm run build`; do not edit. index.js and the other files here are under the licence of this project.',
    parts.map((p) => `- ${p.name} ${p.version}: ${p.licence}`).join('\n'),
    ...parts.flatMap((p) => [
      `## ${p.name} ${p.version}`,
      ...p.texts.map(
        ([file, text]) =>
          `${file}:\n\n${fence}text\n${text.replace(/\r\n/g, '\n').trimEnd()}\n${fence}`,
      ),
    ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The licences whose words are in a text; a file can hold several. */
function spdx(text) {
  const words = text.replace(/\s+/g, ' ');
  const bsd = /Redistribution and use in source and binary forms/.test(words);
  return [
    [/Apache License,? Version 2\.0/, 'Apache-2.0'],
    [/Mozilla Public License,? version 2\.0/i, 'MPL-2.0'],
    [/Permission is hereby granted, free of charge/, 'MIT'],
  ]
    .filter(([pattern]) => pattern.test(words))
    .map(([, id]) => id)
    .concat(
      bsd
        ? [
            /Neither the name|nor the names of its contributors/.test(words)
              ? 'BSD-3-Clause'
              : 'BSD-2-Clause',
          ]
        : [],
    );
}

const artefacts = ['kubeconform.wasm', 'wasm_exec.js', 'LICENSES.md'];
if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconform-wasm-'));
  try {
    build(folder);
    const read = (dir, name) => {
      try {
        return readFileSync(join(dir, name));
      } catch {
        return Buffer.alloc(0);
      }
    };
    const different = artefacts.filter((name) => !read(folder, name).equals(read(here, name)));
    if (different.length > 0) {
      console.error(
        `kubeconform-wasm: ${different.join(', ')} is not what the sources give: run "npm run build -w kubeconform-wasm"`,
      );
      process.exitCode = 1;
    } else console.log(`kubeconform-wasm: ${artefacts.join(', ')} are what the sources give`);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  build(here);
}
