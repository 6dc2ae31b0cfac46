/** Files of a roster before they are sent, and their errors as a file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorsAsCsv, readChosen, whyNot } from "../../src/office/roster_import.ts";

test("only a zip file that the server would take is sent", () => {
  assert.equal(whyNot({ name: "Roster.ZIP", size: 16 * 1024 * 1024 }), null);
  assert.equal(whyNot({ name: "roster.zip", size: 16 * 1024 * 1024 + 1 }), "too-large");
  assert.equal(whyNot({ name: "roster.xlsx", size: 10 }), "not-zip");
});

test("a file is read when it is chosen; what is no zip file is not", async () => {
  const { content, ...rest } = await readChosen(new File(["PK"], "roster.zip"));
  assert.deepEqual(rest, { name: "roster.zip", wrong: null, answer: null });
  assert.equal(content?.type, "application/zip");
  assert.equal(await content?.text(), "PK");
  const other = await readChosen(new File(["a,b"], "roster.csv"));
  assert.deepEqual([other.content, other.wrong], [null, "not-zip"]);
});

test("errors are kept as cells that are no formulas", () => {
  const text = errorsAsCsv([
    { file: "users.csv", row: 5, column: "role", message: '"x", is no role' },
    { file: "=cmd", row: null, column: null, message: "is missing" },
  ]);
  assert.equal(text, '\uFEFFfile,row,column,message\r\nusers.csv,5,role,"""x"", is no role"\r\n\'=cmd,,,is missing\r\n');
});
