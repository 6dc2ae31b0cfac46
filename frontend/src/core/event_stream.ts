/** Server-sent events, read from text that comes in pieces cut anywhere. */

/** One event. */
export interface StreamEvent {
  /** `message` if the server gave it no name. */
  readonly name: string;
  readonly data: string;
  /** The last id the stream named so far; null before any. */
  readonly id: string | null;
}

/** More than any event of this API: what goes on for longer is not one. */
const LONGEST_EVENT = 64 * 1024;

/** Puts the pieces of one stream together. */
export class EventReader {
  private rest = "";
  private name = "";
  private data: string[] = [];
  private length = 0;
  private id: string | null = null;

  /** The events that end in this piece. Fails if an event does not end at all. */
  read(piece: string): readonly StreamEvent[] {
    const text = this.rest + piece;
    // A line break at the end may be the first half of one: it is looked at again with the next piece.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + text.slice(whole.length);
    const events = lines.flatMap((line) => this.take(line));
    if (this.length + this.rest.length > LONGEST_EVENT) throw new RangeError("an event that does not end");
    return events;
  }

  private take(line: string): StreamEvent[] {
    if (line === "") return this.finish();
    this.length += line.length;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.name = value;
    if (field === "data") this.data.push(value);
    if (field === "id" && !value.includes("\0")) this.id = value;
    return [];
  }

  private finish(): StreamEvent[] {
    const { name, data, id } = this;
    this.name = "";
    this.data = [];
    this.length = 0;
    return data.length === 0 ? [] : [{ name: name || "message", data: data.join("\n"), id }];
  }
}
