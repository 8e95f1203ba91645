/* Draws panels of curves with interval bands; knows nothing about where they come from. */
"use strict";

const PALETTE = 7;
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star"];
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash"];

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function rgba(hex, alpha) {
  const n = parseInt(hex.slice(1), 16);
  return `rgba(${n >> 16}, ${(n >> 8) & 255}, ${n & 255}, ${alpha})`;
}

function show(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (typeof value !== "number") return String(value);
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/* A curve: {name, color (CSS variable), dash, symbol, x, y, lower, upper, seeds, lines, markers}. */
function traces(curve) {
  const color = css(curve.color);
  const out = [];
  const band = curve.x.map((_, i) => i).filter((i) => curve.lower && curve.lower[i] !== null);
  const shared = { legendgroup: curve.name, showlegend: false };
  if (band.length > 1 && curve.band !== false) {
    const x = band.map((i) => curve.x[i]);
    const edge = { mode: "lines", line: { width: 0 }, hoverinfo: "skip", ...shared };
    out.push({ x, y: band.map((i) => curve.lower[i]), ...edge });
    const fill = rgba(color, Number(css("--band")));
    out.push({ x, y: band.map((i) => curve.upper[i]), fill: "tonexty", fillcolor: fill, ...edge });
  }
  const note = curve.x.map((x, i) => {
    const bounds = curve.lower && curve.lower[i] !== null
      ? `<br>${CONFIDENCE} % interval ${show(curve.lower[i])} to ${show(curve.upper[i])}` : "";
    const seeds = curve.seeds ? `<br>${curve.seeds[i]} seed${curve.seeds[i] === 1 ? "" : "s"}` : "";
    return `<b>${escapeText(curve.name)}</b><br>${show(x)} → ${show(curve.y[i])}${bounds}${seeds}`;
  });
  const trace = {
    x: curve.x, y: curve.y, mode: curve.mode || "lines+markers", text: note,
    hovertemplate: "%{text}<extra></extra>", connectgaps: false,
    line: { color, width: curve.width || 2, dash: curve.dash || "solid" },
    marker: { color, size: curve.size || 6, symbol: curve.symbol || "circle" }, ...shared,
  };
  if (curve.bars && band.length) {
    trace.error_y = {
      type: "data", symmetric: false, color, thickness: 1.2, width: 3,
      array: curve.y.map((y, i) => (curve.upper[i] === null ? 0 : curve.upper[i] - y)),
      arrayminus: curve.y.map((y, i) => (curve.lower[i] === null ? 0 : y - curve.lower[i])),
    };
  }
  out.push(trace);
  return out;
}

function escapeText(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function extent(curves, log) {
  const values = curves.flatMap((c) => [...c.y, ...(c.lower || []), ...(c.upper || [])])
    .filter((v) => v !== null && Number.isFinite(v) && (!log || v > 0));
  if (!values.length) return null;
  let low = Math.min(...values), high = Math.max(...values);
  if (log) return [Math.log10(low) - 0.05, Math.log10(high) + 0.05];
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  return [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad];
}

function axisStyle(title, more) {
  return {
    title: { text: title, font: { size: 13, color: css("--ink-2") }, standoff: 8 },
    tickfont: { size: 12, color: css("--ink-2") }, gridcolor: css("--grid"), zeroline: false,
    linecolor: css("--rule"), ticks: "outside", tickcolor: css("--rule"), ticklen: 4,
    automargin: true, fixedrange: false, ...more,
  };
}

/* A logarithmic axis with ticks at the values that were run, where these are few. */
function logAxis(values) {
  return values.length > 9 ? { type: "log" } : { type: "log", tickmode: "array", tickvals: values, ticktext: values.map(String) };
}

/* A panel: {title, curves, lines: [{axis, at, label, dash, color}], ranges: [{x0, x1, color}]}. */
function layout(panel, options) {
  const shapes = (panel.lines || []).map((line) => {
    const along = line.axis === "x"
      ? { x0: line.at, x1: line.at, y0: 0, y1: 1, yref: "paper" }
      : { y0: line.at, y1: line.at, x0: 0, x1: 1, xref: "paper" };
    return {
      type: "line", layer: "below", ...along,
      line: { color: css(line.color), width: line.width || 1, dash: line.dash },
    };
  });
  for (const range of panel.ranges || []) {
    shapes.push({
      type: "rect", layer: "below", x0: range.x0, x1: range.x1, y0: 0, y1: 1, yref: "paper",
      fillcolor: rgba(css(range.color), range.alpha || 0.13), line: { width: 0 },
    });
  }
  const notes = (panel.lines || []).filter((line) => line.label).map((line) => ({
    text: line.label, showarrow: false, font: { size: 11, color: css(line.color) },
    ...(line.axis === "x"
      ? { x: line.at, y: 1, yref: "paper", yanchor: "bottom", xanchor: line.anchor || "center" }
      : { x: 0, xref: "paper", y: line.at, xanchor: "left", yanchor: "bottom" }),
  }));
  return {
    height: options.height || 320, margin: { l: 48, r: 14, t: 22, b: 48 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: css("--font"), color: css("--ink") }, showlegend: false, hovermode: "closest",
    hoverlabel: { bgcolor: css("--paper"), bordercolor: css("--rule"), font: { color: css("--ink"), size: 12 } },
    xaxis: axisStyle(options.xtitle, options.xaxis),
    yaxis: axisStyle(panel.ytitle || options.ytitle, { rangemode: "normal", ...options.yaxis, ...(panel.yaxis || {}) }),
    shapes, annotations: notes, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
  };
}

const CONFIG = { displaylogo: false, displayModeBar: false, responsive: true };

function draw(host, panels, options) {
  // Plotly draws in steps: a plot may be thrown away only once it is finished.
  host.querySelectorAll(".plot").forEach((node) => node.drawn.then(() => Plotly.purge(node)));
  host.replaceChildren();
  const plots = panels.map((panel) => {
    const plot = element("div", { class: "plot", role: "img", "aria-label": `${panel.title}: ${panel.ytitle || options.ytitle}` });
    host.append(element("figure", { class: "panel" }, element("h4", {}, panel.title), plot));
    return plot;
  });
  // All boxes stand before the first plot is drawn, so that each is drawn at its final width.
  plots.forEach((plot, i) => {
    plot.drawn = Plotly.newPlot(plot, panels[i].curves.flatMap(traces), layout(panels[i], options), CONFIG);
  });
  if (!panels.length) host.append(element("p", { class: "empty" }, "Nothing was measured for this choice."));
}

/* Legend chips that hide and show a name in every panel of a chart. */
function legend(host, items, hidden, redraw) {
  host.replaceChildren(...items.map((item) => {
    const swatch = element("span", { class: `swatch ${item.dash || "solid"}`, style: `--c: var(${item.color})` });
    const on = !hidden.has(item.name);
    const chip = element("button", { type: "button", class: "chip", "aria-pressed": String(on) }, swatch, item.name);
    chip.addEventListener("click", () => {
      if (hidden.has(item.name)) hidden.delete(item.name); else hidden.add(item.name);
      redraw();
    });
    return chip;
  }));
}

function choice(label, options, value, onChange) {
  const select = element("select", {}, ...options.map(([key, text]) => element("option", { value: key }, text)));
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  return element("label", { class: "choice" }, element("span", {}, label), select);
}

function toggle(label, checked, enabled, onChange) {
  const box = element("input", { type: "checkbox" });
  box.checked = checked && enabled;
  box.disabled = !enabled;
  box.addEventListener("change", () => onChange(box.checked));
  return element("label", { class: "toggle" }, box, label);
}
