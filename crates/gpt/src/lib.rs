//! GPT-2: config, weights, plan, KV cache, forward, sampler.
