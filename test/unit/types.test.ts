// The notebooks compile with tslab's own TypeScript (5.0.4). What a newer TypeScript writes into a
// declaration may be unknown there, and then turns into `any` without a word: no help on Tab, no
// type error. So the published declarations are read here as tslab reads them.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";

const root = path.resolve(__dirname, "../..");
const published = path.join(root, "src/dist");
const entry = path.join(published, "index.d.ts");

/** The options of tslab's compiler that decide how declarations are read. */
function programOf(file: string) {
  return ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    esModuleInterop: true,
    skipLibCheck: false, // errors in declarations are what this is about
    noEmit: true,
    types: ["node"],
    typeRoots: [path.join(root, "node_modules/@types")],
  });
}

/** Every place in the public declarations of `file` that TypeScript 5.0.4 understands as `any`. */
function leakedAnys(program: ts.Program, file: string): string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  const seen = new Set<ts.Type | ts.Symbol>();
  const leaks = new Set<string>();

  const visitSymbol = (symbol: ts.Symbol, where: string): void => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const declaration = target.declarations?.[0];
    if (!declaration || seen.has(target) || !isOurs(declaration, path.dirname(file))) return;
    seen.add(target);
    if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) return;
    if (target.flags & ts.SymbolFlags.Value) {
      visitType(checker.getTypeOfSymbolAtLocation(target, declaration), where);
    }
    if (target.flags & ts.SymbolFlags.Type)
      visitType(checker.getDeclaredTypeOfSymbol(target), where);
  };

  const visitType = (type: ts.Type, where: string): void => {
    if (type.flags & ts.TypeFlags.Any) leaks.add(where);
    if (seen.has(type)) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) for (const part of type.types) visitType(part, where);
    const generic = type as ts.TypeReference;
    if (generic.target) {
      for (const argument of checker.getTypeArguments(generic)) visitType(argument, `${where}<>`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      const from = signature.getDeclaration();
      if (!from || !isOurs(from, path.dirname(file))) continue;
      for (const parameter of signature.getParameters()) {
        const parameterType = checker.getTypeOfSymbolAtLocation(parameter, from);
        visitType(parameterType, `${where}(${parameter.name})`);
      }
      visitType(signature.getReturnType(), `${where}()`);
    }
    for (const property of type.getProperties()) visitSymbol(property, `${where}.${property.name}`);
  };

  for (const symbol of checker.getExportsOfModule(module)) visitSymbol(symbol, symbol.name);
  return [...leaks];
}

/** Types of libraries are theirs to get right; those named in our declarations are visited. */
function isOurs(node: ts.Node, folder: string): boolean {
  return path.normalize(node.getSourceFile().fileName).startsWith(folder);
}

/** What TypeScript 5.0.4 finds wrong in our declarations, such as a type it does not know. */
function faults(program: ts.Program, folder: string): string[] {
  return program
    .getSourceFiles()
    .filter((source) => path.normalize(source.fileName).startsWith(folder))
    .flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ])
    .map(({ file, start, messageText }) => {
      const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 : 0;
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      return `${path.basename(file?.fileName ?? "")}:${line} ${message}`;
    });
}

test("the declarations are read by the TypeScript that tslab brings", () => {
  assert.equal(ts.version, "5.0.4");
});

test("TypeScript 5.0.4 finds nothing wrong in the published declarations", () => {
  assert.deepEqual(faults(programOf(entry), published), []);
});

test("no public signature is `any` to TypeScript 5.0.4", () => {
  assert.deepEqual(leakedAnys(programOf(entry), entry), []);
});

test("every argument of the layers and of seq2seq says what it is, and the optional ones their default", () => {
  const program = programOf(entry);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(entry)!)!,
  );
  const names = ["AttentionArgs", "DecoderArgs", "GRUArgs", "SeededDropoutArgs", "Seq2seqArgs"];
  for (const name of names) {
    const alias = exported.find((symbol) => symbol.name === name)!;
    const properties = checker
      .getDeclaredTypeOfSymbol(checker.getAliasedSymbol(alias))
      .getProperties();
    assert.ok(properties.length >= 4, name);
    for (const property of properties) {
      const text = ts.displayPartsToString(property.getDocumentationComment(checker));
      assert.notEqual(text, "", `${name}.${property.name}`);
      if (property.flags & ts.SymbolFlags.Optional) {
        assert.match(text, /unless given/, `${name}.${property.name}`);
      }
    }
  }
});

test("both checks see what a newer TypeScript would leak", (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), "attention-lab-types-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "index.d.ts");
  writeFileSync(
    file,
    `export declare function numbers(): Float32Array<ArrayBuffer>;
export declare function nested(options: { rows: Missing[] }): void;
export declare class Model { state: Map<string, any>; private hidden: any; step(n: number): string; }
export interface Fine { a: number; b?: Fine[]; c: Float32Array }
export declare function fine(f: Fine): Promise<Fine>;
`,
  );
  const program = programOf(file);
  assert.deepEqual(leakedAnys(program, file), [
    "numbers()",
    "nested(options).rows<>",
    "Model.state<>",
  ]);
  assert.equal(faults(program, folder).length, 2);
});
