/** What docs/handlers.md says of browsers: one is no load generator. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** In continuous integration a missing browser fails the test; elsewhere it is named as not run. */
const isRun = existsSync(executablePath) || process.env.CI === 'true';
/** For others that may come. */
const WAIT_MS = 300;

test.skipIf(!isRun)(
  `a browser${isRun ? '' : ` (not run: no ${executablePath})`} makes equal requests one after the other, and six others at a time`,
  async () => {
    const open = { now: 0, most: 0 };
    let gate = { isAt: 1, open: () => {}, isOpen: Promise.resolve() };
    /** Nobody is answered before so many have asked. */
    const gateAt = (isAt: number) => {
      let open = () => {};
      const isOpen = new Promise<void>((resolve) => {
        open = resolve;
      });
      return { isAt, open, isOpen };
    };
    const server = createServer(({ url = '' }, response) => {
      // The page itself, and what else a browser likes to know.
      if (!url.startsWith('/tried/')) return response.end();
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      if (open.now === gate.isAt) gate.open();
      void gate.isOpen
        .then(() => pause(WAIT_MS))
        .then(() => {
          open.now -= 1;
          response.end('there');
        });
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    /** The server has so many of these at once. As text: it runs in the page, whose globals are not the test's. */
    const expectAtOnce = async (most: number, ...paths: string[]) => {
      open.most = 0;
      gate = gateAt(most);
      await page.evaluate(
        `Promise.all(${JSON.stringify(paths)}.map(async (path) => (await fetch(path)).text()))`,
      );
      expect(open.most).toBe(most);
    };
    await expectAtOnce(1, '/tried/equal', '/tried/equal');
    await expectAtOnce(2, '/tried/other?1', '/tried/other?2');
    await expectAtOnce(6, ...Array.from({ length: 8 }, (_, index) => `/tried/many?${index}`));
  },
);
