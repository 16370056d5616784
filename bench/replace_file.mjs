// Replaces a file by new text, whole or not at all.
import fs from 'node:fs';

export function replaceFile(file, text) {
  const part = `${file}.${process.pid}.part`;
  try {
    fs.writeFileSync(part, text);
    fs.renameSync(part, file);
  } finally {
    fs.rmSync(part, { force: true });
  }
}
