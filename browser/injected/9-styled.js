/**
 * Texts that a page's style puts before and after elements (`content`): they are in the picture and in no line.
 *
 * Asked for only while there are secrets to look for, of the first elements of the document.
 */

const STYLED_MOST = 4000;

/** @returns {{text: string, box: number[]}[]} each text with its element's box in the top viewport of this world */
function styledTexts() {
  const found = [];
  for (const el of [...allIn(document, 'body *')].slice(0, STYLED_MOST)) {
    for (const part of ['::before', '::after']) {
      const { content } = getComputedStyle(el, part);
      if (content.length < 4 || !content.startsWith('"')) continue;
      const { x, y, width, height } = el.getBoundingClientRect();
      if (width && height) found.push({ text: content.slice(1, -1).replace(/\\(["\\])/g, '$1'), box: [x, y, width, height] });
    }
  }
  return found;
}

Object.assign(globalThis.__stepscope, { styledTexts });
