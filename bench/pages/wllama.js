/** wllama: llama.cpp in wasm. Its own timings, which leave out its messages. */

const PACKAGE = "/packages/@wllama/wllama/esm";
const PROMPT = "Once upon a time there was a";

/** A token of a word; chosen always, so that nothing ends a text early. */
const ALWAYS = 262;

const GREEDY = {
  temperature: 0,
  top_k: 1,
  samplers: ["top_k"],
  ignore_eos: true,
  cache_prompt: false,
  logit_bias: [[ALWAYS, 1000]],
};

export async function open({ model, threads }) {
  const { Wllama, LoggerWithoutDebug } = await import(`${PACKAGE}/index.min.js`);
  const paths = { default: `${PACKAGE}/wasm/wllama.wasm` };
  const instance = new Wllama(paths, { suppressNativeLog: true, logger: LoggerWithoutDebug });
  const blob = await (await fetch(model)).blob();
  await instance.loadModel([blob], {
    n_ctx: 1024,
    n_threads: threads,
    n_gpu_layers: 0,
    n_parallel: 1,
  });
  const complete = (prompt, tokens) =>
    instance.createCompletion({ prompt, max_tokens: tokens, ...GREEDY });
  return {
    detail: { threads: instance.getNumThreads(), library: Wllama.getLibllamaVersion?.() },
    async first() {
      await new Promise((resolve, reject) => {
        const onData = () => resolve();
        const streamed = { prompt: PROMPT, max_tokens: 1, stream: true, ...GREEDY, onData };
        instance.createCompletion(streamed).then(resolve, reject);
      });
    },
    async prefill(tokens) {
      const { timings } = await complete(" hello".repeat(tokens), 1);
      if (timings.prompt_n !== tokens) {
        throw new Error(`the prompt has ${timings.prompt_n} tokens, not ${tokens}`);
      }
      return timings.prompt_per_second;
    },
    async decode(tokens) {
      const { timings } = await complete(" hello", tokens);
      if (timings.predicted_n !== tokens) {
        throw new Error(`${timings.predicted_n} tokens came, not ${tokens}`);
      }
      return timings.predicted_per_second;
    },
  };
}
