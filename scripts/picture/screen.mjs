const plain = { color: undefined, bold: false, dim: false, underline: false, inverse: false };
const blank = { char: " ", style: plain };

/** The part of a terminal that listr2 and prompts use: text, cursor movement, erasing, and sixteen colours. */
export function makeScreen(columns) {
  const rows = [[]];
  let row = 0;
  let column = 0;
  let saved = [0, 0];
  let style = plain;
  let rest = "";

  const at = (y) => {
    while (rows.length <= y) rows.push([]);
    return rows[y];
  };
  const put = (char) => {
    if (column >= columns) {
      column = 0;
      row += 1;
    }
    const line = at(row);
    while (line.length < column) line.push(blank);
    line[column] = { char, style };
    column += 1;
  };

  const paint = (codes) => {
    for (const code of codes.length ? codes : [0]) {
      if (code === 0) style = plain;
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, dim: true };
      else if (code === 4) style = { ...style, underline: true };
      else if (code === 7) style = { ...style, inverse: true };
      else if (code === 22) style = { ...style, bold: false, dim: false };
      else if (code === 24) style = { ...style, underline: false };
      else if (code === 27) style = { ...style, inverse: false };
      else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) style = { ...style, color: code };
      else if (code === 39) style = { ...style, color: undefined };
    }
  };

  const eraseScreen = (how) => {
    if (how === 2 || how === 3) rows.splice(0, rows.length, []);
    else {
      at(row).length = Math.min(at(row).length, column);
      rows.length = row + 1;
    }
  };
  const eraseLine = (how) => {
    const line = at(row);
    if (how === 2) line.length = 0;
    else if (how === 1) line.fill(blank, 0, column + 1);
    else line.length = Math.min(line.length, column);
  };

  const control = (letter, numbers) => {
    const n = numbers[0] || 1;
    if (letter === "m") paint(numbers);
    else if (letter === "A") row = Math.max(0, row - n);
    else if (letter === "B") row += n;
    else if (letter === "C") column = Math.min(columns - 1, column + n);
    else if (letter === "D") column = Math.max(0, column - n);
    else if (letter === "E") [row, column] = [row + n, 0];
    else if (letter === "F") [row, column] = [Math.max(0, row - n), 0];
    else if (letter === "G") column = n - 1;
    else if (letter === "H") [row, column] = [n - 1, (numbers[1] || 1) - 1];
    else if (letter === "J") eraseScreen(numbers[0] ?? 0);
    else if (letter === "K") eraseLine(numbers[0] ?? 0);
    else if (letter === "s") saved = [row, column];
    else if (letter === "u") [row, column] = saved;
  };

  const token =
    /\x1b\[([?>]?)([0-9;]*)([a-zA-Z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[78]|[\r\n\b]|[^\x00-\x1f\x7f]/gu;
  return {
    write(data) {
      const text = rest + data;
      // A sequence that was cut in two waits for its end.
      const cut = /\x1b(\[[0-9;?]*)?$/.exec(text)?.index ?? text.length;
      rest = text.slice(cut);
      for (const [all, mark, numbers, letter] of text.slice(0, cut).matchAll(token)) {
        if (letter !== undefined) {
          if (mark === "") control(letter, numbers === "" ? [] : numbers.split(";").map(Number));
        } else if (all === "\x1b7") saved = [row, column];
        else if (all === "\x1b8") [row, column] = saved;
        else if (all === "\r") column = 0;
        else if (all === "\n") row += 1;
        else if (all === "\b") column = Math.max(0, column - 1);
        else if (!all.startsWith("\x1b")) put(all);
      }
    },
    /** Lines of cells, without empty ones at the end. */
    rows() {
      const lines = rows.map((line) => line.slice());
      while (lines.length > 0 && lines.at(-1).every((cell) => cell.char === " ")) lines.pop();
      return lines;
    },
    text() {
      return rows
        .map((line) =>
          line
            .map((cell) => cell.char)
            .join("")
            .trimEnd(),
        )
        .join("\n")
        .trimEnd();
    },
  };
}
