/** Small language models on sensor data, in a browser tab. */

export { SenseLM, type LoadOptions } from "./client.js";
export type { CallOptions } from "./connection.js";
export { SenseLMError } from "./errors.js";
export { bestVariant } from "./features.js";
export { models, type InstallOptions, type Models } from "./models.js";
export type {
  Answer,
  Backend,
  BackendChange,
  BadRow,
  CachedModel,
  CacheMode,
  ChannelInfo,
  Classification,
  Generated,
  GenerateOptions,
  GpuMath,
  Info,
  Labelled,
  LabelProbability,
  ModelSource,
  NumberAnswer,
  PumpAnswer,
  PumpOptions,
  PumpStep,
  Recording,
  Sampling,
  SensorWindow,
  Speed,
  StoppedBy,
  StorageUsage,
  Task,
  TextAnswer,
  Timings,
  Truth,
  Variant,
} from "./protocol.js";
