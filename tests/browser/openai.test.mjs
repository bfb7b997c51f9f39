/** The entry point in the shape of OpenAI's client. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cannotRun, launch, openPackage, root, servePackage, watch } from "./support.mjs";

let browser, server;

before(async () => {
  if (!cannotRun()) {
    browser = await launch();
    server = await servePackage({ isolated: false });
  }
});

after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * Runs `body` in a page that has a model behind the shape as `window.client`,
 * and `window.failed`, which tells what a request fails with.
 */
async function withClient(url, body, argument) {
  const page = await openPackage(browser, server.origin);
  const faults = watch(page, server.origin);
  try {
    await page.evaluate(async (url) => {
      Object.assign(window, await import("/web/dist/openai.js"));
      window.model = await window.senselm.SenseLM.load(url);
      window.client = window.openai(window.model);
      window.failed = (promise) =>
        promise.then(
          () => "nothing",
          (error) => ({
            name: error.name,
            message: error.message,
            api: error instanceof window.APIError,
            status: error.status,
            cause: error.cause?.code ?? null,
            ...JSON.parse(JSON.stringify(error)).error,
          }),
        );
    }, url);
    return { result: await page.evaluate(body, argument), faults };
  } finally {
    await page.close();
  }
}

const TINY = "/golden/tiny-f32.gguf";
const PUMP = "/models/pump.gguf";

describe("completions", { skip: cannotRun() }, () => {
  it("are the model's text, at once and in chunks", async () => {
    const { result, faults } = await withClient(TINY, async () => {
      const { client, model } = window;
      const asked = { model: client.model, prompt: "A pump", max_tokens: 12 };
      const generated = await model.generate("A pump", { max_tokens: 12 }).result;
      const whole = await client.completions.create(asked);
      const chunks = [];
      const options = { stream: true, stream_options: { include_usage: true } };
      for await (const chunk of await client.completions.create({ ...asked, ...options })) {
        chunks.push(chunk);
      }
      return { name: client.model, generated, whole, chunks };
    });
    const { name, generated, whole, chunks } = result;
    assert.ok(generated.text.length > 0);
    assert.match(whole.id, /^cmpl-\d+/);
    assert.ok(Math.abs(whole.created - Date.now() / 1000) < 3600);
    const reason = generated.stopped_by === "end" ? "stop" : "length";
    const usage = {
      prompt_tokens: generated.timings.prompt_tokens,
      completion_tokens: generated.tokens.length,
      total_tokens: generated.timings.prompt_tokens + generated.tokens.length,
    };
    const { prompt_tokens_details: details, ...counted } = whole.usage;
    assert.deepEqual(counted, usage);
    assert.ok(details.cached_tokens >= 0);
    assert.deepEqual([whole.object, whole.model], ["text_completion", name]);
    const { text } = generated;
    const choice = { index: 0, text, logprobs: null, finish_reason: reason };
    assert.deepEqual(whole.choices, [choice]);

    const texts = chunks.flatMap(({ choices }) => choices).map((choice) => choice.text);
    assert.ok(texts.length > 3);
    assert.equal(texts.join(""), text);
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    const last = chunks.pop();
    assert.deepEqual(last.choices, []);
    assert.equal(last.usage.total_tokens, usage.total_tokens);
    assert.ok(chunks.every((chunk) => chunk.usage === null));
    const reasons = chunks.map(({ choices }) => choices[0].finish_reason);
    assert.deepEqual([...new Set(reasons)], [null, reason]);
    assert.equal(reasons.filter(Boolean).length, 1);
    assert.deepEqual(faults, []);
  });

  it("heed temperature, seed, top_p, stop and max_tokens", async () => {
    const { result } = await withClient(TINY, async () => {
      const { client, model } = window;
      const create = async (parameters) => {
        const asked = { model: client.model, prompt: "A pump", max_tokens: 24, ...parameters };
        const { choices, usage } = await client.completions.create(asked);
        return { ...choices[0], tokens: usage.completion_tokens };
      };
      const generate = (sampler) =>
        model.generate("A pump", { max_tokens: 24, sampler }).result.then(({ text }) => text);
      const greedy = await create({});
      const middle = greedy.text.slice(5, 8);
      return {
        greedy,
        middle,
        stopped: await create({ stop: middle }),
        listed: await create({ stop: ["no such text", middle] }),
        short: await create({ max_tokens: 3 }),
        standard: await create({}).then(({ tokens }) => tokens),
        seeded: await create({ temperature: 1.5, seed: 7, top_p: 0.9 }),
        expected: await generate({ temperature: 1.5, seed: 7, top_p: 0.9 }),
        drawn: new Set([
          (await create({ temperature: 2 })).text,
          (await create({ temperature: 2 })).text,
          (await create({ temperature: 2 })).text,
        ]).size,
      };
    });
    const { greedy, middle } = result;
    const before = greedy.text.slice(0, greedy.text.indexOf(middle));
    for (const stopped of [result.stopped, result.listed]) {
      assert.equal(stopped.text, before);
      assert.equal(stopped.finish_reason, "stop");
    }
    assert.equal(result.short.tokens, 3);
    assert.equal(result.short.finish_reason, "length");
    assert.equal(result.seeded.text, result.expected);
    assert.notEqual(result.seeded.text, greedy.text);
    assert.ok(result.drawn > 1, "a random seed gives other texts");
  });
});

describe("conversations", { skip: cannotRun() }, () => {
  it("become the documented prompt, and end where the user would speak", async () => {
    const { result, faults } = await withClient(TINY, async () => {
      const { client, model, openai, plainTemplate } = window;
      const asked = [];
      const spied = {
        info: model.info,
        prompt: (...given) => model.prompt(...given),
        generate: (prompt, options) => {
          asked.push({ prompt, stop: options.stop });
          return model.generate(prompt, options);
        },
      };
      const { chat, model: name } = openai(spied, { systemPrompt: "Be brief." });
      const user = (content) => ({ role: "user", content });
      const create = (messages, more) =>
        chat.completions.create({ model: name, messages, max_tokens: 8, ...more });
      const first = await create([user("Is it well?")], { stop: "!" });
      const answer = first.choices[0].message;
      const parts = [
        { type: "text", text: "And" },
        { type: "text", text: "now?" },
      ];
      await create([user("Is it well?"), answer, user(parts)]);
      await create([{ role: "developer", content: "Shout." }, user("Now?")]);
      const other = openai(spied, {
        name: "mine",
        template: (messages) => ({ prompt: JSON.stringify(messages), stop: [] }),
      });
      await other.chat.completions.create({ model: "mine", messages: [user("A")], max_tokens: 1 });
      return {
        asked,
        first,
        answer,
        plain: plainTemplate([{ role: "user", text: "A" }]),
        name: client.model,
      };
    });
    const { asked, first, answer } = result;
    assert.deepEqual(asked, [
      { prompt: "Be brief.\n\nUser: Is it well?\nAssistant:", stop: ["\nUser:", "!"] },
      {
        prompt: `Be brief.\n\nUser: Is it well?\nAssistant: ${answer.content}\nUser: And\nnow?\nAssistant:`,
        stop: ["\nUser:"],
      },
      { prompt: "Shout.\n\nUser: Now?\nAssistant:", stop: ["\nUser:"] },
      { prompt: '[{"role":"user","text":"A"}]', stop: [] },
    ]);
    assert.equal(first.object, "chat.completion");
    assert.match(first.id, /^chatcmpl-\d+/);
    assert.deepEqual(Object.keys(answer).sort(), ["content", "refusal", "role"]);
    assert.equal(answer.content, answer.content.trimStart());
    assert.deepEqual(result.plain, { prompt: "User: A\nAssistant:", stop: ["\nUser:"] });
    assert.deepEqual(faults, []);
  });

  it("stream what they would answer at once", async () => {
    const { result } = await withClient(TINY, async () => {
      const { client } = window;
      const messages = [{ role: "user", content: "A pump" }];
      const asked = { model: client.model, messages, max_completion_tokens: 16 };
      const whole = await client.chat.completions.create(asked);
      const chunks = [];
      for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
        chunks.push(chunk);
      }
      return { whole, chunks };
    });
    const { whole, chunks } = result;
    assert.deepEqual(chunks[0].choices[0].delta, { role: "assistant", content: "" });
    assert.deepEqual(chunks.at(-1).choices[0].delta, {});
    assert.equal(chunks.at(-1).choices[0].finish_reason, whole.choices[0].finish_reason);
    const contents = chunks.map(({ choices }) => choices[0].delta.content ?? "");
    assert.equal(contents.join(""), whole.choices[0].message.content);
    assert.ok(chunks.every(({ object }) => object === "chat.completion.chunk"));
    assert.ok(chunks.every((chunk) => !("usage" in chunk)));
  });

  it("end with a signal, a left loop or the stream's controller", async () => {
    const { result, faults } = await withClient(TINY, async () => {
      const { client, failed } = window;
      const messages = [{ role: "user", content: "A pump" }];
      const asked = { model: client.model, messages, max_tokens: 60 };
      const create = (more, options) =>
        client.chat.completions.create({ ...asked, ...more }, options);
      const loop = async (stream, onChunk) => {
        for await (const chunk of stream) {
          if (onChunk(chunk) === false) {
            break;
          }
        }
      };
      const aborted = new AbortController();
      const first = await create({ stream: true }, { signal: aborted.signal });
      const second = await create({ stream: true });
      const third = await create({ stream: true });
      let left = 0;
      const ends = {
        before: await failed(create({}, { signal: AbortSignal.abort() })),
        signal: await failed(loop(first, () => aborted.abort())),
        controller: await failed(loop(second, () => second.controller.abort())),
        left: await failed(
          loop(third, () => {
            left += 1;
            return left < 2;
          }),
        ),
        again: await failed(loop(third, () => true)),
      };
      const { choices } = await create({ max_tokens: 2 });
      return { ends, left, alive: choices.length };
    });
    const { before, signal, controller, left, again } = result.ends;
    for (const end of [before, signal, controller]) {
      assert.deepEqual([end.name, end.api], ["AbortError", false]);
    }
    assert.equal(left, "nothing");
    assert.equal(result.left, 2);
    assert.equal(again.name, "InputError");
    assert.match(again.message, /once/);
    assert.equal(result.alive, 1);
    assert.deepEqual(faults, []);
  });
});

describe("a window of readings", { skip: cannotRun() }, () => {
  it("by itself is asked as the model was trained, and gets its label", async () => {
    const csv = readFileSync(join(root, "examples/pump.csv"), "utf8");
    const { result, faults } = await withClient(
      PUMP,
      async (csv) => {
        const { client, model } = window;
        const { records } = await model.readCsv(new TextEncoder().encode(csv).buffer);
        const found = [];
        for (const { window: readings } of records.slice(0, 12)) {
          const { label } = await model.classify(readings);
          const content = [{ type: "sensor_window", window: readings }];
          const messages = [{ role: "user", content }];
          const { choices, usage } = await client.chat.completions.create({
            model: client.model,
            messages,
          });
          const { timings } = await model.generate(await model.prompt(readings)).result;
          const same = timings.prompt_tokens === usage.prompt_tokens;
          found.push({ label, same, ...choices[0] });
        }
        return { found, labels: model.info.task.labels };
      },
      csv,
    );
    assert.equal(result.found.length, 12);
    for (const { label, message, finish_reason, same } of result.found) {
      assert.ok(result.labels.includes(message.content), message.content);
      assert.equal(message.content, label);
      assert.equal(finish_reason, "stop");
      assert.ok(same, "the prompt is the window's and no more");
    }
    assert.deepEqual(faults, []);
  });
});

describe("what cannot be honoured", { skip: cannotRun() }, () => {
  it("is refused in the shape of the API", async () => {
    const { result, faults } = await withClient(TINY, async () => {
      const { client, failed, model } = window;
      const user = { role: "user", content: "A" };
      const chat = (more) =>
        failed(client.chat.completions.create({ model: client.model, messages: [user], ...more }));
      const text = (more) =>
        failed(client.completions.create({ model: client.model, prompt: "A", ...more }));
      const said = (message) => chat({ messages: [message] });
      const part = (part) => said({ role: "user", content: [part] });
      const found = {
        model: await chat({ model: "gpt-4o" }),
        n: await chat({ n: 2 }),
        logprobs: await chat({ logprobs: true }),
        logprobsOfText: await text({ logprobs: 3 }),
        tools: await chat({ tools: [{ type: "function" }] }),
        json: await chat({ response_format: { type: "json_object" } }),
        penalty: await text({ presence_penalty: 0.5 }),
        echo: await text({ echo: true }),
        unknown: await chat({ temprature: 1 }),
        temperature: await chat({ temperature: 3 }),
        temperatureAsText: await chat({ temperature: "1" }),
        topP: await chat({ top_p: 0 }),
        seed: await chat({ seed: 0.5 }),
        stop: await chat({ stop: [5] }),
        maxTokens: await chat({ max_tokens: 0 }),
        twoLimits: await chat({ max_tokens: 1, max_completion_tokens: 2 }),
        usageWithoutStream: await chat({ stream_options: { include_usage: true } }),
        streamAsText: await chat({ stream: "yes" }),
        noMessages: await chat({ messages: [] }),
        role: await said({ role: "tool", content: "A" }),
        content: await said({ role: "user", content: 5 }),
        name: await said({ ...user, name: "Ann" }),
        image: await part({ type: "image_url", image_url: { url: "data:," } }),
        nothing: await failed(client.chat.completions.create()),
        window: await part({ type: "sensor_window", window: { channels: [] } }),
        tokens: await text({ prompt: [1, 2] }),
        prompts: await text({ prompt: ["A", "B"] }),
        tooLong: await text({ prompt: "A pump. ".repeat(500) }),
        tooManyStops: await text({ stop: Array(40).fill("a") }),
      };
      const neutral = { n: 1, logprobs: false, presence_penalty: 0, tools: [], user: "me" };
      const format = { response_format: { type: "text" }, max_tokens: 1, top_p: null };
      const fine = await chat({ ...neutral, ...format });
      model.close();
      return { found, fine, closed: await chat({}) };
    });
    const wanted = {
      model: [404, "model", "model_not_found"],
      n: [400, "n", "unsupported_parameter"],
      logprobs: [400, "logprobs", "unsupported_parameter"],
      logprobsOfText: [400, "logprobs", "unsupported_parameter"],
      tools: [400, "tools", "unsupported_parameter"],
      json: [400, "response_format", "unsupported_parameter"],
      penalty: [400, "presence_penalty", "unsupported_parameter"],
      echo: [400, "echo", "unsupported_parameter"],
      unknown: [400, "temprature", "unknown_parameter"],
      temperature: [400, "temperature", "invalid_value"],
      temperatureAsText: [400, "temperature", "invalid_value"],
      topP: [400, "top_p", "invalid_value"],
      seed: [400, "seed", "invalid_value"],
      stop: [400, "stop", "invalid_value"],
      maxTokens: [400, "max_tokens", "invalid_value"],
      twoLimits: [400, "max_tokens", "invalid_value"],
      usageWithoutStream: [400, "stream_options", "invalid_value"],
      streamAsText: [400, "stream", "invalid_value"],
      noMessages: [400, "messages", "invalid_value"],
      role: [400, "messages[0].role", "invalid_value"],
      content: [400, "messages[0].content", "invalid_value"],
      name: [400, "messages[0].name", "unsupported_parameter"],
      image: [400, "messages[0].content[0]", "invalid_value"],
      nothing: [400, null, "invalid_value"],
      window: [400, null, "no_task"],
      tokens: [400, "prompt", "invalid_value"],
      prompts: [400, "prompt", "invalid_value"],
      tooLong: [400, "prompt", "context_length_exceeded"],
      tooManyStops: [400, null, "bad_option"],
    };
    for (const [name, error] of Object.entries(result.found)) {
      const { api, status, param, code, type, message } = error;
      assert.deepEqual([api, status, param, code], [true, ...(wanted[name] ?? [])], name);
      assert.equal(type, "invalid_request_error", name);
      assert.ok(message.length > 20, `${name}: ${message}`);
    }
    assert.deepEqual(Object.keys(result.found), Object.keys(wanted));
    assert.equal(result.fine, "nothing");
    assert.equal(result.found.tooLong.cause, "prompt_too_long");
    const { status, type, code } = result.closed;
    assert.deepEqual([status, type, code], [500, "server_error", "closed"]);
    assert.deepEqual(faults, []);
  });
});
