/** The page's side: a model in a worker, as an object with methods. */

import { Choice, mayBeWorthGpu, WORTH_GPU_BYTES, WORTH_GPU_MS } from "./choice.js";
import { type CallOptions, Connection } from "./connection.js";
import { InputError, SenseLMError } from "./errors.js";
import { fromFailure } from "./failure.js";
import { bestThreads, bestVariant, gpuHere } from "./features.js";
import { onlyKnown } from "./known.js";
import { NumbersReader, ReadingStream, RecordingReader } from "./feeds.js";
import type {
  Answer,
  Backend,
  BackendChange,
  CacheMode,
  Classification,
  ExpectedColumn,
  GenerateOptions,
  GpuMath,
  Info,
  KvType,
  NumberAnswer,
  NumbersOptions,
  Recording,
  RecordingWants,
  SensorWindow,
  SentSource,
  Speed,
  StreamOptions,
  TableOptions,
  Variant,
} from "./protocol.js";
import { type ModelSource, toSend } from "./source.js";
import { TextStream } from "./text-stream.js";
import { needBrowser, startModelWorker } from "./workers.js";

/** How to load a model. */
export interface LoadOptions extends CallOptions {
  /**
   * What runs the model. `auto` measures a model the first time it is loaded
   * where there is a GPU, takes the faster one, and remembers it; it is the
   * default where no variant is asked for. `gpu` fails with `no_gpu` where there
   * is none.
   */
  backend?: Backend | "auto";
  /** Told when a GPU failed in the middle of something. No answer is lost by it. */
  onBackendChange?: (change: BackendChange) => void;
  /** The build of the runtime; the fastest that runs here without it. */
  variant?: Variant;
  /** The kernels by name; the fastest of the build without it. */
  kernels?: string;
  /**
   * How many workers compute, at most; a small model takes one. More than one
   * needs a page that is cross-origin isolated. As many as the machine has
   * cores, up to 4, without it.
   */
  threads?: number;
  /** What cached keys and values are kept as; `F32` without it. */
  kv?: KvType;
  /** How a GPU computes prompts; `exact` without it. `rounded` moves logits by up to 0.02. */
  gpuMath?: GpuMath;
  /**
   * Whether answers carry an anomaly score, if the model knows one; they do unless
   * this is false.
   */
  anomaly?: boolean;
  /**
   * How what `models` keeps is used. For an address it is `prefer` without it:
   * what is kept is loaded without asking the server, anything else is fetched and
   * kept. Files and bytes are kept only by `models.install`.
   */
  cache?: CacheMode;
  /** The file's SHA-256 in hexadecimal; another file is refused with `bad_hash`. */
  sha256?: string;
  /** Called as bytes arrive; `total` is null where the server does not say. */
  onProgress?: (loaded: number, total: number | null) => void;
  /** Called as a GPU's shaders are compiled, which may take seconds. */
  onCompiled?: (done: number, total: number) => void;
}

const LOAD_OPTIONS = [
  ...(["backend", "variant", "kernels", "threads", "kv", "gpuMath", "anomaly"] as const),
  ...(["cache", "sha256", "onProgress", "onCompiled", "onBackendChange", "signal"] as const),
];

const TABLE_OPTIONS = [
  ...(["delimiter", "decimal", "times", "headerLine", "rateHz"] as const),
  ...(["converted", "encoding", "signal"] as const),
];

/** Which logits to give. */
export interface LogitsOptions extends CallOptions {
  /** Those behind every token, one row of the vocabulary's size each; not only the last. */
  all?: boolean;
}

/** The options with the text that the source was given as, which may be a model's name. */
interface Named extends LoadOptions {
  name: string | null;
}

/** A model that a worker has loaded. */
interface Loaded {
  info: Info;
  cached: boolean;
  uncachedBecause: SenseLMError | null;
  variant: Variant;
  backend: Backend;
  onBackendChange: LoadOptions["onBackendChange"];
}

/** A loaded model. All its work happens in a worker of its own. */
export class SenseLM {
  /** What is known about the model. */
  readonly info: Info;
  /** Which build of the runtime runs. */
  readonly variant: Variant;
  /** Whether the model is kept in the browser. */
  readonly cached: boolean;
  /** Why it is not where it should be: `quota` or `no_storage`. It works all the same. */
  readonly uncachedBecause: SenseLMError | null;
  readonly #connection: Connection;
  #backend: Backend;

  private constructor(connection: Connection, loaded: Loaded) {
    const { info, variant, backend, onBackendChange } = loaded;
    this.#connection = connection;
    this.info = info;
    this.variant = variant;
    this.cached = loaded.cached;
    this.uncachedBecause = loaded.uncachedBecause;
    this.#backend = backend;
    connection.onChange = (change) => {
      this.#backend = change.backend;
      onBackendChange?.(change);
    };
  }

  /** What runs the model: the GPU, or the CPU, if only since a GPU was lost. */
  get backend(): Backend {
    return this.#backend;
  }

  /** Starts a worker and loads a model into it: from its name, a URL, a file or bytes. */
  static async load(source: ModelSource, options: LoadOptions = {}): Promise<SenseLM> {
    needBrowser();
    onlyKnown(options, LOAD_OPTIONS);
    const { backend = fitting(options.variant), ...rest } = options;
    if (!["auto", "cpu", "gpu"].includes(backend)) {
      throw new InputError("bad_option", "the backend is auto, cpu or gpu");
    }
    const others = { ...rest, name: typeof source === "string" ? source : null };
    const sent = toSend(source);
    if (backend !== "auto") {
      return SenseLM.#loadOn(backend, sent, others);
    }
    return SenseLM.#loadFaster(sent, others);
  }

  /** Loads a model on what is known to be faster for it here, or finds out. */
  static async #loadFaster(source: SentSource, options: Named): Promise<SenseLM> {
    const choice = new Choice(source);
    const known = choice.remembered();
    // Bytes are handed over to the worker that loads them.
    const spare = () => (source instanceof ArrayBuffer ? source.slice(0) : source);
    if (known?.backend === "gpu" && known.gpu === (await gpuHere())) {
      try {
        return await SenseLM.#loadOn("gpu", spare(), options);
      } catch (error) {
        if (!isNoGpu(error)) {
          throw error;
        }
      }
    }
    const again = mayBeWorthGpu(source) ? spare() : source;
    // Nobody is asked for a GPU that would not pay, and nobody waits for one.
    let here: Promise<string | null> | null = null;
    const onProgress = (loaded: number, total: number | null) => {
      if ((total ?? loaded) >= WORTH_GPU_BYTES) {
        here ??= gpuHere();
      }
      options.onProgress?.(loaded, total);
    };
    const onCpu = await SenseLM.#loadOn("cpu", source, { ...options, onProgress });
    const gpu = await (here as Promise<string | null> | null);
    if (gpu === null || (known?.backend === "cpu" && known.gpu === gpu)) {
      return onCpu;
    }
    const onGpu = await SenseLM.#fasterOnGpu(onCpu, again, options);
    choice.remember({ gpu, backend: onGpu ? "gpu" : "cpu" });
    if (!onGpu) {
      return onCpu;
    }
    onCpu.close();
    return onGpu;
  }

  /** The model on the GPU, if it is faster there. */
  static async #fasterOnGpu(
    onCpu: SenseLM,
    source: SentSource,
    options: Named,
  ): Promise<SenseLM | null> {
    let onGpu: SenseLM | null = null;
    try {
      const cpu = await onCpu.measure(options);
      if (cpu.question_ms < WORTH_GPU_MS) {
        return null;
      }
      const again = { ...options, onProgress: () => undefined };
      if (onCpu.cached) {
        again.cache = "prefer";
      }
      onGpu = await SenseLM.#loadOn("gpu", source, again);
      const gpu = await onGpu.measure(options);
      if (onGpu.backend === "gpu" && gpu.question_ms < cpu.question_ms) {
        return onGpu;
      }
    } catch (error) {
      if (error instanceof SenseLMError && error.code === "cancelled") {
        onCpu.close();
        onGpu?.close();
        throw error;
      }
      // The CPU has proved itself; a GPU that cannot is none.
    }
    onGpu?.close();
    return null;
  }

  static async #loadOn(
    backend: Backend,
    source: SentSource,
    options: Omit<Named, "backend">,
  ): Promise<SenseLM> {
    const { threads = bestThreads(), signal, ...told } = options;
    const { onProgress, onCompiled, onBackendChange, gpuMath = "exact", ...others } = told;
    const best = backend === "gpu" ? "webgpu" : bestVariant(threads);
    const { variant = best, cache = "prefer", sha256 = null, ...rest } = others;
    const connection = new Connection(startModelWorker(variant));
    const transfer = source instanceof ArrayBuffer ? [source] : [];
    try {
      const takes = {
        source,
        backend,
        threads,
        gpu_math: gpuMath,
        cache,
        sha256,
        ...rest,
      };
      const { info, cached, uncached } = await connection.call("load", takes, {
        signal,
        onProgress,
        onCompiled,
        transfer,
      });
      const uncachedBecause = uncached && fromFailure(uncached);
      const kept = { cached, uncachedBecause };
      return new SenseLM(connection, { info, variant, backend, onBackendChange, ...kept });
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** How fast the model is here, on what runs it: a fraction of a second of work. */
  measure(options: CallOptions = {}): Promise<Speed> {
    const { signal } = options;
    return this.#connection.call("measure", null, { signal });
  }

  /** Answers the model's question about a window. */
  answer(window: SensorWindow, options: CallOptions = {}): Promise<Answer> {
    return this.#connection.call("answer", { window }, options);
  }

  /** Which of the task's labels the window has. */
  classify(window: SensorWindow, options: CallOptions = {}): Promise<Classification> {
    return this.#connection.call("classify", { window }, options);
  }

  /** The number that the task asks for. */
  number(window: SensorWindow, options: CallOptions = {}): Promise<NumberAnswer> {
    return this.#connection.call("number", { window }, options);
  }

  /** How unusual a window is: its mean negative log-likelihood in nats a token. */
  score(window: SensorWindow, options: CallOptions = {}): Promise<number> {
    return this.#connection.call("score", { window }, options);
  }

  /** The prompt that a window becomes. */
  prompt(window: SensorWindow, options: CallOptions = {}): Promise<string> {
    return this.#connection.call("prompt", { window }, options);
  }

  /**
   * Continues a text, beginning at once. The signal and leaving the loop end it;
   * the worker hears of that within a few hundredths of a second.
   */
  generate(prompt: string, options: GenerateOptions & CallOptions = {}): TextStream {
    const { signal, ...generation } = options;
    return new TextStream((onPiece, signal) => {
      const takes = { prompt, options: generation };
      return this.#connection.call("generate", takes, { signal, onPiece });
    }, signal);
  }

  /** The logits behind the last token, or behind each of them. */
  logits(ids: readonly number[] | Uint32Array, options: LogitsOptions = {}): Promise<Float32Array> {
    const { all = false, signal } = options;
    return this.#connection.call("logits", { ids, all }, { signal });
  }

  /** The token ids of a text. */
  tokenize(text: string, options: CallOptions = {}): Promise<Uint32Array> {
    return this.#connection.call("tokenize", { text }, options);
  }

  /**
   * Reads a recording with this model's front end. How it is written is found out;
   * where that can be two things it fails with the code `undecided`, and `choices`
   * says which options decide.
   */
  async readCsv(csv: ArrayBuffer, options: TableOptions & CallOptions = {}): Promise<Recording> {
    onlyKnown(options, TABLE_OPTIONS);
    const { signal, ...told } = options;
    const takes = { csv, options: told };
    return this.#connection.call("readCsv", takes, { signal, transfer: [csv] });
  }

  /**
   * A vector for a text or a window, of the model's width: close ones have close
   * vectors. Compare them by the cosine of their angle.
   */
  embed(what: string | SensorWindow, options: CallOptions = {}): Promise<Float32Array> {
    return this.#connection.call("embed", { what }, options);
  }

  /** The columns that recordings for this model have. */
  expects(options: CallOptions = {}): Promise<ExpectedColumn[]> {
    return this.#connection.call("expects", null, options);
  }

  /** For each column that the model expects the one of `header` that it probably is. */
  suggestColumns(header: readonly string[], options: CallOptions = {}): Promise<(number | null)[]> {
    return this.#connection.call("suggestColumns", { header }, options);
  }

  /**
   * Reads a recording of any length and kind row by row. `columns` says for each
   * column that the model expects which one of `header` it is.
   */
  async openRecording(
    header: readonly string[],
    columns: readonly (number | null)[],
    options: CallOptions = {},
  ): Promise<RecordingReader> {
    const takes = { header, columns };
    const recording = await this.#connection.call("openRecording", takes, options);
    return new RecordingReader(this.#connection, recording);
  }

  /** What this model wants of a recording, for who reads the rows of one. */
  wants(options: CallOptions = {}): Promise<RecordingWants> {
    return this.#connection.call("wants", null, options);
  }

  /** Takes a recording whose rows are read already, as numbers. */
  async openNumbers(options: NumbersOptions & CallOptions = {}): Promise<NumbersReader> {
    const { signal, ...takes } = options;
    const recording = await this.#connection.call("openNumbers", takes, { signal });
    return new NumbersReader(this.#connection, recording);
  }

  /** Takes readings as they come, and answers every window of them. */
  async openStream(options: StreamOptions & CallOptions = {}): Promise<ReadingStream> {
    const { signal, ...takes } = options;
    const stream = await this.#connection.call("openStream", takes, { signal });
    return new ReadingStream(this.#connection, stream);
  }

  /** Ends the worker. Calls that are under way fail with the code `closed`. */
  close(): void {
    this.#connection.close();
  }
}

/** Who asks for a build of the runtime gets it. */
function fitting(variant: Variant | undefined): Backend | "auto" {
  if (variant === undefined) {
    return "auto";
  }
  return variant === "webgpu" ? "gpu" : "cpu";
}

function isNoGpu(error: unknown): boolean {
  return error instanceof SenseLMError && error.code === "no_gpu";
}
