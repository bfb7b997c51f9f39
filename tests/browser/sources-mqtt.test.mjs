/**
 * The dashboard's MQTT source in Chromium against a real broker: every shape of
 * message, rights, lost connections, and that nothing which arrived is lost.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import mqtt from "mqtt";
import { noChromium } from "./chromium.mjs";
import { noMosquitto, startCable, startMosquitto } from "./mosquitto.mjs";
import { close, count, failed, isOpen, kinds, openSource, pause, record } from "./mqtt-source.mjs";
import { openSources, serveSources } from "./sources.mjs";
import { launch, root } from "./support.mjs";

/** The numbers that lost, doubled or swapped readings would change. */
function sequence({ readings }) {
  return readings.map(({ values }) => values[0]);
}

const upTo = (count) => Array.from({ length: count }, (_, index) => index);

describe("readings from a broker", { skip: noChromium() || noMosquitto() }, () => {
  let browser, server, broker, publisher;

  before(async () => {
    browser = await launch();
    server = await serveSources();
    broker = await startMosquitto();
    publisher = await mqtt.connectAsync(broker.mqttUrl, { reconnectPeriod: 50 });
  });

  after(async () => {
    publisher?.end(true);
    await broker?.close();
    await browser?.close();
    server?.close();
  });

  const open = () => openSources(browser, server.origin);

  it("takes every shape of message", async () => {
    const { page, faults } = await open();
    const url = broker.wsUrl;
    await openSource(page, { url, topics: ["shapes/#"] });
    await isOpen(page);
    const messages = [
      ['{"temp":1,"hum":2,"press":3}', [[1, 2, 3]]],
      ['{"temp":1,"hum":NaN,"press":null,"time":1700000000}', [[1, null, null]]],
      ["[4,5,6]", [[4, 5, 6]]],
      [
        "[[7,8,9],[10,11,12]]",
        [
          [7, 8, 9],
          [10, 11, 12],
        ],
      ],
      ['{"readings":[{"temp":1,"hum":2,"press":3}]}', [[1, 2, 3]]],
      [
        '{"temp":[1,2],"hum":[3,4],"press":[5,6]}',
        [
          [1, 3, 5],
          [2, 4, 6],
        ],
      ],
      ["13,14,15", [[13, 14, 15]]],
      ["press;temp;hum\n3,5;1,5;2,5", [[1.5, 2.5, 3.5]]],
      ["temp:1 hum:2 press:3", [[1, 2, 3]]],
    ];
    for (const [text] of messages) {
      await publisher.publishAsync("shapes/one", text, { qos: 1 });
    }
    const expected = messages.flatMap(([, values]) => values);
    await count(page, expected.length);
    const found = await record(page);
    assert.deepEqual(
      found.readings.map(({ values }) => values),
      expected,
    );
    assert.equal(found.readings[1].time_s, 1_700_000_000);
    assert.deepEqual(kinds(found), ["connecting", "open"]);
    assert.deepEqual(found.problems, []);
    assert.equal(found.gaps, 0);
    await close(page);
    assert.deepEqual(kinds(await record(page)), ["connecting", "open", "closed"]);
    assert.deepEqual(faults, [], "the page's policy holds");
    await page.close();
  });

  it("reads what a nested path and other names hold", async () => {
    const { page } = await open();
    const format = { path: "dev.out", fields: ["t", null, "bme.p"], time: "at", times: "ms" };
    await openSource(page, { url: broker.wsUrl, topics: ["+/nested"], format });
    await isOpen(page);
    const text = '{"at":2500,"dev":{"out":{"t":1,"hum":2,"bme":{"p":3}}}}';
    await publisher.publishAsync("a/nested", text, { qos: 1 });
    await count(page, 1);
    assert.deepEqual((await record(page)).readings, [{ values: [1, 2, 3], time_s: 2.5 }]);
    await close(page);
    await page.close();
  });

  it("joins channels that have a topic each", async () => {
    const { page } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["join/+"] }, undefined, 20);
    await isOpen(page);
    for (let turn = 0; turn < 20; turn += 1) {
      await publisher.publishAsync("join/temp", `${turn}`, { qos: 1 });
      await publisher.publishAsync("join/hum", `${100 + turn}`, { qos: 1 });
      await publisher.publishAsync("join/press", `{"value":${1000 + turn}}`, { qos: 1 });
      await pause(50);
    }
    await count(page, 10);
    const { readings, problems } = await record(page);
    assert.ok(readings.every(({ values }) => values.every((value) => value !== null)));
    assert.ok(readings.every(({ values: [a, b, c] }) => b - a >= 99 && c - b >= 899));
    assert.deepEqual(problems, []);
    // Readings stand a twentieth of a second apart, whenever values came.
    const steps = readings.slice(1).map(({ time_s }, at) => time_s - readings[at].time_s);
    assert.ok(steps.every((step) => Math.abs(step - 0.05) < 1e-3));
    await close(page);
    await page.close();
  });

  it("holds what one sensor of two has said", async () => {
    const { page } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["two"] }, ["temp", "hum"], 1);
    await isOpen(page);
    for (let second = 0; second <= 4; second += 1) {
      const time = 1_700_000_000 + second;
      const said = second % 2 === 0 ? `"temp":${second}` : `"hum":${second}`;
      await publisher.publishAsync("two", `{"time":${time},${said}}`, { qos: 1 });
    }
    await publisher.publishAsync("two", '{"time":1700000006,"temp":6,"hum":6}', { qos: 1 });
    await count(page, 4);
    const { readings, problems } = await record(page);
    const values = readings.map(({ values }) => values);
    assert.deepEqual(values.slice(0, 4), [
      [0, 1],
      [2, 1],
      [2, 3],
      [4, 3],
    ]);
    assert.deepEqual(problems, []);
    await close(page);
    await page.close();
  });

  it("does not take the number of another topic for the only channel's", async () => {
    const { page } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["plant/#"] }, ["temp"], 20);
    await isOpen(page);
    await publisher.publishAsync("plant/7/battery", "87", { qos: 1 });
    await publisher.publishAsync("plant/7/rssi", "-61", { qos: 1 });
    await publisher.publishAsync("plant/7/temp", "21,5", { qos: 1 });
    await count(page, 1);
    await close(page);
    const { readings, problems } = await record(page);
    assert.ok(readings.every(({ values }) => values[0] === 21.5));
    assert.equal(problems.at(-1).total, 2);
    assert.equal(problems[0].message.key, "sources.problem_topic");
    await page.close();
  });

  it("joins them by the times that the device gives, whenever they arrive", async () => {
    const { page } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["timed/+"] }, ["temp", "hum"], 1);
    await isOpen(page);
    for (let second = 0; second <= 30; second += 1) {
      const at = 1_700_000_000 + second;
      await publisher.publishAsync("timed/temp", `{"value":${second},"ts":${at}}`, { qos: 1 });
      await publisher.publishAsync("timed/hum", `{"value":${100 + second},"ts":${at}}`, { qos: 1 });
    }
    await count(page, 30);
    const { readings } = await record(page);
    assert.deepEqual(
      readings,
      upTo(30).map((second) => ({
        values: [second, 100 + second],
        time_s: 1_700_000_000 + second,
      })),
    );
    await close(page);
    await page.close();
  });

  it("counts what it cannot use, and goes on", async () => {
    const { page, faults } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["garbage"] });
    await isOpen(page);
    const garbage = [
      "",
      "{",
      '{"__proto__":{"foo":1}}',
      '{"temp":"warm"}',
      "[1,2]",
      Buffer.from([0xff, 0x00, 0xfe]),
      "\u0000\u0000\u0000",
    ];
    const large = ["[".repeat(100_000), Buffer.alloc(300 * 1024, "1")];
    const all = [...Array.from({ length: 100 }, () => garbage).flat(), ...large];
    for (const text of all) {
      publisher.publish("garbage", text, { qos: 1 });
    }
    await publisher.publishAsync("garbage", "1,2,3", { qos: 1 });
    await count(page, 1);
    await close(page);
    const { readings, problems } = await record(page);
    assert.deepEqual(sequence({ readings }), [1]);
    assert.equal(problems.at(-1).total, all.length);
    const sum = problems.reduce((sum, { count }) => sum + count, 0);
    assert.equal(sum, all.length);
    assert.ok(problems.length < 60, `${problems.length} reports`);
    assert.ok(problems.every(({ sample }) => sample.length <= 80));
    assert.equal(await page.evaluate(() => ({}).temp), undefined);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it("does not take what was retained for news", async () => {
    const { page } = await open();
    await publisher.publishAsync("kept/all", "9,9,9", { qos: 1, retain: true });
    await openSource(page, { url: broker.wsUrl, topics: ["kept/#"] });
    await isOpen(page);
    await publisher.publishAsync("kept/all", "1,2,3", { qos: 1 });
    await count(page, 1);
    assert.deepEqual(sequence(await record(page)), [1]);
    await close(page);
    await publisher.publishAsync("kept/all", "", { qos: 1, retain: true });
    await page.close();
  });

  it("loses none of 200 readings a second", async () => {
    const { page, faults } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["fast"] }, undefined, 200);
    await isOpen(page);
    const total = 2000;
    const start = performance.now();
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * 200) + 1);
      for (; sent < due; sent += 1) {
        publisher.publish("fast", `{"temp":${sent},"hum":1,"press":2}`, { qos: 1 });
      }
      await pause(5);
    }
    await count(page, total);
    const found = await record(page);
    assert.deepEqual(sequence(found), upTo(total));
    assert.deepEqual([found.gaps, found.problems.length], [0, 0]);
    await close(page);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it("gets what the broker kept while the network was gone", async () => {
    const { page, faults } = await open();
    const cable = await startCable(broker.wsPort);
    await openSource(page, { url: `ws://127.0.0.1:${cable.port}`, topics: ["cut"] });
    await isOpen(page);
    const total = 600;
    for (let sent = 0; sent < total; sent += 1) {
      if (sent === 200) {
        cable.cut();
      }
      if (sent === 400) {
        cable.mend();
      }
      await publisher.publishAsync("cut", `${sent},1,2`, { qos: 1 });
      await pause(2);
    }
    await count(page, total);
    await isOpen(page);
    const found = await record(page);
    assert.deepEqual(sequence(found), upTo(total));
    assert.equal(found.gaps, 0);
    const seen = kinds(found);
    assert.deepEqual(seen.slice(0, 3), ["connecting", "open", "waiting"]);
    // Attempts that fail wait again; the last one stands.
    assert.match(seen.slice(2).join(), /^(waiting,connecting,)+open$/);
    assert.ok(found.states[2].retryInMs >= 250 && found.states[2].retryInMs <= 500);
    assert.equal(found.states[2].reason.key, "sources.mqtt_lost");
    await close(page);
    cable.close();
    assert.deepEqual(faults, []);
    await page.close();
  });

  for (const signal of ["SIGTERM", "SIGKILL"]) {
    it(`gets everything when the broker ends with ${signal} and starts again`, async () => {
      const { page, faults } = await open();
      const topic = `restart/${signal}`;
      await openSource(page, { url: broker.wsUrl, topics: [topic] });
      await isOpen(page);
      const publish = (from, to) =>
        Promise.all(
          upTo(to - from).map((index) =>
            publisher.publishAsync(topic, `${from + index},1,2`, { qos: 1 }),
          ),
        );
      await publish(0, 200);
      await count(page, 200);
      // What the broker has acknowledged to both sides it has also written.
      await pause(300);
      await broker.stop(signal);
      const later = publish(200, 400);
      await pause(500);
      await broker.start();
      await later;
      await publish(400, 500);
      await count(page, 500);
      await isOpen(page);
      const found = await record(page);
      assert.deepEqual(
        sequence(found).sort((a, b) => a - b),
        upTo(500),
      );
      assert.equal(found.gaps, 0, "the session was resumed");
      assert.match(kinds(found).join(), /^connecting,open,(waiting,connecting,)+open$/);
      await close(page);
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  it("says that readings may be missing where the broker forgot the session", async () => {
    const { page } = await open();
    const cable = await startCable(broker.wsPort);
    const url = `ws://127.0.0.1:${cable.port}`;
    await openSource(page, { url, topics: ["forgotten"], qos: 0 });
    await isOpen(page);
    await publisher.publishAsync("forgotten", "1,2,3");
    await count(page, 1);
    cable.cut();
    await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "waiting"));
    cable.mend();
    await isOpen(page);
    await publisher.publishAsync("forgotten", "4,5,6");
    await count(page, 2);
    const { order, gaps } = await record(page);
    assert.equal(gaps, 1);
    assert.ok(order.indexOf("gap") > order.indexOf("readings"));
    assert.ok(order.indexOf("gap") < order.lastIndexOf("readings"));
    await close(page);
    cable.close();
    await page.close();
  });

  it("tries at once when the network is said to be back", async () => {
    const { page } = await open();
    const cable = await startCable(broker.wsPort);
    await openSource(page, { url: `ws://127.0.0.1:${cable.port}`, topics: ["back"] });
    await isOpen(page);
    cable.cut();
    // Long enough that waits have grown.
    await page.evaluate(() => window.until(() => window.record.states.at(-1).retryInMs >= 2000));
    cable.mend();
    const waited = await page.evaluate(async () => {
      const start = performance.now();
      dispatchEvent(new Event("online"));
      await window.until(() => window.record.states.at(-1).kind === "open");
      return { tookMs: performance.now() - start, wait: window.record.states.at(-3).retryInMs };
    });
    assert.ok(waited.tookMs < waited.wait, JSON.stringify(waited));
    await close(page);
    cable.close();
    await page.close();
  });

  it("goes on trying where nobody answers, and stops when told", async () => {
    const { page, faults } = await open();
    const cable = await startCable(broker.wsPort);
    cable.cut();
    await openSource(page, { url: `ws://127.0.0.1:${cable.port}`, topics: ["nobody"] });
    await page.evaluate(() =>
      window.until(() => window.record.states.filter(({ kind }) => kind === "waiting").length > 2),
    );
    await close(page);
    const { states } = await record(page);
    const waits = states.filter(({ kind }) => kind === "waiting");
    assert.ok(waits.every(({ reason }) => reason.key === "sources.mqtt_unreachable"));
    assert.ok(waits.every(({ reason }) => reason.values.host === `127.0.0.1:${cable.port}`));
    await pause(2500);
    assert.deepEqual((await record(page)).states, states);
    cable.close();
    assert.deepEqual(faults, []);
    await page.close();
  });

  it("leaves nothing behind at the broker", async () => {
    const watcher = await mqtt.connectAsync(broker.mqttUrl);
    let clients = null;
    watcher.on("message", (_, payload) => (clients = Number(payload)));
    const { page } = await open();
    await openSource(page, { url: broker.wsUrl, topics: ["left"] });
    await isOpen(page);
    await close(page);
    await page.close();
    // A session that is kept for a client that is gone counts as a client, too.
    await watcher.subscribeAsync("$SYS/broker/clients/disconnected");
    // The broker says it now and then; what it said last may be of before.
    for (const end = Date.now() + 60_000; clients !== 0; await pause(100)) {
      assert.ok(Date.now() < end, `${clients} sessions are left`);
    }
    await watcher.endAsync();
  });
});

const passwords = ["/usr/bin/mosquitto_passwd", "/usr/local/bin/mosquitto_passwd"].find((path) =>
  existsSync(path),
);
const noPasswords = !passwords && "mosquitto_passwd is missing: install Debian's package mosquitto";

describe("what brokers ask for", { skip: noChromium() || noMosquitto() || noPasswords }, () => {
  let browser, server, broker;

  before(async () => {
    browser = await launch();
    server = await serveSources();
    broker = await startMosquitto({
      settings: ["allow_anonymous false", "password_file FOLDER/passwords", "acl_file FOLDER/acl"],
      prepare: (folder) => {
        withPassword(folder);
        writeFileSync(join(folder, "acl"), "user me\ntopic readwrite open/#\n");
      },
    });
  });

  after(async () => {
    await broker?.close();
    await browser?.close();
    server?.close();
  });

  function withPassword(folder) {
    const file = join(folder, "passwords");
    execFileSync(passwords, ["-c", "-b", file, "me", "s3cret"], { stdio: "ignore" });
  }

  /** Publishes a reading to a broker and sees it arrive in a page. */
  async function readsFrom(broker, url, topic, context = {}) {
    const right = { username: "me", password: "s3cret" };
    const publisher = await mqtt.connectAsync(broker.mqttUrl, right);
    const { page } = await openSources(browser, server.origin, context);
    await openSource(page, { url, topics: [topic], ...right });
    await isOpen(page);
    await publisher.publishAsync(topic, "1,2,3", { qos: 1 });
    await count(page, 1);
    assert.deepEqual(sequence(await record(page)), [1]);
    await close(page);
    await publisher.endAsync();
    await page.close();
  }

  it("a wrong password is not tried again, and never shown", async () => {
    const { page } = await openSources(browser, server.origin);
    const lines = [];
    page.on("console", (line) => lines.push(line.text()));
    // MQTT.js as it is published would then log what it sends.
    await page.evaluate(() => localStorage.setItem("debug", "*"));
    const wrong = { username: "me", password: "wr0ng" };
    await openSource(page, { url: broker.wsUrl, topics: ["open/a"], ...wrong });
    await failed(page);
    await pause(1500);
    const { states } = await record(page);
    assert.deepEqual(kinds({ states }), ["connecting", "failed"]);
    assert.equal(states[1].reason.key, "sources.mqtt_credentials");
    const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
    assert.doesNotMatch(`${JSON.stringify(states)} ${lines.join()} ${stored}`, /wr0ng/);
    await page.close();
  });

  it("the right one opens what it may read", () => readsFrom(broker, broker.wsUrl, "open/a"));

  it("the configuration in the documentation works", async () => {
    const page = await readFile(join(root, "docs/sources.md"), "utf8");
    const [, documented] = /mosquitto\.conf that works\n+```\n([^]*?)```/.exec(page);
    const documentedBroker = await startMosquitto({
      configuration: documented
        .replace("listener 1883", "listener MQTT_PORT 127.0.0.1")
        .replace("listener 9001", "listener WS_PORT 127.0.0.1")
        .replace("/var/lib/mosquitto/", "FOLDER/")
        .replaceAll("/etc/mosquitto/passwords", "FOLDER/passwords"),
      prepare: withPassword,
    });
    try {
      await readsFrom(documentedBroker, documentedBroker.wsUrl, "doc/a");
    } finally {
      await documentedBroker.close();
    }
  });

  it(
    "a certificate makes it wss",
    { skip: !existsSync("/usr/bin/openssl") && "openssl is missing" },
    async () => {
      const secure = await startMosquitto({
        settings: [
          "certfile FOLDER/cert.pem",
          "keyfile FOLDER/key.pem",
          "allow_anonymous false",
          "password_file FOLDER/passwords",
        ],
        prepare: (folder) => {
          withPassword(folder);
          const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
          const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
          const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
          execFileSync("/usr/bin/openssl", ["req", ...kind, ...files, ...subject], {
            stdio: "ignore",
          });
        },
      });
      try {
        const url = secure.wsUrl.replace("ws:", "wss:");
        await readsFrom(secure, url, "secure/a", { ignoreHTTPSErrors: true });
      } finally {
        await secure.close();
      }
    },
  );

  it("a broker without a listener for WebSockets is not there", async () => {
    const { page } = await openSources(browser, server.origin);
    await openSource(page, { url: `ws://127.0.0.1:${broker.mqttPort}`, topics: ["a"] });
    await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "waiting"));
    const { reason } = (await record(page)).states.at(-1);
    assert.equal(reason.key, "sources.mqtt_unreachable");
    await close(page);
    await page.close();
  });
});
