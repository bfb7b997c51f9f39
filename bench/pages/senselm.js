/** senselm, by its npm package. */

const PROMPT = "Once upon a time there was a";

export async function open({ model, threads, backend, path }) {
  const { SenseLM } = await import(path);
  let loaded;
  try {
    // A page that is not isolated has one thread without being asked.
    const onGpu = backend === "gpu" ? { backend } : {};
    loaded = await SenseLM.load(model, threads > 1 ? { threads } : onGpu);
  } catch (error) {
    if (threads > 1) {
      return {
        unavailable: `the browser build does not start ${threads} threads: ${error.message}`,
      };
    }
    throw error;
  }
  const running = loaded.info.threads ?? 1;
  if (running !== threads) {
    return { unavailable: `the browser build runs ${running} thread(s), not ${threads}` };
  }
  const { vocab, kernels, file_bytes } = loaded.info;
  return {
    detail: { kernels, file_bytes, variant: loaded.variant, threads: running },
    async first() {
      // One token alone ends the call as soon as it is there; its piece may be
      // half a character and come later.
      await loaded.generate(PROMPT, { max_tokens: 1, ignore_end: true }).result;
    },
    /** Windows a second, one after the other. */
    async windows(count) {
      const channels = loaded.info.channels.map((_, channel) =>
        Array.from({ length: loaded.info.min_samples }, (_, at) => Math.sin(at / 3 + channel)),
      );
      const start = performance.now();
      for (let window = 0; window < count; window += 1) {
        await loaded.answer({ channels });
      }
      return (count * 1000) / (performance.now() - start);
    },
    async prefill(tokens) {
      const ids = Uint32Array.from({ length: tokens }, (_, at) => (at * 7919) % vocab);
      const start = performance.now();
      await loaded.logits(ids);
      return (tokens * 1000) / (performance.now() - start);
    },
    async decode(tokens) {
      const { timings } = await loaded.generate("", { max_tokens: tokens, ignore_end: true })
        .result;
      // The first token comes out of the prompt's pass.
      return ((timings.answer_tokens - 1) * 1000) / timings.decode_ms;
    },
  };
}
