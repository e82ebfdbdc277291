const colors = {
  30: "#484f58",
  31: "#ff7b72",
  32: "#56d364",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#76e3ea",
  37: "#c9d1d9",
  90: "#6e7681",
  91: "#ffa198",
  92: "#7ee787",
  93: "#f2cc60",
  94: "#a5d6ff",
  95: "#e2c5ff",
  96: "#b3f0ff",
  97: "#f0f6fc",
};
const [cellWidth, lineHeight, margin] = [8.4, 19, 16];
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
// Viewers differ in what they make of spaces in a row; these stay.
const spaced = (text) => escaped(text).replaceAll(" ", "\u00a0");

/** A terminal's lines as a picture. Fonts are those of the reader's machine; every run of cells is put at its column. */
export function drawSvg(rows, columns, title) {
  const width = Math.round(columns * cellWidth + 2 * margin);
  const height = rows.length * lineHeight + 2 * margin;
  const lines = rows.flatMap((line, y) => runsOf(line).map((run) => textOf(run, y)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c9d1d9">`,
    ...lines,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Neighbouring cells of one style. */
function runsOf(line) {
  const runs = [];
  line.forEach((cell, x) => {
    const last = runs.at(-1);
    if (last && last.style === cell.style) last.text += cell.char;
    else runs.push({ x, style: cell.style, text: cell.char });
  });
  return runs.filter((run) => run.text.trim() !== "");
}

function textOf({ x, style, text }, y) {
  const lead = text.length - text.trimStart().length;
  const shown = text.trim();
  const left = (margin + (x + lead) * cellWidth).toFixed(1);
  const attributes = [
    `x="${left}"`,
    `y="${margin + y * lineHeight + 14}"`,
    `textLength="${([...shown].length * cellWidth).toFixed(1)}"`,
    ...(style.color ? [`fill="${colors[style.color]}"`] : []),
    ...(style.bold ? ['font-weight="bold"'] : []),
    ...(style.dim ? ['opacity="0.6"'] : []),
    ...(style.underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(" ")}>${spaced(shown)}</text>`;
}
