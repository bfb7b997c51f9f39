/**
 * The dashboard's MQTT source in Chromium and brokers that behave as mosquitto
 * does not: each WebSocket is answered by the test.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { noChromium } from "./chromium.mjs";
import { close, count, failed, isOpen, openSource, record } from "./mqtt-source.mjs";
import { openSources, serveSources } from "./sources.mjs";
import { launch } from "./support.mjs";

describe("brokers that mosquitto is not", { skip: noChromium() }, () => {
  let browser, server;

  before(async () => {
    browser = await launch();
    server = await serveSources();
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  /**
   * A page in which every WebSocket is answered by `reply`, which is given the
   * type of each packet, its bytes, and the version that CONNECT asked for.
   */
  async function openFake(reply) {
    const opened = await openSources(browser, server.origin);
    const versions = [];
    await opened.page.routeWebSocket(/fake\.example/, (socket) => {
      socket.onMessage((message) => {
        const bytes = Buffer.from(message);
        if (bytes[0] >> 4 === 1) {
          versions.push(bytes[bytes.indexOf("MQTT") + 4]);
        }
        reply(socket, bytes[0] >> 4, bytes, versions.at(-1));
      });
    });
    await opened.page.reload();
    await openSource(opened.page, { url: "ws://fake.example/mqtt", topics: ["a", "b"] });
    return { ...opened, versions };
  }

  const CONNECT = 1;
  const SUBSCRIBE = 8;
  const publish = (topic, text) =>
    Buffer.concat([
      Buffer.from([0x30, 2 + topic.length + text.length, 0, topic.length]),
      Buffer.from(topic + text),
    ]);

  for (const [how, refuse] of [
    ["says so", (socket) => socket.send(Buffer.from([0x20, 2, 0, 1]))],
    ["hangs up", (socket) => socket.close()],
  ]) {
    it(`is spoken to in MQTT 3.1.1 where it knows no other and ${how}`, async () => {
      const { page, versions } = await openFake((socket, type, bytes, version) => {
        if (type === CONNECT && version === 5) {
          refuse(socket);
        } else if (type === CONNECT) {
          socket.send(Buffer.from([0x20, 2, 0, 0]));
        } else if (type === SUBSCRIBE) {
          socket.send(Buffer.from([0x90, 4, bytes[2], bytes[3], 1, 1]));
          socket.send(publish("a", "1,2,3"));
        }
      });
      await isOpen(page);
      await count(page, 1);
      assert.deepEqual(versions, [5, 4]);
      await close(page);
      await page.close();
    });
  }

  for (const [what, key, connack] of [
    ["no version at all", "sources.mqtt_refused", [0x20, 2, 0, 1]],
    ["the user, in MQTT 3.1.1", "sources.mqtt_credentials", [0x20, 2, 0, 5]],
    ["the user, in MQTT 5", "sources.mqtt_credentials", [0x20, 3, 0, 0x86, 0]],
    ["the address", "sources.mqtt_refused", [0x20, 3, 0, 0x8a, 0]],
  ]) {
    it(`that takes ${what} is given up`, async () => {
      const { page } = await openFake((socket, type) => {
        if (type === CONNECT) {
          socket.send(Buffer.from(connack));
        }
      });
      await failed(page);
      assert.equal((await record(page)).states.at(-1).reason.key, key);
      await page.close();
    });
  }

  it("that is busy is tried again", async () => {
    const { page, versions } = await openFake((socket, type) => {
      if (type === CONNECT) {
        socket.send(Buffer.from([0x20, 3, 0, 0x89, 0]));
      }
    });
    await page.evaluate(() => window.until(() => window.record.states.length >= 5));
    const { states } = await record(page);
    assert.equal(states[1].reason.values.reason, "server busy");
    assert.ok(versions.every((version) => version === 5));
    await close(page);
    await page.close();
  });

  it("that denies a topic is given up, with the topic's name", async () => {
    const { page } = await openFake((socket, type, bytes) => {
      if (type === CONNECT) {
        socket.send(Buffer.from([0x20, 3, 0, 0, 0]));
      } else if (type === SUBSCRIBE) {
        socket.send(Buffer.from([0x90, 5, bytes[2], bytes[3], 0, 1, 0x87]));
      }
    });
    await failed(page);
    const { reason } = (await record(page)).states.at(-1);
    assert.deepEqual([reason.key, reason.values.topic], ["sources.mqtt_denied", "b"]);
    await page.close();
  });

  it("that sends a message without end is cut off", async () => {
    const { page } = await openFake((socket, type) => {
      if (type === CONNECT) {
        socket.send(Buffer.from([0x20, 3, 0, 0, 0]));
      } else if (type === SUBSCRIBE) {
        // A packet of 256 MB begins.
        socket.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
        for (let piece = 0; piece < 6; piece += 1) {
          socket.send(Buffer.alloc(2 ** 20, 0x41));
        }
      }
    });
    await failed(page);
    assert.equal((await record(page)).states.at(-1).reason.key, "sources.mqtt_flood");
    await page.close();
  });

  it("that speaks no MQTT does no harm", async () => {
    const { page, faults } = await openFake((socket) => {
      socket.send(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "waiting"));
    await close(page);
    assert.deepEqual(faults, []);
    await page.close();
  });
});
