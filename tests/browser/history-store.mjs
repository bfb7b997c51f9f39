/** What dashboard.mjs has built as one module. */

export * from "../../www/src/history/store.ts";
export { exportRun } from "../../www/src/history/export.ts";
export { historyState } from "../../www/src/history/state.svelte.ts";
