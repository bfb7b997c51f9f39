/** The settings of a free question, as they are typed and as the model takes them. */

import type { GenerateOptions } from "@senselm/web";

/** What stands in the fields. */
export interface SamplerSettings {
  max_tokens: string;
  temperature: string;
  top_k: string;
  top_p: string;
  seed: string;
}

/** Greedy, and not for long. */
export const DEFAULTS: SamplerSettings = {
  max_tokens: "64",
  temperature: "0",
  top_k: "",
  top_p: "",
  seed: "1",
};

/** Which of the fields hold nothing that can be used. */
export type SamplerErrors = Partial<Record<keyof SamplerSettings, true>>;

const LIMITS: Readonly<Record<keyof SamplerSettings, (value: number) => boolean>> = {
  max_tokens: (value) => Number.isInteger(value) && value >= 1 && value <= 4096,
  temperature: (value) => value >= 0 && value <= 10,
  top_k: (value) => Number.isInteger(value) && value >= 1,
  top_p: (value) => value > 0 && value <= 1,
  seed: (value) => Number.isSafeInteger(value) && value >= 0,
};

/** The options, or what is wrong with the fields. An empty field is left out. */
export function readSampler(settings: SamplerSettings): {
  options: GenerateOptions | null;
  errors: SamplerErrors;
} {
  const values: Partial<Record<keyof SamplerSettings, number>> = {};
  const errors: SamplerErrors = {};
  for (const key of Object.keys(LIMITS) as (keyof SamplerSettings)[]) {
    const text = settings[key].trim();
    if (text === "") {
      continue;
    }
    if (LIMITS[key](Number(text))) {
      values[key] = Number(text);
    } else {
      errors[key] = true;
    }
  }
  if (Object.keys(errors).length > 0) {
    return { options: null, errors };
  }
  const { max_tokens, temperature, ...others } = values;
  // At a temperature of 0 there is nothing to choose among.
  const sampler = temperature ? { temperature, ...others } : {};
  return { options: { ...(max_tokens ? { max_tokens } : {}), sampler }, errors };
}
