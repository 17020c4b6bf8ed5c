/** A chart's rows and series as numbers, with what is stacked stacked. */

export type Kind = "bar" | "line" | "area";

export interface Series {
  kind: Kind;
  name: string;
  stack: string | null;
  curve: string;
  colour: unknown;
  /** Null where a row has no number. */
  values: (number | null)[];
  /** From where to where a row's value is drawn. */
  spans: ([number, number] | null)[];
  /** The place of a bar among those that stand beside each other. */
  column: number;
}

export interface ChartData {
  names: string[];
  series: Series[];
  /** How many bars stand beside each other in a row. */
  columns: number;
}

export function chartData(node: Record<string, unknown>): ChartData | null {
  const axis = node.xAxis as string | { dataKey?: unknown; labels?: Record<string, unknown> } | null | undefined;
  const field = typeof axis === "string" ? axis : axis?.dataKey;
  const rows = list(node.data);
  if (typeof field !== "string" || !rows.length) return null;
  const labels = (typeof axis === "object" && axis?.labels) || {};
  const names = rows.map((row) => {
    const name = String(row[field] ?? "");
    return String((Object.hasOwn(labels, name) && labels[name]) || name);
  });
  const series = list(node.series).flatMap((given) => one(given, rows) ?? []);
  return { names, series, columns: stacked(series) };
}

function list(given: unknown): Record<string, unknown>[] {
  return Array.isArray(given) ? given.filter((one) => typeof one === "object" && one !== null) : [];
}

function one(given: Record<string, unknown>, rows: Record<string, unknown>[]): Series | null {
  const { dataKey, label, stack, curveType } = given;
  if (typeof dataKey !== "string") return null;
  const kind = given.type === "line" || given.type === "area" ? given.type : "bar";
  return {
    kind,
    name: typeof label === "string" && label ? label : dataKey,
    // Lines are never stacked.
    stack: typeof stack === "string" && kind !== "line" ? stack : null,
    curve: typeof curveType === "string" ? curveType : "monotone",
    colour: given.color,
    values: rows.map((row) => numberOf(Object.hasOwn(row, dataKey) ? row[dataKey] : null)),
    spans: [],
    column: 0,
  };
}

function numberOf(value: unknown): number | null {
  if (typeof value === "string" && !value.trim()) return null;
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** What is below zero is stacked downwards; bars and areas have stacks of their own. Returns the columns of bars. */
function stacked(series: Series[]): number {
  const ends = new Map<string, number>();
  const columns = new Map<string, number>();
  series.forEach((one, index) => {
    const stack = `${one.kind}:${one.stack ?? `own ${index}`}`;
    if (one.kind === "bar") {
      one.column = columns.get(stack) ?? columns.size;
      columns.set(stack, one.column);
    }
    one.spans = one.values.map((given, row) => {
      if (given === null && (one.kind !== "area" || one.stack === null)) return null;
      const value = given ?? 0;
      const key = `${stack}:${row}:${one.kind === "bar" && value < 0 ? "below" : "above"}`;
      const from = one.stack === null ? 0 : (ends.get(key) ?? 0);
      ends.set(key, from + value);
      return [from, from + value];
    });
  });
  return columns.size;
}
