/** The frame of the dashboard: views, keyboard, languages, schemes, accessibility. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { audit } from "./axe.mjs";
import {
  faded,
  modelReady,
  noDashboard,
  openDashboard,
  PATIENT,
  storeModule,
  withStore,
} from "./dashboard.mjs";
import { launch, servePage, shots } from "./support.mjs";

const VIEWS = ["live", "batch", "models", "history"];
const NAMES = { live: "Live", batch: "Files", models: "Models", history: "History" };
const SIZES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, hasTouch: true },
  narrow: { viewport: { width: 320, height: 640 }, hasTouch: true },
};

describe("the dashboard's frame", { skip: noDashboard() }, () => {
  let browser, server, store;

  before(async () => {
    store = await storeModule();
    [browser, server] = await Promise.all([launch(), servePage()]);
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = (path, options) => openDashboard(browser, server.origin, path, options);

  async function go(page, view) {
    await page.evaluate((view) => (location.hash = `#/${view}`), view);
    await page.locator(`nav a[aria-current="page"][href="#/${view}"]`).waitFor(PATIENT);
    await page.locator("main h1").waitFor(PATIENT);
  }

  /** A history with a run in it, so that there is something to look at. */
  async function withRun(page) {
    await withStore(page, store);
    return page.evaluate(async () => {
      const channels = [{ name: "flow", unit: "m3/h", sample_rate_hz: 1 }];
      const recorder = await window.store.begin({ model: "pump", source: "simulator", channels });
      recorder.readings(window.readings(300));
      recorder.answers(window.answers(270));
      await recorder.end();
      return recorder.id;
    });
  }

  it("is used with the keyboard alone", async () => {
    const { context, page, faults } = await open();
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    assert.equal(await focused(), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "MAIN");
    for (const view of ["batch", "models", "history", "live"]) {
      const link = page.getByRole("navigation").getByRole("link", { name: NAMES[view] });
      await link.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`#/${view}$`));
      await page.waitForFunction(() => document.activeElement?.tagName === "MAIN", null, PATIENT);
      assert.equal(await page.title(), `${NAMES[view]} · senselm`);
      assert.equal(await page.locator("nav [aria-current]").innerText(), NAMES[view]);
    }
    await page.goBack();
    await page.locator('nav [aria-current][href="#/history"]').waitFor(PATIENT);

    const settings = page.getByRole("button", { name: "Settings" });
    await settings.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const back = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    assert.equal(back, "Settings", "focus returns to where it was");
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("leads from an address that is none to the first view", async () => {
    const { context, page, faults } = await open("#/nowhere/%E0%A4%A");
    await page.locator('nav [aria-current][href="#/live"]').waitFor(PATIENT);
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("speaks Arabic, from right to left, and remembers it", async () => {
    const { context, page, faults } = await open();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "العربية" }).check();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "النماذج" }).first().click();
    await page.getByRole("heading", { name: "النماذج", level: 1 }).waitFor(PATIENT);
    const before = await page.locator("nav").boundingBox();
    const brand = await page.locator(".brand").boundingBox();
    assert.ok(brand.x > before.x, "the brand stands at the right");
    await page.reload();
    await modelReady(page);
    assert.deepEqual(
      await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
      ["ar", "rtl"],
    );
    // Numbers are the language's own.
    await page.getByText("٩٥٫٣").first().waitFor(PATIENT);
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("has no English left in Arabic, but for what models and files say", async () => {
    const { context, page } = await open("", { locale: "ar" });
    for (const view of VIEWS) {
      await go(page, view);
      const english = await page.locator("nav, main h1, main h2, main button").allInnerTexts();
      const latin = english.filter((text) =>
        /[a-z]{3}/i.test(text.replaceAll(/SHA|senselm|Pump/g, "")),
      );
      assert.deepEqual(latin, [], view);
    }
    await context.close();
  });

  it("follows the system's scheme until one is chosen, without a flash", async () => {
    const { context, page } = await open("", { colorScheme: "dark" });
    const scheme = () => page.evaluate(() => document.documentElement.dataset.theme);
    assert.equal(await scheme(), "dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "Dark" }).check();
    assert.equal(await scheme(), "dark");
    // Before the app's script has run, the scheme is there.
    await context.route("**/assets/index-*.js", (route) => route.abort());
    await page.reload({ waitUntil: "domcontentloaded" });
    assert.equal(await scheme(), "dark");
    await context.close();
  });

  it("announces what a touch screen needs: targets of 44 pixels", async () => {
    const { context, page } = await open("", SIZES.phone);
    for (const view of VIEWS) {
      await go(page, view);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, select, a[href], input:not([type=file])")]
          .filter((element) => element.checkVisibility())
          .map((element) => [
            element,
            (element.closest("label") ?? element).getBoundingClientRect(),
          ])
          .filter(([element]) => !element.matches(".skip"))
          .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
          .map(
            ([element, { width, height }]) =>
              `${element.outerHTML.slice(0, 80)} ${width}x${height}`,
          ),
      );
      assert.deepEqual(small, [], view);
    }
    await context.close();
  });

  for (const locale of ["en", "ar"]) {
    it(`fits 320 pixels in every view: ${locale}`, async () => {
      const { context, page, faults } = await open("", { ...SIZES.narrow, locale });
      const run = await withRun(page);
      for (const view of [...VIEWS, `history/${run}`]) {
        await page.evaluate((view) => (location.hash = `#/${view}`), view);
        await page.locator("main h1").waitFor(PATIENT);
        await faded(page);
        const widths = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return [scrollWidth, clientWidth];
        });
        assert.deepEqual(widths, [320, 320], view);
      }
      assert.deepEqual(faults(), []);
      await context.close();
    });
  }

  for (const colorScheme of ["light", "dark"]) {
    for (const size of ["desktop", "phone"]) {
      it(`has no violation that axe knows: ${size}, ${colorScheme}`, async () => {
        const locale = size === "phone" ? "ar" : "en";
        const { context, page, faults } = await open("", { ...SIZES[size], colorScheme, locale });
        const run = await withRun(page);
        for (const view of [...VIEWS, `history/${run}`, "settings"]) {
          if (view === "settings") {
            await page.locator("header button").click();
            await page.getByRole("dialog").waitFor();
          } else {
            await page.evaluate((view) => (location.hash = `#/${view}`), view);
            await page.locator("main h1").waitFor(PATIENT);
          }
          await faded(page);
          await page.screenshot({
            path: join(
              shots(),
              `${view.replace(run, "run")}-${size}-${colorScheme}.png`.replace("/", "-"),
            ),
            fullPage: true,
          });
          const found = await audit(page, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          });
          assert.deepEqual(found, [], view);
        }
        assert.deepEqual(faults(), []);
        await context.close();
      });
    }
  }

  it("has colours that can be read, in both schemes", async () => {
    const { context, page } = await open();
    for (const scheme of ["light", "dark"]) {
      const poor = await page.evaluate((scheme) => {
        document.documentElement.dataset.theme = scheme;
        const probe = document.body.appendChild(document.createElement("i"));
        const luminance = (variable) => {
          probe.style.color = `var(${variable})`;
          const [r, g, b] = getComputedStyle(probe)
            .color.match(/\d+/g)
            .map((channel) => channel / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const contrast = (a, b) => {
          const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
          return (high + 0.05) / (low + 0.05);
        };
        const hues = Array.from({ length: 8 }, (_, index) => `--hue-${index}`);
        const words = ["text", "muted", "accent", "good", "warn", "bad", "info"].map(
          (w) => `--${w}`,
        );
        const text = [...hues, ...words].flatMap((colour) =>
          ["--page", "--panel", "--sunken"].map((back) => [colour, back, 4.5]),
        );
        const soft = ["good", "warn", "bad", "info"].map((w) => [`--${w}`, `--${w}-soft`, 4.5]);
        const outlines = ["--page", "--panel"].map((back) => ["--outline", back, 3]);
        return [...text, ...soft, ...outlines, ["--on-accent", "--accent", 4.5]]
          .filter(([front, back, least]) => !(contrast(front, back) >= least))
          .map(([front, back]) => `${front} on ${back}: ${contrast(front, back).toFixed(2)}`);
      }, scheme);
      assert.deepEqual(poor, [], scheme);
    }
    await context.close();
  });
});
