import { cpus, loadavg, totalmem } from 'node:os';
import type { Figure, SubjectName } from './figure.ts';
import { subjectNames } from './figure.ts';

const headings: Readonly<Record<SubjectName, string>> = {
  pglite: 'PGlite',
  postgres: 'PostgreSQL',
  bare: 'bare bot',
};

/** What must be known of the machine to compare two runs; asked before the first measurement. */
export function conditions(): Record<string, string | number> {
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    // Of the minute before: above zero, somebody else was at work.
    load: rounded(loadavg()[0] ?? 0),
  };
}

/** With the ratios to the bare bot, where it was measured too. */
export function withRatios(figure: Figure): Figure & { readonly ratios?: Record<string, number> } {
  const { bare, ...products } = figure.values ?? {};
  if (bare === undefined) return figure;
  const ratios = Object.entries(products).map(([name, value]) => [name, rounded(value / bare)] as const);
  return { ...figure, ratios: Object.fromEntries(ratios) };
}

export function table(figures: readonly Figure[]): string {
  const compared = figures.flatMap((figure) =>
    figure.values === undefined ? [] : [{ ...withRatios(figure), values: figure.values }],
  );
  const rows = compared.map(({ name, unit, values, ratios = {} }) => [
    `${name} (${unit})`,
    ...subjectNames.map((subject) => shown(values[subject])),
    ...(['pglite', 'postgres'] as const).map((subject) => shown(ratios[subject])),
  ]);
  const head = ['', ...subjectNames.map((name) => headings[name]), 'PGlite ÷ bare', 'PostgreSQL ÷ bare'];
  const single = figures.flatMap(({ name, unit, value, least, cell }) =>
    value === undefined || cell !== undefined ? [] : [[`${name} (${unit})`, shown(value), ...leastOf(least)]],
  );
  const tables = [rows.length === 0 ? [] : [head, ...rows], single, grid(figures)];
  return `${tables
    .filter((all) => all.length > 0)
    .map(aligned)
    .join('\n\n')}\n`;
}

/** Seconds, one row for each fault and one column for each step at which it struck. */
function grid(figures: readonly Figure[]): readonly (readonly string[])[] {
  const cells = figures.flatMap(({ cell, value }) => (cell === undefined ? [] : [{ ...cell, value }]));
  const rows = [...new Set(cells.map(({ row }) => row))];
  const columns = [...new Set(cells.map(({ column }) => column))];
  if (rows.length === 0) return [];
  const at = (row: string, column: string) =>
    cells.find((cell) => cell.row === row && cell.column === column)?.value;
  return [
    ['command → outcome told (s), one fault at', ...columns],
    ...rows.map((row) => [row, ...columns.map((column) => shown(at(row, column)))]),
  ];
}

/** Three digits say all that a measurement on a shared machine can say. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function leastOf(least: number | undefined): readonly string[] {
  return least === undefined ? [] : [`at least ${least}`];
}

function shown(value: number | undefined): string {
  return value === undefined ? '–' : String(rounded(value));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const longest = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: longest }, (_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ');
  return rows.map(line).join('\n');
}
