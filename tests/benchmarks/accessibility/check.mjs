// Runs axe-core on pages: node check.mjs TOOLS CHROMIUM BASE PATHS.json; prints one line of JSON a page and setting.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const [tools, browserPath, base, list] = process.argv.slice(2);
const require = createRequire(`${fs.realpathSync(tools)}/package.json`);
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await puppeteer.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
for (const path of JSON.parse(fs.readFileSync(list, 'utf8'))) {
  for (const width of [360, 1280]) for (const scheme of ['light', 'dark']) {
    const page = await browser.newPage();
    const away = [];
    page.on('request', (request) => { if (!request.url().startsWith(base)) away.push(request.url()); });
    // Only axe itself is put into the page; the page's own policy forbids scripts.
    await page.setBypassCSP(true);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(base + path, { waitUntil: 'load' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
    await page.evaluate(axe);
    const found = await page.evaluate(async () => (await axe.run()).violations.map((each) => [each.id, each.impact, each.nodes[0].html.slice(0, 120)]));
    console.log(JSON.stringify({ path, width, scheme, wide, away, found }));
    await page.close();
  }
}
await browser.close();
