/**
 * Small language models on sensor data, in a browser tab.
 *
 * @module web
 */

export type * from "./answers.js";
export type * from "./cached.js";
export { SenseLM, type LoadOptions, type LogitsOptions } from "./client.js";
export type { CallOptions } from "./connection.js";
export {
  CancelledError,
  type Choice,
  type CodeOf,
  DownloadError,
  type ErrorClass,
  type ErrorCode,
  type ErrorCodes,
  InputError,
  ModelError,
  SenseLMError,
  StorageError,
} from "./errors.js";
export { bestVariant } from "./features.js";
export type * from "./fits.js";
export type { NumbersReader, ReadingStream, RecordingReader } from "./feeds.js";
export type * from "./info.js";
export { models, type InstallOptions, type Models } from "./models.js";
export type { Cause, Failure } from "./protocol.js";
export type * from "./recordings.js";
export type { ModelSource } from "./source.js";
export type * from "./streams.js";
export type { TextStream } from "./text-stream.js";
export type * from "./texts.js";
