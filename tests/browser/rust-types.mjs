/**
 * What serde makes of types in the Rust sources, as far as they cross to
 * JavaScript: named fields, enums, and serde's attributes of both. rustfmt has
 * formatted them, so that lines and indentation say what belongs to what.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./support.mjs";

const sources = readdirSync(join(root, "crates"), { recursive: true })
  .filter((path) => /^[\w-]+[\\/]src[\\/].*\.rs$/.test(path))
  .map((path) => [path, readFileSync(join(root, "crates", path), "utf8")]);

/** The lines of attributes above a type, and of its body. */
const ITEM =
  /((?:^[ \t]*(?:#\[.*\]|\/\/.*)\n)*)^(?:pub(?:\(\w+\))? )?(struct|enum) (\w+)(?:<[^>]*>)? \{\n([\s\S]*?)^\}/gm;

const items = sources.flatMap(([path, text]) =>
  [...text.matchAll(ITEM)]
    .map(([, attributes, keyword, name, body]) => ({ path, attributes, keyword, name, body }))
    .filter(({ attributes }) => /derive\([^)]*\b(?:Serialize|Deserialize)\b/.test(attributes)),
);

const snake = (name) => name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();

/** What serde is told about a type or a field. */
const serde = (attributes) =>
  [...attributes.matchAll(/#\[serde\((.*)\)\]/g)].map(([, told]) => told).join(", ");

/** The one type of this name, in a file whose path ends so, where several have it. */
function find(name, file = "") {
  const found = items.filter((item) => item.name === name && item.path.endsWith(file));
  if (found.length !== 1) {
    const paths = found.map(({ path }) => path).join(", ");
    throw new Error(`${found.length} types of crates/ are called ${name}: ${paths}`);
  }
  return found[0];
}

/** What kind of JSON value a Rust type is; null where its name alone does not say. */
function kindOf(type) {
  if (/^(?:f32|f64|u8|u16|u32|u64|usize|i32|i64)$/.test(type)) {
    return "number";
  }
  if (/^(?:String|&'\w+ str)$/.test(type)) {
    return "string";
  }
  if (type === "bool") {
    return "boolean";
  }
  return /^(?:Vec<.*>|&'\w+ \[.*\])$/.test(type) ? "list" : null;
}

/** Fields at an indentation: name, whether it may be left out or null, and its kind. */
function fieldsOf(body, indent, defaults) {
  const line = new RegExp(
    `((?:^ {${indent}}(?:#\\[.*\\]|//.*)\\n)*)^ {${indent}}(?:pub(?:\\(\\w+\\))? )?(\\w+): (.*),$`,
    "gm",
  );
  const fields = {};
  for (const [, attributes, name, type] of body.matchAll(line)) {
    const told = serde(attributes);
    if (/\bskip\b/.test(told)) {
      continue;
    }
    const [, inner] = /^Option<(.*)>$/.exec(type) ?? [];
    const optional = defaults || told.includes("skip_serializing_if");
    fields[name] = {
      optional,
      nullable: inner !== undefined && !optional,
      kind: kindOf(inner ?? type),
    };
  }
  return fields;
}

/**
 * A type as JSON has it: `{ fields }` of a struct, or `{ names, holders, kinds }`
 * of an enum: variants that are strings, objects with one key, and objects that
 * say by `kind` what they are.
 */
export function rustType(name, file) {
  const { attributes, keyword, body } = find(name, file);
  const told = serde(attributes);
  if (keyword === "struct") {
    // Where all fields have defaults, a caller may leave each out.
    return { fields: fieldsOf(body, 4, /(?:^|, )default\b/.test(told)) };
  }
  if (!told.includes('rename_all = "snake_case"')) {
    throw new Error(`${name} does not spell its variants as JSON does`);
  }
  const tagged = told.includes('tag = "kind"');
  const type = { names: [], holders: [], kinds: {} };
  for (const [, variant, rest] of body.matchAll(/^ {4}(\w+)(\(.*\),|,| \{\n[\s\S]*?^ {4}\},)/gm)) {
    const spelt = snake(variant);
    const [, inner] = /^\((.*)\),$/.exec(rest) ?? [];
    if (tagged) {
      type.kinds[spelt] = inner ? rustType(inner).fields : fieldsOf(rest, 8, false);
    } else if (inner) {
      type.holders.push(spelt);
    } else {
      type.names.push(spelt);
    }
  }
  return type;
}
