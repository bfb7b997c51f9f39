/**
 * The types that the package declares for what the runtime sends are those that
 * the runtime has: a field or a variant that is added on one side only is found.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import ts from "typescript";
import { rustType } from "./rust-types.mjs";
import { root } from "./support.mjs";

const path = join(root, "web/src/protocol.ts");
/** How the page says to the module of readings what a user set. */
const formatPath = join(root, "www/src/sources/format.ts");
const program = ts.createProgram([path, formatPath], {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
});
const checker = program.getTypeChecker();

function exportsOf(file) {
  const symbols = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(file)),
  );
  return new Map(
    symbols.map(({ name }, at) => [name, checker.getDeclaredTypeOfSymbol(symbols[at])]),
  );
}

const exported = exportsOf(path);

function declared(name, types = exported) {
  const type = types.get(name);
  assert.ok(type, `no ${name} is exported`);
  return type;
}

const membersOf = (type) => (type.isUnion() ? type.types : [type]);
const valuesOf = (type) =>
  membersOf(type)
    .filter((member) => member.isStringLiteral())
    .map(({ value }) => value)
    .sort();
const isNothing = ({ flags }) => (flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) !== 0;

/** What kind of JSON value all members of a type are; null where they differ. */
function kindOf(type) {
  const kinds = new Set(
    membersOf(type)
      .filter((member) => !isNothing(member))
      .map((member) => {
        if (member.flags & ts.TypeFlags.NumberLike) {
          return "number";
        }
        if (member.flags & ts.TypeFlags.StringLike) {
          return "string";
        }
        if (member.flags & ts.TypeFlags.BooleanLike) {
          return "boolean";
        }
        return checker.isArrayLikeType(member) ? "list" : null;
      }),
  );
  return kinds.size === 1 ? [...kinds][0] : null;
}

/** The properties of an interface, as `rustType` describes fields. */
function fieldsOf(type) {
  const fields = {};
  for (const property of checker.getPropertiesOfType(type)) {
    const of = checker.getTypeOfSymbol(property);
    // `?: never` says that there is none.
    if (membersOf(of).every((member) => isNothing(member) || member.flags & ts.TypeFlags.Never)) {
      continue;
    }
    fields[property.name] = {
      optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      nullable: membersOf(of).some(({ flags }) => flags & ts.TypeFlags.Null),
      kind: kindOf(of),
    };
  }
  return fields;
}

/** Fails where fields differ; a kind is compared where both sides say one. */
function sameFields(typescript, rust, where) {
  assert.ok(Object.keys(rust).length > 0, `${where} has no fields`);
  assert.deepEqual(Object.keys(typescript).sort(), Object.keys(rust).sort(), `fields of ${where}`);
  for (const [name, field] of Object.entries(rust)) {
    const { optional, nullable, kind } = typescript[name];
    const place = `${where}, ${name}`;
    assert.equal(optional, field.optional, `whether it may be left out: ${place}`);
    assert.equal(nullable, field.nullable, `whether it may be null: ${place}`);
    if (kind !== null && field.kind !== null) {
      assert.equal(kind, field.kind, place);
    }
  }
}

/** Interfaces: the declared name, the type's, and its file where several have that. */
const STRUCTS = [
  ["Timings", "Timings", "session/src/answer.rs"],
  ["LabelProbability", "LabelProbability"],
  ["Classification", "Classification"],
  ["NumberProbability", "NumberProbability"],
  ["NumberAnswer", "Number", "session/src/answer.rs"],
  ["TextAnswer", "Text", "session/src/answer.rs"],
  ["Generated", "Generated", "session/src/answer.rs"],
  ["Info", "Info", "session/src/info.rs"],
  ["ChannelInfo", "ChannelInfo"],
  ["Speed", "Speed"],
  ["BackendChange", "BackendChange"],
  ["GenerateOptions", "GenerateOptions"],
  ["Sampling", "SamplerSpec"],
  ["Refusal", "Refusal", "web/src/session.rs"],
  ["StreamOptions", "Options", "web/src/stream.rs"],
  ["StreamStep", "Step", "web/src/stream.rs"],
  ["StreamWindow", "AnsweredWindow", "web/src/stream.rs"],
  ["Labelled", "Record", "web/src/recording.rs"],
  ["NumbersOptions", "Options", "web/src/recording.rs"],
  ["NumbersStep", "Step", "web/src/recording.rs"],
  ["RefusedRow", "RefusedRow"],
  ["RecordingWants", "Wants"],
  ["WantedChannel", "InCell"],
  ["AnsweredRecord", "AnsweredRecord"],
  ["BadRow", "BadRow"],
  ["Position", "Position", "sensor/src/window.rs"],
  ["ExpectedColumn", "ExpectedColumn"],
  ["Fits", "Said", "web-fits/src/lib.rs"],
  ["FitReason", "Told", "sensor/src/fits/words.rs"],
];

/** Unions: the declared name and the enum's. */
const ENUMS = [
  ["Answer", "Answer"],
  ["WantedRows", "Rows", "readings/src/recording/wants.rs"],
  ["Task", "Task"],
  ["Truth", "Truth"],
  ["StoppedBy", "StoppedBy"],
  ["Backend", "Backend"],
  ["GpuMath", "GpuMath"],
  ["FitVerdict", "Verdict"],
];

describe("types that cross between the runtime and the package", () => {
  for (const [name, rust, file] of STRUCTS) {
    it(`have the same fields: ${name}`, () => {
      sameFields(fieldsOf(declared(name)), rustType(rust, file).fields, name);
    });
  }

  for (const [name, rust, file] of ENUMS) {
    it(`have the same variants: ${name}`, () => {
      const { names, holders, kinds } = rustType(rust, file);
      const members = membersOf(declared(name));
      const strings = members.filter((member) => member.isStringLiteral());
      assert.deepEqual(strings.map(({ value }) => value).sort(), names.sort());
      const found = { holders: [], kinds: [] };
      for (const member of members.filter((member) => !member.isStringLiteral())) {
        const { kind, ...fields } = fieldsOf(member);
        if (!kind) {
          found.holders.push(...Object.keys(fields));
          continue;
        }
        const { value } = checker.getTypeOfSymbol(member.getProperty("kind"));
        found.kinds.push(value);
        const known = kinds[value] ?? {};
        // A variant may have nothing but its kind.
        if (Object.keys({ ...fields, ...known }).length > 0) {
          sameFields(fields, known, `${name}, ${value}`);
        }
      }
      assert.deepEqual(found.holders.sort(), holders.sort());
      assert.deepEqual(found.kinds.sort(), Object.keys(kinds).sort());
    });
  }

  it("have the same forms of times", () => {
    const source = readFileSync(join(root, "crates/readings/src/time.rs"), "utf8");
    const [, names] = /fn name\(self\)[^{]*\{\s*match self \{(.*?)\n {8}\}/s.exec(source);
    const forms = [...names.matchAll(/=> "(\w+)"/g)].map(([, form]) => form);
    assert.ok(forms.length > 3, names);
    const offered = valuesOf(declared("TimeForm", exportsOf(formatPath)));
    assert.deepEqual(offered, ["auto", ...forms].sort());
  });

  it("have the same names of options", () => {
    const property = (type, name) => checker.getTypeOfSymbol(type.getProperty(name));
    const overflow = property(declared("GenerateOptions"), "on_overflow");
    assert.deepEqual(valuesOf(overflow), rustType("Overflow").names.sort());
    const role = property(declared("ExpectedColumn"), "role");
    assert.deepEqual(valuesOf(role), rustType("ColumnRole").names.sort());
    // What a load takes beyond what the package itself uses.
    const calls = declared("Calls");
    const takes = Object.keys(fieldsOf(property(property(calls, "load"), "takes")));
    const own = ["source", "name", "cache", "sha256", "backend"];
    const runtime = Object.keys(rustType("Options", "web/src/session.rs").fields);
    assert.deepEqual(takes.sort(), [...own, ...runtime].sort());
  });
});
