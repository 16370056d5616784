// V8 as a peer: reads modules from standard input and answers each on standard output, in order, for as long as there are any.
//
//   a module     32-bit size, little-endian; its bytes
//   an answer    one byte: 0 invalid, 1 valid, 2 a greeting; 32-bit size of a text; the text
//
// The greeting comes first, and its text is V8's version. The verdict is WebAssembly.validate's; the text says why not, as
// new WebAssembly.Module puts it. For regress/differential/peer.cpp, run by a node that is started with the flags it needs.
import fs from 'node:fs';

function waitABit() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

// `size` bytes; ends the process where the input ends.
function read(size) {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size; ) {
    try {
      const got = fs.readSync(0, bytes, at, size - at, null);
      if (got === 0) process.exit(0);
      at += got;
    } catch (error) {
      if (error.code === 'EOF') process.exit(0);
      if (error.code !== 'EAGAIN') throw error;
      waitABit();
    }
  }
  return bytes;
}

function answer(verdict, text) {
  const message = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(5);
  head.writeUInt8(verdict, 0);
  head.writeUInt32LE(message.length, 1);
  let rest = Buffer.concat([head, message]);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code === 'EPIPE') process.exit(0);
      if (error.code !== 'EAGAIN') throw error;
      waitABit();
    }
  }
}

function judge(bytes) {
  if (WebAssembly.validate(bytes)) return answer(1, '');
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    const kind = error instanceof WebAssembly.CompileError ? '' : `${error.name}: `;
    return answer(0, kind + error.message.replace(/^WebAssembly\.Module\(\): /, ''));
  }
  return answer(0, 'validate() refuses what Module() compiles');
}

answer(2, `V8 ${process.versions.v8} (node ${process.versions.node})`);
for (;;) judge(read(read(4).readUInt32LE(0)));
