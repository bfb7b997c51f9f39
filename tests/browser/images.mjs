/**
 * Draws the icons of the dashboard from www/public/icon.svg, and its screenshots
 * for those who install it: `node images.mjs`, after the page is built. What it
 * makes is committed.
 */

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, root, servePage } from "./support.mjs";

const folder = join(root, "www/public");
const icon = readFileSync(join(folder, "icon.svg"), "utf8");
const colour = /<rect[^>]*fill="([^"]+)"/.exec(icon)[1];

/** Launchers cut a maskable icon: what is outside the middle 80 % may be lost. */
const SAFE = 0.72;

const browser = await launch();
try {
  mkdirSync(join(folder, "icons"), { recursive: true });
  mkdirSync(join(folder, "screenshots"), { recursive: true });
  await draw("icon-192", 192, 1);
  await draw("icon-512", 512, 1);
  await draw("maskable-512", 512, SAFE);
  await photograph();
} finally {
  await browser.close();
}

async function draw(name, size, share) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const background = share < 1 ? colour : "transparent";
  await page.setContent(
    `<style>body{margin:0;display:grid;place-items:center;height:100vh;background:${background}}` +
      `svg{width:${size * share}px}</style>${icon}`,
  );
  await page.screenshot({ path: join(folder, `icons/${name}.png`), omitBackground: share === 1 });
  await page.close();
}

async function photograph() {
  const server = await servePage();
  try {
    const shots = {
      desktop: { viewport: { width: 1280, height: 800 } },
      phone: { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 },
    };
    for (const [name, options] of Object.entries(shots)) {
      const page = await browser.newPage({ ...options, serviceWorkers: "block" });
      await page.goto(server.origin);
      await page.locator(".chip.ready").waitFor();
      // Long enough for a session that starts by itself to have answers to show.
      await page.waitForTimeout(15_000);
      await page.screenshot({ path: join(folder, `screenshots/${name}.png`) });
      await page.close();
    }
  } finally {
    await server.close();
  }
}
