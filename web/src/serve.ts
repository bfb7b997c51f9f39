/** A worker's end of the wire: calls as they come, and replies. */

import type { AnyCalls, FromWorker, Request, ToWorker } from "./protocol.js";

/**
 * Hands every call on, with a signal that its cancel aborts. What serves it
 * replies in any case, and so never rejects.
 */
export function onCall<All extends AnyCalls<All>>(
  serve: (request: Request<All>, signal: AbortSignal) => Promise<void>,
): void {
  /** What runs, or waits to, and can still be cancelled. */
  const active = new Map<number, AbortController>();
  onmessage = (event: MessageEvent<ToWorker<All>>) => {
    const message = event.data;
    if ("cancel" in message) {
      active.get(message.cancel)?.abort();
      return;
    }
    const { id } = message;
    const controller = new AbortController();
    active.set(id, controller);
    void serve(message, controller.signal).finally(() => active.delete(id));
  };
}

/** Tells the page something; what is in `transfer` moves there. */
export function reply(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
