/**
 * The console's charts. Each draws the table that stands beside it, so that both say the same, and readers
 * of the table miss nothing: the drawing itself is hidden from assistive technology.
 */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

interface Series {
  label: string;
  tone: string;
  values: (number | null)[];
}

/** The rows' names, and the columns that have a tone. */
export function seriesOf(table: HTMLTableElement): { labels: string[]; series: Series[] } {
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  const labels = rows.map((row) => row.cells[0]?.textContent?.trim() ?? "");
  const series: Series[] = [];
  [...(table.tHead?.rows[0]?.cells ?? [])].forEach((head, column) => {
    const tone = head.dataset.tone;
    if (!tone) return;
    const values = rows.map((row) => {
      const value = row.cells[column]?.dataset.value;
      return value === undefined || value === "" ? null : Number(value);
    });
    series.push({ label: head.textContent?.trim() ?? "", tone, values });
  });
  return { labels, series };
}

/** A colour of the page as one that a canvas takes: custom properties may hold color-mix(). */
function colourOf(box: HTMLElement, property: string): string {
  const probe = document.createElement("span");
  probe.style.setProperty("color", `var(${property})`);
  box.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function draw(box: HTMLElement, table: HTMLTableElement): Chart {
  const { labels, series } = seriesOf(table);
  const kind = box.dataset.ckcChart;
  const stacked = kind === "stacked";
  const lines = kind === "lines";
  const rtl = getComputedStyle(box).direction === "rtl";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const text = colourOf(box, "--ckc-text-2");
  const grid = colourOf(box, "--ckc-divider");
  const font = { family: getComputedStyle(box).fontFamily, size: 12 };
  const language = document.documentElement.lang || undefined;
  const canvas = document.createElement("canvas");
  box.replaceChildren(canvas);
  return new Chart(canvas, {
    type: lines ? "line" : "bar",
    data: {
      labels,
      datasets: series.map(({ label, tone, values }) => {
        const colour = colourOf(box, `--ckc-${tone}`);
        return lines
          ? { label, data: values, borderColor: colour, backgroundColor: colour, borderWidth: 2, pointRadius: 2 }
          : { label, data: values, backgroundColor: colour, borderRadius: 3, maxBarThickness: 40 };
      }),
    },
    options: {
      locale: language,
      animation: still ? false : { duration: 200 },
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          stacked,
          reverse: rtl,
          grid: { display: false },
          border: { color: grid },
          ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 12 },
        },
        y: {
          stacked,
          beginAtZero: true,
          position: rtl ? "right" : "left",
          grid: { color: grid },
          border: { display: false },
          ticks: { color: text, font, precision: 0, maxTicksLimit: 6 },
        },
      },
      plugins: {
        legend: { rtl, position: "bottom", labels: { color: text, font, boxWidth: 12, boxHeight: 12 } },
        tooltip: { rtl, textDirection: rtl ? "rtl" : "ltr" },
      },
    },
  });
}

function start(): void {
  const charts: (() => void)[] = [];
  for (const box of document.querySelectorAll<HTMLElement>("[data-ckc-chart]")) {
    const table = document.getElementById(box.dataset.ckcTable ?? "");
    if (!(table instanceof HTMLTableElement)) continue;
    let chart = draw(box, table);
    charts.push(() => {
      chart.destroy();
      chart = draw(box, table);
    });
  }
  if (!charts.length) return;
  const again = () => {
    for (const redraw of charts) redraw();
  };
  // The site's own switch, and the system's: canvases don't follow the page's colours by themselves.
  document.addEventListener("themechange", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  const observer = new MutationObserver(again);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "dir"] });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
