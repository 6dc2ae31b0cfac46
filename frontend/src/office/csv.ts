/** Reading a file of ours back: RFC 4180, with the apostrophe that keeps spreadsheets from reckoning taken away. Pure. */

/** What a spreadsheet would take for a formula, and the apostrophe before it. */
const KEPT_FROM_RECKONING = /^'(?=[=+\-@\t\r])/;

/** The lines of a file, each with its cells. */
export function csvLines(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let cells: string[] = [];
  // Each cell is quoted, with its quotes doubled, or has none; after it comes a comma, the end of the line, or of the file.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  cell.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const found = cell.exec(text);
    if (found === null) break;
    const [, quoted, plain = "", end] = found;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).replace(KEPT_FROM_RECKONING, ""));
    if (end === ",") continue;
    lines.push(cells);
    cells = [];
  }
  return lines;
}
