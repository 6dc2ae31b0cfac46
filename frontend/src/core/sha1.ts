/**
 * SHA-1, which name-based ids are made with. The browser's own is asynchronous, and an id is needed inside the
 * transaction of a tap. Nothing here depends on SHA-1 being hard to break.
 */
export function sha1(message: Uint8Array): Uint8Array {
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const blocks = padded(message);
  for (let offset = 0; offset < blocks.byteLength; offset += 64) mixIn(state, blocks, offset);
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, index) => digest.setUint32(index * 4, word));
  return new Uint8Array(digest.buffer);
}

/** The message, a one bit, zeros, and its length in bits, in whole blocks of 64 bytes. */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(bytes.length - 4, (message.length << 3) >>> 0);
  return view;
}

function mixIn(state: Uint32Array, blocks: DataView, offset: number): void {
  const words = schedule(blocks, offset);
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  words.forEach((word, round) => {
    const [choice, constant] = roundOf(round, b, c, d);
    const next = (rotated(a, 5) + choice + e + constant + word) >>> 0;
    [e, d, c, b, a] = [d, c, rotated(b, 30), a, next];
  });
  [a, b, c, d, e].forEach((word, index) => {
    state[index] = ((state[index] ?? 0) + word) >>> 0;
  });
}

function schedule(blocks: DataView, offset: number): Uint32Array {
  const words = new Uint32Array(80);
  const at = (index: number): number => words[index] ?? 0;
  for (let index = 0; index < 80; index++) {
    words[index] = index < 16
      ? blocks.getUint32(offset + index * 4)
      : rotated(at(index - 3) ^ at(index - 8) ^ at(index - 14) ^ at(index - 16), 1);
  }
  return words;
}

function roundOf(round: number, b: number, c: number, d: number): [choice: number, constant: number] {
  if (round < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (round < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (round < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

function rotated(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}
