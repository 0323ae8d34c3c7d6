/** Lines of cells under a header, in columns as wide as their widest cell. */
export function asTable(header: readonly string[], lines: readonly (readonly unknown[])[]): string {
  const rows = [header, ...lines.map(cells => cells.map(shown))];
  const widths = header.map((_, column) => Math.max(...rows.map(cells => cells[column]!.length)));
  const asLine = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return rows.map(cells => `${asLine(cells).trimEnd()}\n`).join('');
}

const shown = (cell: unknown): string =>
  typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(1) : String(cell ?? '–');
