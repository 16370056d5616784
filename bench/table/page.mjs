// The page of --html: the template that regress/report/build.mjs made, with the document in it.
import fs from 'node:fs';

const mark = '@PLIMSOLL_DATA@';

// The text of the page. No `<` stands in the data, so that nothing in it ends its element.
export function makePage(template, document) {
  const parts = fs.readFileSync(template, 'utf8').split(mark);
  if (parts.length !== 2) throw new Error(`${template}: ${mark} has to stand in it once`);
  return parts.join(JSON.stringify(document).replaceAll('<', '\\u003c'));
}
