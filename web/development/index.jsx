/**
 * The same entry for development servers. That of Vite bundles what a page
 * imports from packages into a folder of its own, away from the workers, which
 * are then not found; files of this kind it leaves where they are.
 */
export * from "../dist/index.js";
