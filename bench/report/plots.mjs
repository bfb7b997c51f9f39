/** The ratios as bars, one SVG a host, readable on light and dark pages. */

import { against, number, title } from "./format.mjs";

const BAR = { height: 14, gap: 12, left: 330, width: 420, right: 90, top: 46, bottom: 16 };
const COLOURS = { ours: "#2a78d6", text: "#6b7280", line: "#9ca3af" };
const NAMES = { native: "native", wasmtime: "wasmtime", browser: "Chromium" };

/** A plot for each host that has rows with a ratio: file name, caption, SVG. */
export function plots({ rows }) {
  return Object.keys(NAMES).flatMap((host) => {
    // A GPU beside our own CPU is no peer.
    const alone = ({ ours, theirs, work }) => work.backend === "gpu" && ours === theirs;
    const own = rows.filter((row) => row.host === host && row.summary.ratio && !alone(row));
    if (own.length === 0) {
      return [];
    }
    const caption = `How much better senselm is than its peers, ${NAMES[host]}`;
    return [{ name: `bench-${host}.svg`, caption, svg: draw(own, caption) }];
  });
}

/** How many times better ours is, whichever direction is better. */
export function advantage({ better, summary }) {
  const { min, median, max } = summary.ratio;
  return better === "higher"
    ? { min, median, max }
    : { min: 1 / max, median: 1 / median, max: 1 / min };
}

/** Bars on a logarithmic axis, whiskers from minimum to maximum, a line at 1. */
function draw(rows, caption) {
  const bars = rows.map((row) => ({ row, value: advantage(row) }));
  const ends = bars.flatMap(({ value }) => [value.min, value.max, 1]);
  const low = Math.log2(Math.min(0.5, ...ends));
  const high = Math.log2(Math.max(2, ...ends));
  const x = (value) => BAR.left + ((Math.log2(value) - low) / (high - low)) * BAR.width;
  const width = BAR.left + BAR.width + BAR.right;
  const step = BAR.height + BAR.gap;
  const height = BAR.top + bars.length * step + BAR.bottom;
  const body = bars.map(({ row, value }, index) => bar(row, value, BAR.top + index * step, x));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>${escape(caption)}</title>
<text x="8" y="20" fill="${COLOURS.text}" font-size="14">${escape(caption)} (times, logarithmic)</text>
<line x1="${round(x(1))}" x2="${round(x(1))}" y1="${BAR.top - 8}" y2="${height - BAR.bottom}" stroke="${COLOURS.line}" stroke-dasharray="3 3"/>
${body.join("\n")}
</svg>
`;
}

function bar(row, { min, median, max }, y, x) {
  const [start, end] = [Math.min(x(1), x(median)), Math.max(x(1), x(median))];
  const middle = y + BAR.height / 2;
  const label = `${title(row)} / ${against(row)}`;
  return `<text x="${BAR.left - 10}" y="${middle + 4}" text-anchor="end" fill="${COLOURS.text}">${escape(label)}</text>
<rect x="${round(start)}" y="${y}" width="${round(Math.max(1, end - start))}" height="${BAR.height}" rx="2" fill="${COLOURS.ours}"/>
<line x1="${round(x(min))}" x2="${round(x(max))}" y1="${middle}" y2="${middle}" stroke="${COLOURS.line}" stroke-width="2"/>
<text x="${round(Math.max(end, x(max)) + 8)}" y="${middle + 4}" fill="${COLOURS.text}">${number(median)}x</text>`;
}

const round = (value) => Number(value.toFixed(1));
const escape = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
