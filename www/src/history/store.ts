/** Past runs in IndexedDB: beginning, listing, reading and removing them. */

import { type Chunk, readingsOf } from "./chunks.js";
import { type Database, database, piecesOf } from "./database.js";
import { NoRecorder, RunRecorder } from "./recorder.js";
import { historyState } from "./state.svelte.js";
import type { KeptAnswer, KeptReading, ListedRun, Recorder, Run, RunStart } from "./types.js";

export type { AnsweredWindow, Recorder, RunSource, RunStart } from "./types.js";

/** Runs of this tab that go on. */
const running = new Set<string>();
/** Where locks are missing, a run that was written this recently goes on. */
const RECENT_MS = 5000;

/**
 * Begins to keep a run. It does not reject: where nothing can be kept the
 * recorder keeps nothing, and `historyState.problem` says why.
 */
export async function begin({ model, source, channels }: RunStart): Promise<Recorder> {
  try {
    const started = Date.now();
    const run: Run = {
      id: crypto.randomUUID(),
      model,
      source,
      channels: channels.map(({ name, unit, sample_rate_hz }) => ({ name, unit, sample_rate_hz })),
      started,
      updated: started,
      ended: null,
      readings: 0,
      answers: 0,
      dropped: { readings: 0, answers: 0 },
      bytes: 0,
    };
    const db = await database();
    const release = await hold(run.id);
    running.add(run.id);
    await db.put("runs", run);
    await makeRoom(run.id);
    historyState.changed();
    return new RunRecorder(run, makeRoom, () => {
      running.delete(run.id);
      release();
      historyState.changed();
    });
  } catch (error) {
    historyState.failed(error);
    return new NoRecorder();
  }
}

/** All runs, the newest first, or none where the database fails. */
export async function listRuns(): Promise<ListedRun[]> {
  const db = await database();
  const [runs, goOn] = await Promise.all([db.getAll("runs"), held()]);
  return runs
    .map((run) => ({ ...run, state: stateOf(run, goOn) }))
    .sort((a, b) => b.started - a.started);
}

/** The readings of a run, oldest first, a piece at a time. */
export async function* readReadings(run: string): AsyncGenerator<KeptReading[]> {
  for await (const chunk of pieces(run)) {
    if (chunk.kind === "readings") {
      yield [...readingsOf(chunk)];
    }
  }
}

/** The answers of a run, oldest first, a piece at a time. */
export async function* readAnswers(run: string): AsyncGenerator<KeptAnswer[]> {
  for await (const chunk of pieces(run)) {
    if (chunk.kind === "answers") {
      yield chunk.rows;
    }
  }
}

/** Removes a run. One that goes on stops being kept. */
export async function removeRun(id: string): Promise<void> {
  await removeAll(await database(), [id]);
  historyState.changed();
}

/** Removes every run that does not go on. */
export async function clear(): Promise<void> {
  const db = await database();
  const [ids, goOn] = await Promise.all([db.getAllKeys("runs"), held()]);
  const over = ids.filter((id) => !goOn.has(id));
  await removeAll(db, over);
  historyState.changed();
}

/** Sets how much may be kept, and removes what is too much at once. */
export async function setLimit(bytes: number): Promise<void> {
  historyState.limit = bytes;
  await makeRoom();
  historyState.changed();
}

/** Removes the oldest runs over the limit; returns what could not be removed. */
async function makeRoom(current?: string): Promise<number> {
  const db = await database();
  const [runs, goOn] = await Promise.all([db.getAll("runs"), held()]);
  let excess = runs.reduce((sum, { bytes }) => sum + bytes, 0) - historyState.limit;
  const gone: string[] = [];
  for (const run of runs.sort((a, b) => a.started - b.started)) {
    if (excess <= 0) {
      break;
    }
    if (run.id !== current && !goOn.has(run.id)) {
      gone.push(run.id);
      excess -= run.bytes;
    }
  }
  await removeAll(db, gone);
  return Math.max(excess, 0);
}

async function removeAll(db: Database, ids: readonly string[]): Promise<void> {
  const work = db.transaction(["runs", "chunks"], "readwrite");
  await Promise.all([
    ...ids.flatMap((id) => [
      work.objectStore("chunks").delete(piecesOf(id)),
      work.objectStore("runs").delete(id),
    ]),
    work.done,
  ]);
}

/** One piece after the other, each in a transaction of its own: the reader may wait. */
async function* pieces(run: string): AsyncGenerator<Chunk> {
  const db = await database();
  for (const key of await db.getAllKeys("chunks", piecesOf(run))) {
    const chunk = await db.get("chunks", key);
    if (chunk) {
      yield chunk;
    }
  }
}

function stateOf(run: Run, goOn: ReadonlySet<string>): ListedRun["state"] {
  if (run.ended !== null) {
    return "ended";
  }
  const recent = !("locks" in navigator) && Date.now() - run.updated < RECENT_MS;
  return goOn.has(run.id) || recent ? "running" : "interrupted";
}

const lockName = (id: string) => `senselm.run.${id}`;

/**
 * Holds a lock as long as the run goes on. The browser lets go of it when the
 * tab crashes, so that others can tell an interrupted run from one that goes on.
 */
function hold(id: string): Promise<() => void> {
  if (!("locks" in navigator)) {
    return Promise.resolve(() => undefined);
  }
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        lockName(id),
        () =>
          new Promise<void>((release) => {
            resolve(release);
          }),
      )
      .catch(reject);
  });
}

/** The runs that go on, in this tab or in others. */
async function held(): Promise<ReadonlySet<string>> {
  if (!("locks" in navigator)) {
    return running;
  }
  const { held: locks = [] } = await navigator.locks.query();
  const prefix = lockName("");
  const names = locks.flatMap(({ name = "" }) => (name.startsWith(prefix) ? [name] : []));
  return new Set([...running, ...names.map((name) => name.slice(prefix.length))]);
}
