import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";
import svelteConfig from "./www/svelte.config.js";

const typed = { projectService: true, extraFileExtensions: [".svelte"] };

export default tseslint.config(
  { ignores: ["**/dist/", "web/wasm/", "www/public/"] },
  {
    files: ["**/*.ts", "**/*.svelte"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: typed,
    },
    rules: {
      // A number in a template is what it looks like.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    extends: [svelte.configs["flat/recommended"], svelte.configs["flat/prettier"]],
    languageOptions: {
      parserOptions: { ...typed, parser: tseslint.parser, svelteConfig },
    },
    rules: {
      // Props with a default are declared with `let` beside those that are bound.
      "prefer-const": "off",
      // The addresses of this page are fragments: there is no router to ask.
      "svelte/no-navigation-without-resolve": "off",
    },
  },
  {
    files: ["**/*.svelte"],
    rules: {
      // The parser does not see the types of generic components; svelte-check does.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.js"],
    extends: [tseslint.configs.recommended],
  },
);
