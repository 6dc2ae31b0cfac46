/** A zip archive, as little of it as holds files: nothing in it is compressed. */
import { crc32 } from "node:zlib";

/** The version of the format that knows files and folders, times ten. */
const VERSION = 20;
/** The first day that the format knows, 1980-01-01. */
const DAY = 0x21;

/** Packs texts by the names of their files. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, content] = [Buffer.from(name), Buffer.from(text)];
    // Version, flags, method, time, day, checksum, size packed and unpacked, length of the name and of what is extra.
    const facts = [two(VERSION), two(0), two(0), two(0), two(DAY), four(crc32(content)), four(content.length), four(content.length), two(path.length), two(0)];
    const entry = Buffer.concat([four(0x04034b50), ...facts, path, content]);
    // In the directory also the version of the writer, and length of a comment, disk, attributes and where the entry begins.
    directory.push(four(0x02014b50), two(VERSION), ...facts, two(0), two(0), two(0), four(0), four(offset), path);
    entries.push(entry);
    offset += entry.length;
  }
  const index = Buffer.concat(directory);
  const count = two(entries.length);
  return Buffer.concat([...entries, index, four(0x06054b50), two(0), two(0), count, count, four(index.length), four(offset), two(0)]);
}

function two(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function four(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
