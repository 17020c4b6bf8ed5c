/** The value axis of a chart: round ticks around its values, zero always among them. */

const STEPS = [1, 2, 2.5, 5, 10];
const TICKS = 4;

export interface Scale {
  ticks: number[];
  /** How far up a value stands: 0 at the lowest tick, 1 at the highest. */
  place(value: number): number;
}

export function scaleOf(values: readonly number[]): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  // Where all is zero, there is an axis still.
  const high = low === highest ? 1 : highest;
  const step = roundStep((high - low) / TICKS);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  // By multiplication: added up, tenths would end in many digits.
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  const [bottom, top] = [first * step, last * step];
  return { ticks, place: (value) => (value - bottom) / (top - bottom) };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return (STEPS.find((step) => step * power >= rough * 0.999) ?? 10) * power;
}
