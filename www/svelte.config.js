/** Read by vite-plugin-svelte, svelte-check and editors alike. */
export default {
  compilerOptions: { runes: true },
};
