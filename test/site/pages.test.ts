import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { repository } from '../../src/check/repository.ts';
import { buildSite } from './build.ts';
import { executablePath, launch, serve } from './chromium.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pages = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.mdx?$/.test(file))
  .map((file) => ({
    file,
    route: `/${file.replace(/(^|\/)index\.mdx?$|\.mdx?$/, '')}`.replace(/\/$/, '') || '/',
  }))
  .sort((a, b) => (a.file < b.file ? -1 : 1));
const looks = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 390 },
] as const;

/** What the checker finds on a page, asked once for all looks. */
const reports = new Map<string, ReturnType<typeof check>>();
function checked(file: string): ReturnType<typeof check> {
  const known = reports.get(file) ?? check([join(repository, 'docs', file)]);
  reports.set(file, known);
  return known;
}

describe.skipIf(!executablePath)('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  let folder: string;

  beforeAll(async () => {
    folder = await buildSite();
    ({ origin, server } = await serve(folder));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('the sitemap names every page', () => {
    const routes = [
      ...readFileSync(join(folder, 'sitemap.xml'), 'utf8').matchAll(
        /<loc>https?:\/\/[^/]+([^<]*)<\/loc>/g,
      ),
    ];
    expect(routes.map((match) => match[1] || '/').sort()).toEqual(
      pages.map((page) => page.route).sort(),
    );
  });

  describe.for(pages)('$route', ({ file, route }) => {
    test.for(looks)(
      '$scheme at $width px: hydrates, draws, stays in its width, says nothing in the console',
      async ({ scheme, width }) => {
        const context = await browser.newContext({
          colorScheme: scheme,
          viewport: { width, height: 900 },
        });
        try {
          const page = await context.newPage();
          const heard = listen(page, origin);
          await page.goto(`${origin}${route}`);
          await page.waitForFunction(() => document.documentElement.dataset.hasHydrated === 'true');
          expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(scheme);

          const { units } = await checked(file);
          const blocks = units.flatMap((unit) =>
            unit.snippet?.statement ? [unit.snippet.statement] : [],
          );
          const diagrams = blocks.filter((block) => block.class === 'diagram').length;
          await page.waitForFunction(
            (n) => document.querySelectorAll('.docusaurus-mermaid-container svg').length === n,
            diagrams,
          );
          expect(
            await page
              .locator('.docusaurus-mermaid-container svg[aria-roledescription=error]')
              .count(),
          ).toBe(0);

          const manifests = blocks.filter((block) => block.class === 'manifest');
          expect(await page.locator('figure.snippet').count()).toBe(manifests.length);
          expect(await page.locator('.snippet--rejected').count()).toBe(
            units.filter((u) => u.refusals.length > 0).length,
          );

          expect(
            await page.evaluate(() => document.documentElement.scrollWidth),
          ).toBeLessThanOrEqual(width);
          expect(heard).toEqual([]);
          expect(await accessibilityFaults(page)).toEqual([]);
        } finally {
          await context.close();
        }
      },
    );
  });

  test('a page that does not exist says so', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/no-such-page`);
    await page.getByRole('heading', { name: 'Page Not Found' }).waitFor();
    await page.close();
  });
});

/** Collects what a reader must never cause: console messages, errors, failed requests, requests to other sites. */
function listen(page: Page, origin: string): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      heard.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => heard.push(`page error: ${error.message}`));
  page.on('requestfailed', (request) => heard.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
      heard.push(`leaves the site: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) heard.push(`${response.status()}: ${response.url()}`);
  });
  return heard;
}

/** What axe-core finds that keeps people from reading: serious and critical violations. */
async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // @ts-expect-error axe is the script added above
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations as { id: string; impact: string; nodes: { target: string[] }[] }[];
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map((node) => node.target.join(' '))
          .join(', ')}`,
    );
}
