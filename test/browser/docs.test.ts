/** The page /docs as a person meets it, in a real browser. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveEmpty } from '../support/api.js';
import { socket } from '../support/transports.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Left for whoever wants to see them. */
const screenshots = join(tmpdir(), 'farebox-screenshots');
/** In continuous integration a missing browser fails the tests; elsewhere they are named as not run. */
const isRun = existsSync(executablePath) || process.env.CI === 'true';

describe.skipIf(!isRun)(
  `/docs in ${isRun ? 'a browser' : `a browser (not run: no ${executablePath})`}`,
  () => {
    const api = serveEmpty(socket);
    let browser: Browser;
    let page: Page;
    let origin: string;
    const complaints: string[] = [];
    const strangers: string[] = [];

    beforeAll(async () => {
      const { port } = api.app.getHttpServer().address() as { port: number };
      origin = `http://127.0.0.1:${port}`;
      browser = await chromium.launch({ executablePath, args: flags });
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) strangers.push(url);
      });
      // As text: it runs in the page, whose globals are not the test's.
      await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
        console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI))`);
      await page.goto(`${origin}/docs`);
      await page.locator('.opblock').first().waitFor();
    });
    afterAll(() => browser?.close());

    test('shows every operation, under our own title', async () => {
      const { json } = await api.get('/openapi.json');
      const count = Object.values<object>(json.paths).flatMap((path) => Object.keys(path)).length;
      expect(await page.title()).toBe('Farebox API');
      expect(await page.locator('.opblock').count()).toBe(count);
      await page.screenshot({ path: join(screenshots, 'docs.png') });
    });

    test('"Try it out" calls a public operation and shows its answer', async () => {
      const answer = await tryOut('readLiveness');
      expect(answer).toContain('"status": "ok"');
      await page.screenshot({ path: join(screenshots, 'try-it-out.png') });
    });

    test('"Try it out" signs up and in with the examples as they stand', async () => {
      expect(await tryOut('createUser')).toContain('"email": "ada@example.org"');
      expect(await tryOut('login')).toContain('"tokenType": "Bearer"');
    });

    test('an operation that needs a token works once it is authorised, and the token is not kept', async () => {
      const { json } = await api.post('/v1/auth/login', {
        email: 'ada@example.org',
        password: 'correct horse battery',
      });
      await page.locator('button.authorize').first().click();
      await page.locator('.modal-ux input').fill(json.accessToken);
      await page.locator('.modal-ux button.authorize').click();
      await page.locator('.modal-ux .btn-done').click();
      expect(await tryOut('listUsers')).toContain('"email": "ada@example.org"');
      await page.locator('.opblock.is-open').last().scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(screenshots, 'list.png') });
      const kept = await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])');
      expect(kept).not.toContain(json.accessToken);
    });

    test('nothing was blocked, nothing went wrong, and no other host was asked', () => {
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
    });

    /** Executes an operation as the page proposes it. @returns the answer that the page shows */
    async function tryOut(operationId: string): Promise<string | null> {
      const block = page.locator(`.opblock[id$="-${operationId}"]`);
      await block.locator('.opblock-summary-control').click();
      await block.locator('.try-out__btn').click();
      await block.locator('.execute').click();
      return block.locator('.live-responses-table .response .highlight-code').first().textContent();
    }
  },
);
