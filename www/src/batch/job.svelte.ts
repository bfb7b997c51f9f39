/** One file on its way from being chosen to being answered. */

import type {
  ChannelInfo,
  ExpectedColumn,
  FitReason,
  Fits,
  RecordingWants,
  SenseLM,
} from "@senselm/web";
import { type AnswerKind, Answers } from "./answers.js";
import { BadRows } from "./bad-rows.js";
import { type Look, look } from "./look.js";
import { type Mapping, problemsOf, remember, remembered } from "./mapping.js";
import {
  type Dialect,
  failureOf,
  type Preview,
  ReaderError,
  type ReaderFailure,
} from "./reader/protocol.js";
import { TableFile } from "./reader/table-file.js";
import { type Converted, type Progress, run } from "./run.js";

export type JobStatus =
  "opening" | "setup" | "waiting" | "running" | "done" | "cancelled" | "failed";

/** What a run has given, or gives while it goes on. */
export interface Outcome {
  answers: Answers;
  bad: BadRows;
  warnings: readonly string[];
  /** Whether the file is of the kind that the model was trained on, once all is read. */
  fits: Fits | null;
  /** What answered, and what it was called. */
  model: SenseLM;
  modelName: string;
  channels: readonly ChannelInfo[];
  header: readonly string[];
  mapping: Mapping;
  /** When it began, in milliseconds since 1970. */
  started: number;
}

/** How often those who show results are told of new ones, in milliseconds. */
const TOLD_EVERY_MS = 400;

let jobs = 0;

/** A file, its preview, its mapping, and what became of it. */
export class Job {
  readonly id = (jobs += 1);
  readonly file: File;
  readonly table: TableFile;
  status = $state<JobStatus>("opening");
  /** Why the file could not be read; a run that failed has `problem` too. */
  failure = $state.raw<ReaderFailure | null>(null);
  /** What the model said when it failed. */
  problem = $state.raw<string | null>(null);
  preview = $state.raw<Preview | null>(null);
  expected = $state.raw<readonly ExpectedColumn[]>([]);
  mapping = $state.raw<Mapping>([]);
  progress = $state.raw<Progress | null>(null);
  outcome = $state.raw<Outcome | null>(null);
  /** How the numbers of channels are brought into what the model takes, where a person said so. */
  converted = $state.raw<Converted>([]);
  /** Whether the file fits the model, as its beginning says; null until that is known. */
  look = $state.raw<Look | null>(null);
  /** Whether that is being found out. */
  looking = $state(false);
  /** Grows when there is more in `outcome`, which is too large to be watched. */
  version = $state(0);
  /** What a person said about how it is written. */
  told: Partial<Dialect> = {};
  /** The model that the file was opened for, and what that wants. */
  #openedFor: SenseLM | null = null;
  #wants: RecordingWants | null = null;
  /** The model that `expected` is about. */
  #fitted: SenseLM | null = null;
  #running: AbortController | null = null;
  /** Ends a look at the file, and waits until it has ended. */
  #stopLooking: () => Promise<void> = () => Promise.resolve();
  /** Counts looks: of several that were asked for meanwhile only the last begins. */
  #looks = 0;
  #told = 0;

  constructor(file: File) {
    this.file = file;
    this.table = new TableFile(file);
  }

  /** The names of the file's columns. */
  get header(): readonly string[] {
    return this.preview?.columns.map(({ name }) => name) ?? [];
  }

  /** Whether nothing is missing for a run. */
  get ready(): boolean {
    const { missing, twice } = problemsOf(this.expected, this.mapping);
    const open = this.preview !== null && this.expected.length > 0;
    return open && missing.length + twice.length === 0;
  }

  /**
   * Looks at the file for a model, if there is one yet; `told` is what a person
   * knows about how it is written.
   */
  async open(told: Partial<Dialect>, model: SenseLM | null): Promise<void> {
    this.status = "opening";
    this.failure = null;
    this.told = told;
    await this.#stopLooking();
    try {
      const wants = await wantsOf(model);
      this.preview = await this.table.open(told, wants);
      this.#wants = wants;
      this.#openedFor = model;
      this.#fitted = null;
      this.status = "setup";
    } catch (error) {
      this.preview = null;
      this.failure = failureOf(error);
      this.status = "failed";
    }
  }

  /** Asks a model what it expects, and suggests or remembers a mapping for it. */
  async fit(model: SenseLM, name: string, anew = false): Promise<void> {
    if (!this.preview || (this.#fitted === model && !anew)) {
      return;
    }
    if (this.#openedFor !== model) {
      // Which columns are looked for may decide how the file is written.
      await this.open(this.told, model);
      if (this.status === "failed") {
        return;
      }
    }
    const { preview, header } = this;
    this.#fitted = model;
    try {
      const expected = this.#wants?.columns ?? (await model.expects());
      const known = anew ? null : remembered(name, header, expected);
      this.expected = expected;
      this.converted = [];
      this.mapping = known ?? preview.suggested;
      void this.#look(model);
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** Chooses the column of the file for one that is expected. */
  choose(at: number, column: number | null): void {
    this.mapping = this.mapping.with(at, column);
    if (this.#fitted) {
      void this.#look(this.#fitted);
    }
  }

  /** Does what would make a reason go away, where that is known. */
  repair({ channel, values }: FitReason): void {
    const model = this.#fitted;
    if (!model) {
      return;
    }
    if (values.kind === "converted") {
      const { channels } = model.info;
      this.converted = channels.map(({ name }, at) => {
        const before = this.converted[at] ?? null;
        // What is found is found of what was converted already.
        const [scale, offset] = before ?? [1, 0];
        return name === channel ? [scale * values.scale, offset + scale * values.offset] : before;
      });
    } else if (values.kind === "exchanged") {
      const place = (of: string | null) =>
        this.expected.findIndex(({ role, name }) => role === "channel" && name === of);
      const [one, other] = [place(channel), place(values.with)];
      const columns = [this.mapping[one] ?? null, this.mapping[other] ?? null] as const;
      this.mapping = this.mapping.with(one, columns[1]).with(other, columns[0]);
    }
    void this.#look(model);
  }

  /** Takes the numbers of channels as they are. */
  unconvert(): void {
    this.converted = [];
    if (this.#fitted) {
      void this.#look(this.#fitted);
    }
  }

  /** Looks at a file that was put aside before it was known whether it fits. */
  lookAgain(): void {
    if (this.#fitted && !this.look && !this.looking) {
      void this.#look(this.#fitted);
    }
  }

  /** Finds out whether the file fits a model. What cannot be read a run says. */
  async #look(model: SenseLM): Promise<void> {
    const turn = (this.#looks += 1);
    await this.#stopLooking();
    if (turn !== this.#looks) {
      return;
    }
    this.look = null;
    if (!this.ready || this.status !== "setup") {
      return;
    }
    const looking = new AbortController();
    this.looking = true;
    const looked = look(this, model, looking.signal)
      .then((found) => {
        if (!looking.signal.aborted) {
          this.look = found;
        }
      })
      .catch(() => undefined)
      .finally(() => {
        if (!looking.signal.aborted) {
          this.looking = false;
        }
      });
    this.#stopLooking = () => {
      looking.abort();
      this.looking = false;
      return looked;
    };
    await looked;
  }

  /** Answers the file. It does not reject: `status` says how it went. */
  async run(model: SenseLM, modelName: string): Promise<void> {
    const running = (this.#running = new AbortController());
    this.status = "running";
    await this.#stopLooking();
    const { header, mapping, converted } = this;
    const { task, channels } = model.info;
    // Of an anomaly the word is shown, beside the score that every answer has.
    const kind: AnswerKind = task === null || task.kind === "anomaly" ? "generate" : task.kind;
    const unit = task?.kind === "number" ? task.unit : "";
    const answers = new Answers(kind, task?.labels ?? [], unit);
    const bad = new BadRows();
    const outcome: Outcome = {
      answers,
      bad,
      warnings: [],
      fits: null,
      model,
      modelName,
      channels,
      header,
      mapping,
      started: Date.now(),
    };
    this.outcome = null;
    this.problem = null;
    this.failure = null;
    this.progress = null;
    remember(modelName, header, mapping);
    try {
      // What cannot be read, or in two ways, is asked for before anything is answered.
      const facts = await this.table.begin(mapping);
      this.outcome = outcome;
      const ended = await run(facts, {
        table: this.table,
        converted,
        model,
        header,
        mapping,
        windows: this.expected.findIndex(({ role }) => role === "window"),
        answers,
        bad,
        signal: running.signal,
        onProgress: (progress) => {
          this.#tell(progress);
        },
      });
      this.outcome = { ...outcome, ...ended };
      this.status = "done";
    } catch (error) {
      if (running.signal.aborted) {
        this.status = "cancelled";
      } else {
        this.failure = error instanceof ReaderError ? failureOf(error) : null;
        this.problem = error instanceof ReaderError ? null : messageOf(error);
        this.status = "failed";
      }
    }
    this.version += 1;
  }

  /** Ends a run. What was answered stays. */
  cancel(): void {
    if (this.status === "waiting") {
      this.status = "setup";
    }
    this.#running?.abort();
  }

  /** Goes back to the mapping. */
  setUp(): void {
    this.status = "setup";
    this.problem = null;
  }

  /** Lets go of the file. */
  close(): void {
    this.cancel();
    void this.#stopLooking();
    this.table.close();
  }

  #tell(progress: Progress): void {
    this.progress = progress;
    const now = performance.now();
    if (now - this.#told > TOLD_EVERY_MS) {
      this.#told = now;
      this.version += 1;
    }
  }
}

/** What a model wants; nothing where it has no question or is gone: `fit` says so. */
async function wantsOf(model: SenseLM | null): Promise<RecordingWants | null> {
  return model?.info.task ? model.wants().catch(() => null) : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
