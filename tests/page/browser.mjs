// One browser for all tests of a file: Debian's Chromium, a new empty profile, nothing that talks to
// the network on its own account. Its library comes from where tools/test_page installed it.
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const modules = createRequire(join(process.env.STORMGLASS_NODE, 'package.json'));
const {chromium} = modules('playwright-core');
export const axeSource = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

export const folder = process.env.STORMGLASS_PAGES;
export const text = name => readFileSync(join(folder, name), 'utf8');
export const url = name => pathToFileURL(join(folder, name)).href;

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
               '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const hangs = 300_000;  // ms; a busy machine is slow, which is not what is tested here

/// A browser whose `close` leaves nothing behind.
export async function launch(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'stormglass-page-'));
  const context = await chromium.launchPersistentContext(
      profile,
      {executablePath: '/usr/bin/chromium', headless: true, args: flags, timeout: hangs, ...options});
  context.setDefaultTimeout(hangs);
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, {recursive: true, force: true});
    },
  };
}

/// Opens a page and keeps what it asks for and complains of.
export async function open(context, name, {width = 1280, scheme = 'light', media = 'screen'} = {}) {
  const page = await context.newPage();
  const seen = {requests: [], complaints: []};
  page.on('request', request => seen.requests.push(request.url()));
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on('pageerror', error => seen.complaints.push(String(error)));
  await page.setViewportSize({width, height: 900});
  await page.emulateMedia({colorScheme: scheme, media, reducedMotion: 'reduce'});
  await page.goto(url(name));
  return {page, seen};
}
