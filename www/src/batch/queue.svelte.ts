/** The files that are open, answered one after the other whichever view is shown. */

import type { SenseLM } from "@senselm/web";
import { busy } from "../app/busy.svelte.js";
import { active } from "../models/active.svelte.js";
import { Job } from "./job.svelte.js";

class Queue {
  #jobs = $state.raw<readonly Job[]>([]);
  #selected = $state.raw<Job | null>(null);
  #running = $state.raw<Job | null>(null);

  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  /** The file that is looked at. */
  get selected(): Job | null {
    return this.#selected;
  }

  /** The file that is being answered. */
  get running(): Job | null {
    return this.#running;
  }

  /** The model in use. */
  get model(): SenseLM | null {
    return active.model;
  }

  /** Opens files and looks at the first of them. */
  add(files: Iterable<File>): void {
    const added = Array.from(files, (file) => new Job(file));
    this.#jobs = [...this.#jobs, ...added];
    if (added[0]) {
      this.select(added[0]);
    }
    void this.#openAll(added);
  }

  /** One after the other: what is looked at comes first. */
  async #openAll(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) {
      await this.open(job, {});
      this.#rest(job);
    }
  }

  /** Opens a file, or opens it again when more is known about it. */
  async open(job: Job, told: Parameters<Job["open"]>[0]): Promise<void> {
    await job.open(told, this.model);
    await this.fit(job);
  }

  /** Fits a file that is not answered yet to the model in use. */
  async fit(job: Job): Promise<void> {
    const { model } = this;
    if (model && job.status === "setup") {
      await job.fit(model, active.name);
    }
  }

  select(job: Job): void {
    const before = this.#selected;
    this.#selected = job;
    this.#rest(before);
    job.lookAgain();
  }

  /** A file that is neither looked at nor answered needs no worker. */
  #rest(job: Job | null): void {
    if (job && job !== this.#selected && job !== this.#running) {
      job.table.rest();
    }
  }

  /** Closes a file and ends what is done with it. */
  remove(job: Job): void {
    const at = this.#jobs.indexOf(job);
    job.close();
    this.#jobs = this.#jobs.filter((other) => other !== job);
    if (this.#selected === job) {
      this.#selected = this.#jobs[at] ?? this.#jobs[at - 1] ?? null;
    }
  }

  /** Answers a file as soon as those before it are done. */
  start(job: Job): void {
    if (!job.ready) {
      return;
    }
    job.status = "waiting";
    void this.#next();
  }

  async #next(): Promise<void> {
    const { model } = this;
    const job = this.#jobs.find(({ status }) => status === "waiting");
    if (this.#running || !model || !job) {
      return;
    }
    this.#running = job;
    const release = busy.hold();
    // A model may have come in between that expects something else.
    await job.fit(model, active.name);
    if (job.ready) {
      await job.run(model, active.name);
    } else {
      job.setUp();
    }
    release();
    this.#running = null;
    this.#rest(job);
    await this.#next();
  }
}

/** The files of the batch view. */
export const queue = new Queue();
