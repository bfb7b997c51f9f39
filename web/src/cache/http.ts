/** Asks a server for a model, for the rest of one, or whether it has changed. */

import { DownloadError } from "../errors.js";
import type { Part, Version } from "./manifest.js";
import type { Chunks } from "./stream.js";

/** How to ask. */
export interface Asking {
  /** What is here of the file: only the rest is asked for. */
  part?: Part | null;
  /** The version that is here whole: the file is wanted only if it has changed. */
  version?: Version | null;
  /** Ask the server, whatever the browser remembers of it. */
  fresh?: boolean;
}

/** What a server answered. */
export type Answered =
  | { kind: "unchanged" }
  | { kind: "rest"; chunks: Chunks }
  | { kind: "whole"; chunks: Chunks; length: number | null; version: Version };

/** Why a server did not give the file. */
export class HttpError extends DownloadError {
  /** Null where there was no answer. */
  readonly status: number | null;

  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super("bad_download", message, options);
    this.status = status;
  }

  /** Whether a later attempt may do better, whatever is asked for. */
  get passing(): boolean {
    return this.status === null || this.status >= 500 || this.status === 429;
  }
}

/** Asks for the file at `url`. A part is asked to go on only where it may. */
export async function ask(url: string, asking: Asking, signal: AbortSignal): Promise<Answered> {
  const { part = null, version = null } = asking;
  const behind = part && validator(part);
  if (part && part.bytes > 0 && behind !== null) {
    const answered = await askRest(url, part, behind, version, signal);
    if (answered) {
      return answered;
    }
  }
  const headers = new Headers();
  if (version?.etag) {
    headers.set("If-None-Match", version.etag);
  } else if (version?.modified) {
    headers.set("If-Modified-Since", version.modified);
  }
  const cache = asking.fresh ? "no-cache" : "default";
  const response = await send(url, { headers, cache }, signal);
  return response.status === 304 && version ? { kind: "unchanged" } : whole(url, response);
}

/**
 * What proves to a server that it still has the version that was begun: a strong
 * ETag, or the time of its last change. Without it a download begins anew.
 */
export function validator({ etag, modified }: Version): string | null {
  return etag !== null && !etag.startsWith("W/") ? etag : modified;
}

/** Null where the server should be asked for all. */
async function askRest(
  url: string,
  part: Part,
  behind: string,
  version: Version | null,
  signal: AbortSignal,
): Promise<Answered | null> {
  const headers = { Range: `bytes=${part.bytes}-`, "If-Range": behind };
  let response: Response;
  try {
    response = await send(url, { headers }, signal);
  } catch (error) {
    // Another origin's server may not let pages send these headers.
    if (signal.aborted || new URL(url).origin === location.origin) {
      throw error;
    }
    return null;
  }
  if (response.status === 206 && response.body && fits(response, part)) {
    return { kind: "rest", chunks: response.body };
  }
  if (response.status === 416 || response.status === 206) {
    await response.body?.cancel();
    return null;
  }
  const answered = whole(url, response);
  // The part was of a version that is gone, and the one that is here whole is back.
  if (version?.etag && answered.version.etag === version.etag) {
    await answered.chunks.cancel();
    return { kind: "unchanged" };
  }
  return answered;
}

/** Whether what a server sends is what is missing, and all of it. */
function fits({ headers }: Response, { bytes, total }: Part): boolean {
  const [, first, last, of] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  return (
    Number(first) === bytes &&
    Number(last) === total - 1 &&
    (of === "*" || Number(of) === total) &&
    !headers.has("content-encoding")
  );
}

function whole(url: string, response: Response): Answered & { kind: "whole" } {
  const { headers, body, status } = response;
  if (!response.ok || status === 206 || !body) {
    throw new HttpError(status, `${url} answered ${status}: check the address`);
  }
  // Of a compressed response the header tells the compressed length.
  const announced = headers.has("content-encoding") ? null : headers.get("content-length");
  return {
    kind: "whole",
    chunks: body,
    length: announced === null ? null : Number(announced),
    version: { etag: headers.get("etag"), modified: headers.get("last-modified") },
  };
}

async function send(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal });
  } catch (error) {
    signal.throwIfAborted();
    const message = `${url} cannot be reached: check the address and the network`;
    throw new HttpError(null, message, { cause: error });
  }
}
