/** Small language models on sensor data, in a browser tab. */

export { SenseLM, type LoadOptions } from "./client.js";
export type { CallOptions } from "./connection.js";
export { SenseLMError } from "./errors.js";
export { bestVariant } from "./features.js";
export type { ReadingStream, RecordingReader } from "./feeds.js";
export type {
  Answer,
  AnsweredRecord,
  AnsweredWindow,
  Backend,
  BackendChange,
  BadRow,
  ChannelInfo,
  Classification,
  ExpectedColumn,
  Failure,
  Generated,
  GenerateOptions,
  GpuMath,
  Info,
  Labelled,
  LabelProbability,
  ModelSource,
  NumberAnswer,
  PumpDescription,
  PumpOptions,
  Reading,
  Recording,
  RecordingStep,
  Sampling,
  SensorWindow,
  Speed,
  StoppedBy,
  StreamOptions,
  StreamStep,
  StreamWindow,
  Task,
  TextAnswer,
  Timings,
  Truth,
  Variant,
} from "./protocol.js";
