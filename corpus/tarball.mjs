// Reads single files out of a package's tarball (.tgz): what tar's formats have in common (POSIX ustar), and the long
// names and sizes of pax and GNU tar. Nothing is unpacked to disk, so no name in an archive can lead anywhere.

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const blockSize = 512;
const longestName = 1 << 20;

// Hands out exact numbers of bytes from a stream of chunks of any size.
class Bytes {
  #chunks;
  #rest = Buffer.alloc(0);

  constructor(stream) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  // The next `size` bytes, or undefined if the stream ends before the first of them. With keep = false they are dropped
  // and the result is empty.
  async take(size, keep = true) {
    const parts = [];
    let missing = size;
    while (missing > 0) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done && missing === size) return undefined;
        if (done) throw new Error('the archive ends in the middle of an entry');
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, missing);
      if (keep) parts.push(part);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  // The contents of an entry, without what pads them to whole blocks.
  async contents(size, keep) {
    const bytes = size === 0 ? Buffer.alloc(0) : await this.take(size, keep);
    const padding = (blockSize - (size % blockSize)) % blockSize;
    if (bytes === undefined || (padding > 0 && (await this.take(padding, false)) === undefined)) {
      throw new Error('the archive ends in the middle of an entry');
    }
    return bytes;
  }
}

function text(bytes) {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

// A number field: octal digits, or GNU tar's base 256 when the first bit is set.
function number(field) {
  if (field[0] & 0x80) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0] & 0x7f);
  const digits = text(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error('not a tar archive');
  return digits === '' ? 0 : parseInt(digits, 8);
}

function parseHeader(block) {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (sum !== number(block.subarray(148, 156))) throw new Error('not a tar archive');
  const name = text(block.subarray(0, 100));
  const prefix = text(block.subarray(257, 262)) === 'ustar' ? text(block.subarray(345, 500)) : '';
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: number(block.subarray(124, 136)),
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156]),
  };
}

// The records of a pax header: "LENGTH KEY=VALUE\n", the length being that of the whole record.
function parsePax(bytes) {
  const records = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = parseInt(bytes.toString('latin1', at, Math.max(space, at)), 10);
    if (!(length > space - at)) throw new Error('not a tar archive');
    const [key, ...value] = bytes.toString('utf8', space + 1, at + length - 1).split('=');
    records[key] = value.join('=');
    at += length;
  }
  return records;
}

async function collect(stream, wanted) {
  const bytes = new Bytes(stream);
  const found = new Map();
  let next = {}; // what a header before an entry says of that entry
  for (let block; (block = await bytes.take(blockSize)) !== undefined; ) {
    if (block.every((byte) => byte === 0)) continue; // two of these end an archive, and nothing but padding follows
    const header = { ...parseHeader(block), ...next };
    next = {};
    if (header.type === 'x' || header.type === 'L') {
      if (header.size > longestName) throw new Error('an entry of the archive has a name of more than 1 MiB');
      const said = await bytes.contents(header.size, true);
      const pax = header.type === 'x' ? parsePax(said) : { path: text(said) };
      if (pax.path !== undefined) next.name = pax.path;
      if (pax.size !== undefined) next.size = Number(pax.size);
      continue;
    }
    const keep = header.type === '0' && wanted.has(header.name);
    const contents = await bytes.contents(header.size, keep);
    if (keep) found.set(header.name, contents);
  }
  return found;
}

// The contents of those of `paths` that are regular files in the gzipped tar archive `tarball`: a Map from path to
// Buffer. Reads the archive once, to its end. Throws an Error that says what is wrong with the archive.
export async function readFiles(tarball, paths) {
  const wanted = new Set(paths);
  let found;
  await pipeline(createReadStream(tarball), createGunzip(), async (stream) => {
    found = await collect(stream, wanted);
  });
  return found;
}
