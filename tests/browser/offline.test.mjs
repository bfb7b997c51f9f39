/** The dashboard as an app: without the network, updated, installed. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "vite";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { launch, root, servePage, watch } from "./support.mjs";

describe("the dashboard offline", { skip: noDashboard() }, () => {
  let browser;
  const servers = [];

  before(async () => {
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    // Those of a test that failed: the runner would wait for them.
    await Promise.all(servers.map((server) => server.close()));
  });

  async function serve(options) {
    const server = await servePage(options);
    servers.push(server);
    return server;
  }

  /** Opens the page for the first time and waits until its worker has everything. */
  async function visit(origin, options = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults = watch(page, origin);
    await page.goto(origin);
    await modelReady(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, PATIENT);
    return { context, page, faults };
  }

  /** The paths of everything that the worker keeps. */
  function cached(page) {
    return page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(
        names.map(async (name) => (await caches.open(name)).keys()),
      );
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
  }

  const modelReady = (page) => page.locator(".chip.ready").waitFor(PATIENT);

  it("works after the first visit with the server stopped, in every view", async () => {
    const server = await serve();
    const { context, page, faults } = await visit(server.origin);
    await server.close();
    await page.reload();
    await modelReady(page);
    // The simulated pump runs, and the model answers.
    await page.locator('[role="option"]').nth(2).waitFor(PATIENT);
    for (const view of ["batch", "models", "history", "live"]) {
      await page.goto(`${server.origin}/#/${view}`);
      await page.locator("h1").waitFor(PATIENT);
    }
    // Another tab, another language: nothing of it was shown before.
    const tab = await context.newPage();
    await tab.addInitScript(() => localStorage.setItem("senselm.locale", "ar"));
    await tab.goto(server.origin);
    await modelReady(tab);
    assert.equal(await tab.locator("html").getAttribute("dir"), "rtl");
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("keeps one build of the runtime, not all", async () => {
    const server = await serve();
    const { context, page } = await visit(server.origin);
    const kept = await cached(page);
    const builds = kept.filter((path) => /\/(?:runtime|worker)-/.test(path));
    assert.equal(builds.length, 2, builds.join());
    assert.match(builds.join(), /runtime-relaxed-/);
    assert.match(builds.join(), /worker-relaxed-/);
    await context.close();
    await server.close();
  });

  describe("a second build", () => {
    let folder;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "senselm-page-"));
      process.env.SENSELM_PAGE_VERSION = "2.0.0";
      await build({
        root: join(root, "www"),
        configFile: join(root, "www/vite.config.js"),
        logLevel: "silent",
        build: { outDir: folder, emptyOutDir: true },
      });
      delete process.env.SENSELM_PAGE_VERSION;
    });

    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    async function version(page) {
      await page.getByRole("button", { name: "Settings" }).click();
      const text = await page.getByText(/^Version /).innerText();
      await page.keyboard.press("Escape");
      return text;
    }

    /** Visits the page, replaces it on the server, and waits until that is announced. */
    async function announced() {
      const first = await serve();
      const visited = await visit(first.origin);
      await first.close();
      const server = await serve({ port: first.port, folder });
      const { page } = visited;
      assert.notEqual(await version(page), "Version 2.0.0");
      await page.evaluate(async () => {
        await (await navigator.serviceWorker.getRegistration()).update();
      });
      const offer = page.getByRole("button", { name: "Update and reload" });
      await offer.waitFor(PATIENT);
      return { ...visited, server, offer };
    }

    it("is announced, waits, and is applied when the user agrees", async () => {
      const { context, page, server, offer, faults } = await announced();
      // A reload by the user does not apply it: the old version still answers.
      await page.reload();
      await modelReady(page);
      assert.notEqual(await version(page), "Version 2.0.0");
      const reloaded = page.waitForEvent("load", PATIENT);
      await offer.click(PATIENT);
      await reloaded;
      await modelReady(page);
      assert.equal(await version(page), "Version 2.0.0");
      await server.close();
      await page.reload();
      await modelReady(page);
      assert.equal(await version(page), "Version 2.0.0");
      assert.deepEqual(faults, []);
      await context.close();
    });

    it("asks before it ends a session", async () => {
      const { context, page, server, offer } = await announced();
      // A broker that is not there: the session goes on trying.
      await page.getByRole("button", { name: "Change source" }).click();
      await page.getByRole("radio", { name: /MQTT/ }).check({ force: true });
      await page.getByLabel("Address of the broker").fill("ws://127.0.0.1:9");
      await page.getByLabel("Topics").fill("pump/#");
      await page.getByRole("button", { name: "Connect" }).click();
      await offer.click();
      const dialog = page.getByRole("dialog", { name: "End the session for the update?" });
      await dialog.getByRole("button", { name: "Later" }).click();
      await dialog.waitFor({ state: "hidden" });
      assert.notEqual(await version(page), "Version 2.0.0");
      // Whoever puts it off finds it in the settings.
      await page.getByRole("button", { name: "Settings" }).click();
      await offer.click();
      const reloaded = page.waitForEvent("load", PATIENT);
      await dialog.getByRole("button", { name: "Update and reload" }).click();
      await reloaded;
      await modelReady(page);
      assert.equal(await version(page), "Version 2.0.0");
      await context.close();
      await server.close();
    });

    it("does not reload other tabs, and tells them", async () => {
      const { context, page, server, offer } = await announced();
      const other = await context.newPage();
      await other.goto(server.origin);
      await modelReady(other);
      const reloaded = page.waitForEvent("load", PATIENT);
      await offer.click();
      await reloaded;
      await other.getByText("Another tab has updated the page.").waitFor(PATIENT);
      assert.notEqual(await version(other), "Version 2.0.0");
      await context.close();
      await server.close();
    });
  });

  it("can be installed", async () => {
    const server = await serve();
    const { context, page } = await visit(server.origin);
    const client = await context.newCDPSession(page);
    const { errors, data } = await client.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    const manifest = JSON.parse(data);
    assert.equal(manifest.display, "standalone");
    for (const { src, sizes } of [...manifest.icons, ...manifest.screenshots]) {
      const size = await page.evaluate(async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
      assert.ok(sizes === "any" || sizes === size, `${src} is ${size}, not ${sizes}`);
    }
    const { installabilityErrors } = await client.send("Page.getInstallabilityErrors");
    // Playwright's contexts are private windows, from which nothing is installed.
    const other = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
    assert.deepEqual(other, []);
    await context.close();
    await server.close();
  });

  it("offers to install where the browser lets it, once", async () => {
    const server = await serve();
    const { context, page } = await visit(server.origin);
    await page.evaluate(() => {
      window.asked = 0;
      const offer = new Event("beforeinstallprompt", { cancelable: true });
      offer.prompt = () => {
        window.asked += 1;
        return Promise.resolve({ outcome: "dismissed" });
      };
      window.dispatchEvent(offer);
      window.prevented = offer.defaultPrevented;
    });
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Install" }).click();
    assert.deepEqual(await page.evaluate(() => [window.asked, window.prevented]), [1, true]);
    await page.getByRole("button", { name: "Install" }).waitFor({ state: "detached" });
    await context.close();
    await server.close();
  });

  it("keeps every file of the build but the screenshots", async () => {
    const server = await serve();
    const { context, page } = await visit(server.origin);
    const kept = new Set(await cached(page));
    const built = readdirSync(join(root, "www/dist"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(join(root, "www/dist"), join(entry.parentPath, entry.name)));
    const missing = built.filter((path) => !kept.has(`/${path}`));
    const allowed =
      /^(sw\.js|screenshots\/.*|assets\/(runtime|worker)-(simd128|threads|webgpu)-.*)$/;
    assert.deepEqual(
      missing.filter((path) => !allowed.test(path)),
      [],
    );
    await context.close();
    await server.close();
  });

  it("stays usable where workers and storage are refused", async () => {
    const server = await serve();
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    const faults = watch(page, server.origin);
    await page.addInitScript(() => {
      for (const name of ["localStorage", "indexedDB"]) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException("refused", "SecurityError");
          },
        });
      }
    });
    await page.goto(server.origin);
    await modelReady(page);
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("Service Worker registration blocked")),
      [],
    );
    await context.close();
    await server.close();
  });
});
