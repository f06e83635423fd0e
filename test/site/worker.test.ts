import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import handler from 'serve-handler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../src/check/repository.ts';
import { executablePath, launch } from './chromium.ts';

/** The page and the worker that a reader's browser would run; nothing is bundled. */
const page = '<!doctype html><title>worker</title>';
const worker = `
  import { createKubeconform } from '/kubeconform-wasm/index.js';
  const before = Object.keys(globalThis).sort().join();
  const started = createKubeconform({ schemas: new URL('/schemas/kubernetes/', location.origin) });
  onmessage = async ({ data }) => {
    const kubeconform = await started;
    const verdicts = await kubeconform.validate(data, { kubernetes: '1.37' });
    postMessage({ verdicts, unchanged: before === Object.keys(globalThis).sort().join() });
  };`;

describe.skipIf(!executablePath)('kubeconform in a Web Worker of Chromium', () => {
  let browser: Browser;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/') {
        response.setHeader('content-type', 'text/html').end(page);
      } else if (request.url === '/worker.js') {
        response.setHeader('content-type', 'text/javascript').end(worker);
      } else {
        void handler(request, response, { public: repository });
      }
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function validate(manifests: string) {
    const tab = await browser.newPage();
    const heard: string[] = [];
    tab.on('console', (message) => heard.push(message.text()));
    tab.on('pageerror', (error) => heard.push(error.message));
    await tab.goto(origin);
    const answer = await tab.evaluate(
      (text) =>
        new Promise<{
          verdicts: { kind: string; status: string; errors: unknown[] }[];
          unchanged: boolean;
        }>((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = (event) => reject(new Error(event.message));
          worker.postMessage(text);
        }),
      manifests,
    );
    await tab.close();
    return { ...answer, heard };
  }

  test('gives the verdicts that Node gives', async () => {
    const { verdicts, heard } = await validate(`apiVersion: v1
kind: Service
metadata: { name: good }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: bad }
spec: { ports: [{ port: 80, target_port: 80 }] }
---
apiVersion: v1
kind: Sevice
metadata: { name: unknown }
`);
    expect(verdicts.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'Service valid',
      'Service invalid',
      'Sevice unknown kind',
    ]);
    expect(verdicts[1]?.errors).toEqual([
      { path: '/spec/ports/0', message: "additional properties 'target_port' not allowed" },
    ]);
    // The browser itself notes the schema that is not there; nothing else may be said.
    expect(heard.filter((text) => !/404/.test(text))).toEqual([]);
  });

  test('leaves the globals of the worker as they were', async () => {
    const { unchanged } = await validate(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    );
    expect(unchanged).toBe(true);
  });
});
