/** The worker's side: one runtime, one model, one call at a time. */

import type { Incoming, Kept } from "./cache/incoming.js";
import { openModel } from "./cache/open.js";
import { download, type Memory } from "./download.js";
import { CancelledError, InputError, ModelError, SenseLMError } from "./errors.js";
import { fromFailure, toFailure } from "./failure.js";
import { Handles } from "./handles.js";
import type { BackendChange, Call, Calls, Info, Request, StreamStep } from "./protocol.js";
import { type Build, type Runtime, start } from "./runtime.js";
import { onCall, reply } from "./serve.js";
import { Windows } from "./worker-fits.js";
import { Recordings } from "./worker-recordings.js";

type Session = Runtime["Session"]["prototype"];
type ModelBuffer = Runtime["ModelBuffer"]["prototype"];

let runtime: Runtime | undefined;
let session: Session | undefined;
let recordings: Recordings | undefined;
const streams = new Handles<Stream>("stream");

/** Readings that are coming, and the latest windows of them. */
interface Stream {
  readings: Runtime["ReadingStream"]["prototype"];
  windows: Windows;
}

/** Kernels of smaller models are done before a helper has begun. */
const WORTH_HELPERS_BYTES = 4 * 1024 * 1024;

let queue: Promise<void> = Promise.resolve();

/** Serves the calls of a page with this build of the runtime. */
export function serveModel(build: Build): void {
  onCall<Calls>((request, signal) => (queue = queue.then(() => serve(build, request, signal))));
}

async function serve(build: Build, request: Request, signal: AbortSignal): Promise<void> {
  const { id } = request;
  try {
    if (signal.aborted) {
      throw new CancelledError("the call was cancelled");
    }
    const result = await run(build, request, signal);
    tellChanges();
    const transfer = ArrayBuffer.isView(result) ? [result.buffer as ArrayBuffer] : [];
    reply({ id, result }, transfer);
  } catch (error) {
    tellChanges();
    reply({ id, failure: toFailure(error) });
  }
}

/** What happened to the GPU comes before the answer that it held up. */
function tellChanges(): void {
  try {
    for (const change of (session?.takeChanges() ?? []) as BackendChange[]) {
      reply({ change });
    }
  } catch {
    // A runtime that crashed has nothing left to tell; the call says so.
  }
}

function run(
  build: Build,
  request: Request,
  signal: AbortSignal,
): Promise<unknown> | Calls[Call]["gives"] {
  if (request.call === "load") {
    return load(build, request.id, request.takes, signal);
  }
  const model = loaded();
  switch (request.call) {
    case "measure":
      return model.measure();
    case "answer":
      return model.answer(request.takes.window);
    case "classify":
      return model.classify(request.takes.window);
    case "number":
      return model.number(request.takes.window);
    case "score":
      return model.score(request.takes.window);
    case "prompt":
      return model.prompt(request.takes.window);
    case "generate":
      return generate(model, request.id, request.takes, signal);
    case "logits":
      return model.logits(request.takes.ids, request.takes.all);
    case "tokenize":
      return model.tokenize(request.takes.text);
    case "readCsv":
      return texts(build).read(started(), model, request.takes);
    case "embed":
      return model.embed(request.takes.what);
    case "expects":
      return model.expectedColumns() as Calls["expects"]["gives"];
    case "suggestColumns":
      return texts(build).suggest(model, request.takes.header);
    case "wants":
      return model.wants() as Calls["wants"]["gives"];
    case "openRecording":
      return texts(build).open(started(), model, request.takes);
    case "pushRows":
      return texts(build).push(model, request.takes.recording, request.takes.rows);
    case "openNumbers":
      return texts(build).openNumbers(started(), model, request.takes);
    case "pushNumbers":
      return texts(build).pushNumbers(model, request.takes);
    case "look":
      return texts(build).look(request.takes);
    case "fitsRecording":
      return texts(build).fits(request.takes);
    case "closeRecording":
      return texts(build).close(request.takes.recording);
    case "openStream":
      return openStream(build, model, request.takes);
    case "pushReadings":
      return pushReadings(model, request.takes);
    case "fitsStream":
      return streams.find(request.takes.stream).windows.fits({});
    case "resetStream":
      return streams.find(request.takes.stream).readings.reset();
    case "closeStream": {
      const { readings, windows } = streams.close(request.takes.stream);
      readings.free();
      windows.free();
      return null;
    }
  }
}

async function load(
  build: Build,
  id: number,
  takes: Calls["load"]["takes"],
  signal: AbortSignal,
): Promise<Calls["load"]["gives"]> {
  if (session) {
    throw new InputError("bad_input", "this worker has a model already; load a second one anew");
  }
  const { source, name, cache, sha256, backend, threads, ...options } = takes;
  const onProgress = (loaded: number, total: number | null) => {
    reply({ id, progress: { loaded, total } });
  };
  // The model is on its way while the runtime is compiled.
  const [started, incoming] = await Promise.all([
    start(build),
    openModel({ source, name, cache, sha256 }, signal, onProgress),
  ]);
  runtime = started.runtime;
  const { memory } = started;
  const worth = threads > 1 && incoming.length >= WORTH_HELPERS_BYTES;
  const startHelpers = worth ? build.startHelpers : undefined;
  const room: Memory<ModelBuffer> = {
    reserve: (length) => new started.runtime.ModelBuffer(length),
    buffer: () => memory.buffer,
  };
  // Helpers start while it arrives.
  const [buffer] = await Promise.all([
    download(incoming, room, signal, onProgress),
    startHelpers?.(started, threads),
  ]);
  const fitting = { ...options, threads: startHelpers ? threads : 1 };
  const [loaded, kept] = await accepted(incoming, () =>
    started.runtime.Session.load(buffer, fitting),
  );
  await loaded.useBackend(backend, (done: number, total: number) => {
    reply({ id, compiled: { done, total } });
  });
  session = loaded;
  return {
    info: session.info() as Info,
    cached: kept.model !== null,
    uncached: kept.because && toFailure(kept.because),
  };
}

/** The cache keeps what the runtime takes for a model, and nothing else. */
async function accepted(incoming: Incoming, load: () => Session): Promise<[Session, Kept]> {
  let loaded: Session;
  try {
    loaded = load();
  } catch (error) {
    const isFiles = fromFailure(toFailure(error)) instanceof ModelError;
    await (isFiles ? incoming.refuse() : incoming.accept());
    throw error;
  }
  return [loaded, await incoming.accept()];
}

async function openStream(
  build: Build,
  model: Session,
  options: Calls["openStream"]["takes"],
): Promise<number> {
  const readings = new (started().ReadingStream)(model, options);
  return streams.open({ readings, windows: await Windows.open(build.fits, model, true) });
}

async function pushReadings(
  model: Session,
  { stream, readings: coming }: Calls["pushReadings"]["takes"],
): Promise<StreamStep> {
  const { readings, windows } = streams.find(stream);
  const step = (await model.pushReadings(readings, coming)) as StreamStep;
  for (const { window, span_s } of step.answered) {
    windows.push(window, span_s);
  }
  return step;
}

/** Generates a text. The runtime pauses every now and then, so that a cancel is heard. */
function generate(
  model: Session,
  id: number,
  { prompt, options }: Calls["generate"]["takes"],
  signal: AbortSignal,
): Promise<unknown> {
  const onPiece = (piece: string) => {
    if (piece !== "") {
      reply({ id, piece });
    }
    return !signal.aborted;
  };
  return model.generate(prompt, options, onPiece);
}

function texts(build: Build): Recordings {
  return (recordings ??= new Recordings(build));
}

function loaded(): Session {
  if (!session) {
    throw notLoaded();
  }
  return session;
}

function started(): Runtime {
  if (!runtime) {
    throw notLoaded();
  }
  return runtime;
}

function notLoaded(): SenseLMError {
  return new SenseLMError("not_loaded", "no model is loaded");
}
