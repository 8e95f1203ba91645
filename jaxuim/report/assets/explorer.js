/* Lets the reader choose axis, colours, panels, measure and settings of the inheritance curves. */
"use strict";

class Explorer {
  constructor(root, data, state) {
    this.root = root;
    this.data = data;
    this.hidden = new Set();
    this.state = { quantity: "response", logx: false, logy: false, fixed: {}, ...state };
    this.controls = root.querySelector(".controls");
    this.render();
  }

  get used() {
    const { x, colour, panels } = this.state;
    return new Set([x, colour, panels]);
  }

  /* Values of a dimension that occur, given measure and choices made so far. */
  fixedDims() {
    return Object.keys(this.data.dims).filter((d) => !this.used.has(d) && this.values(d).length > 1);
  }

  values(dim) {
    const list = this.data.dims[dim].values.map((_, i) => i);
    if (dim === "measure") return list.filter((i) => this.state.measures.includes(this.data.dims.measure.values[i]));
    if (dim === "task" || dim === "adaptation") {
      const seen = new Set();
      const rows = this.data.rows;
      const measures = this.measures();
      rows[dim].forEach((v, r) => { if (measures.has(rows.measure[r])) seen.add(v); });
      return list.filter((i) => seen.has(i));
    }
    return list;
  }

  measures() {
    const list = this.values("measure");
    if (this.state.panels === "measure" || this.state.colour === "measure") return new Set(list);
    return new Set([this.current("measure")]);
  }

  current(dim) {
    const { fixed } = this.state;
    const options = this.values(dim);
    if (dim in fixed && options.includes(fixed[dim])) return fixed[dim];
    const wish = this.data.defaults[dim];
    return options.includes(wish) ? wish : options[options.length - 1];
  }

  /* Row numbers that agree with the choices; a row without adaptation (-1) agrees with any. */
  rows() {
    const rows = this.data.rows;
    const fixed = Object.keys(this.data.dims).filter((d) => !this.used.has(d)).map((d) => [d, this.current(d)]);
    const measures = this.measures();
    const out = [];
    for (let r = 0; r < rows.mean.length; r++) {
      if (!measures.has(rows.measure[r])) continue;
      if (fixed.every(([d, v]) => v === undefined || rows[d][r] === v || rows[d][r] === -1)) out.push(r);
    }
    return out;
  }

  panels() {
    const { x, colour, panels, quantity } = this.state;
    const rows = this.data.rows, dims = this.data.dims, chosen = this.rows();
    const column = quantity === "effect"
      ? { y: rows.effect, lower: rows.effect_lower, upper: rows.effect_upper, n: rows.effect_seeds }
      : { y: rows.mean, lower: rows.lower, upper: rows.upper, n: rows.seeds };
    let keys = panels === "none" ? [null] : [...new Set(chosen.map((r) => rows[panels][r]))].filter((v) => v >= 0).sort((a, b) => a - b);
    if (!keys.length && chosen.length) keys = [null];
    // A model's own head has no adaptation: it gets a panel, and a vertical range, of its own.
    if (panels === "adaptation" && keys[0] !== null && chosen.some((r) => rows[panels][r] === -1)) keys.unshift(-1);
    return keys.map((key) => {
      const mine = chosen.filter((r) => key === null || rows[panels][r] === key);
      const colours = [...new Set(mine.map((r) => rows[colour][r]))].sort((a, b) => a - b);
      const curves = colours.map((c) => this.curve(mine.filter((r) => rows[colour][r] === c), c, column));
      const overlay = this.overlay(key).filter((line) => line.which < 0 || colours.includes(line.which));
      return { key, title: this.title(key), curves: [...curves.filter(Boolean), ...overlay] };
    });
  }

  title(key) {
    if (key === null) return this.data.dims.measure.text[this.current("measure")];
    if (key === -1) return "own head, no adaptation";
    const dim = this.data.dims[this.state.panels];
    return ["task", "adaptation", "measure"].includes(this.state.panels) ? dim.text[key] : `${dim.label} ${dim.text[key]}`;
  }

  curve(members, c, column) {
    const { x, colour, logx, logy } = this.state;
    const rows = this.data.rows, dim = this.data.dims[x];
    const name = c < 0 ? "no adaptation" : this.data.dims[colour].text[c];
    const points = members.map((r) => [dim.numeric ? dim.values[rows[x][r]] : dim.text[rows[x][r]], r])
      .filter(([at, r]) => column.y[r] !== null && !(logx && !(at > 0)) && !(logy && !(column.y[r] > 0)))
      .sort((a, b) => rows[x][a[1]] - rows[x][b[1]]);
    if (!points.length) return null;
    const clip = (v) => (logy && !(v > 0) ? null : v);
    const style = this.style(c);
    return {
      name, ...style, x: points.map((p) => p[0]), y: points.map((p) => column.y[p[1]]),
      lower: points.map((p) => clip(column.lower[p[1]])), upper: points.map((p) => column.upper[p[1]]),
      seeds: points.map((p) => column.n[p[1]]), code: c, bars: points.length < 3, chance: rows.chance[points[0][1]],
    };
  }

  style(c) {
    if (c < 0) return { color: "--c0", dash: "dot", symbol: "circle" };
    if (this.state.colour === "task") return this.data.task_styles[c];
    return { color: `--c${1 + (c % (PALETTE - 1))}`, dash: DASHES[Math.floor(c / (PALETTE - 1)) % DASHES.length], symbol: SYMBOLS[c % SYMBOLS.length] };
  }

  overlay(key) {
    const { x, colour, panels, quantity } = this.state;
    if (!this.data.overlay.length || !this.data.dims[x].numeric) return [];
    const dims = this.data.dims, lines = new Map();
    const fixed = Object.keys(dims).filter((d) => !this.used.has(d)).map((d) => [d, this.current(d)]);
    if (key === -1) fixed.push(["task", this.data.dims.task.values.indexOf("upstream")]);
    else if (key !== null && panels !== "none") fixed.push([panels, key]);
    for (const row of this.data.overlay) {
      if (row[x] === null || row[x] === undefined) continue;
      const fits = fixed.every(([d, v]) => row[d] === null || row[d] === undefined || v === undefined || row[d] === dims[d].values[v]);
      if (!fits) continue;
      const which = colour !== "none" && row[colour] !== null && row[colour] !== undefined ? dims[colour].values.indexOf(row[colour]) : -1;
      const id = `${row.label}|${which}`;
      if (!lines.has(id)) lines.set(id, { label: row.label, which, points: [] });
      lines.get(id).points.push(row);
    }
    return [...lines.values()].map((line) => {
      line.points.sort((a, b) => a[x] - b[x]);
      const clean = line.points.find((p) => p[x] === 0);
      if (quantity === "effect" && !clean) return null;
      const shift = quantity === "effect" ? clean.value : 0;
      const keep = line.points.filter((p) => !(this.state.logx && !(p[x] > 0)) && !(this.state.logy && !(p.value - shift > 0)));
      const style = line.which < 0 ? { color: "--ink" } : { color: this.style(line.which).color };
      return { name: line.label, which: line.which, ...style, dash: "dashdot", mode: "lines", width: 1.8, overlay: true, x: keep.map((p) => p[x]), y: keep.map((p) => p.value - shift) };
    }).filter((line) => line && line.x.length);
  }

  render() {
    const { state, data } = this;
    let panels = this.panels();
    const dim = data.dims[state.x];
    const canLogX = dim.numeric && dim.values.some((v) => v > 0) && dim.values.every((v) => v > 0);
    const values = panels.flatMap((p) => p.curves.flatMap((c) => c.y));
    const canLogY = values.length > 0 && values.every((v) => v === null || v > 0);
    if ((state.logx && !canLogX) || (state.logy && !canLogY)) {
      state.logx = state.logx && canLogX;
      state.logy = state.logy && canLogY;
      panels = this.panels();
    }
    this.renderControls(canLogX, canLogY);
    const items = new Map();
    panels.forEach((p) => p.curves.forEach((c) => {
      if (!items.has(c.name) || c.code !== undefined) items.set(c.name, c);
    }));
    const order = [...items.values()].sort((a, b) => (a.code ?? 99) - (b.code ?? 99));
    legend(this.root.querySelector(".legend"), order, this.hidden, () => this.render());
    panels.forEach((p) => { p.curves = p.curves.filter((c) => !this.hidden.has(c.name)); });
    this.paint(panels, state, dim);
    this.caption(panels);
  }

  paint(panels, state, dim) {
    const effect = state.quantity === "effect";
    const measures = this.data.dims.measure;
    const title = (i) => (effect ? measures.effect_title[i] : measures.title[i]);
    const common = extent(panels.filter((p) => p.key !== -1).flatMap((p) => p.curves), state.logy);
    for (const panel of panels) {
      const range = state.panels === "measure" || panel.key === -1 ? extent(panel.curves, state.logy) : common;
      panel.yaxis = { type: state.logy ? "log" : "linear", ...(range ? { range } : {}) };
      if (state.panels === "measure" && panel.key !== null) panel.ytitle = title(panel.key);
      panel.lines = [];
      if (effect && !state.logy) panel.lines.push({ axis: "y", at: 0, color: "--ink-2", dash: "solid" });
      if (effect || !state.chance || state.colour !== "task") continue;
      const levels = new Map();
      for (const curve of panel.curves.filter((c) => c.chance !== null && c.chance !== undefined)) {
        levels.set(curve.chance, [...(levels.get(curve.chance) || []), curve]);
      }
      for (const [chance, curves] of levels) {
        if (range && (state.logy ? Math.log10(chance) : chance) > range[1]) continue;
        const label = curves.length === panel.curves.length ? "chance" : `chance, ${curves.map((c) => c.name).join(", ")}`;
        panel.lines.push({ axis: "y", at: state.logy ? Math.log10(chance) : chance, color: "--ink-2", dash: "dot", label });
      }
    }
    draw(this.root.querySelector(".panels"), panels, {
      xtitle: dim.title, ytitle: title(this.current("measure")),
      xaxis: state.logx ? logAxis(dim.values) : { type: dim.numeric ? "linear" : "category" },
    });
  }

  caption(panels) {
    const curves = panels.flatMap((p) => p.curves);
    const seeds = curves.flatMap((c) => c.seeds || []);
    const note = this.root.querySelector(".count");
    if (!note) return;
    const low = Math.min(...seeds), high = Math.max(...seeds);
    const amount = !seeds.length ? "no data" : low === high ? `${high} seed${high === 1 ? "" : "s"}` : `${low} to ${high} seeds`;
    const effect = this.state.quantity === "effect";
    const what = high < 2 ? "no interval: one seed has no spread"
      : effect ? `${CONFIDENCE} % t interval of the differences paired by seed` : `${CONFIDENCE} % t interval of the mean over seeds`;
    const drawn = high < 2 ? "" : curves.some((c) => (c.x.length || 0) > 1) ? "Bands: " : "Bars: ";
    const chance = !effect && this.state.chance && curves.some((c) => c.chance !== null && c.chance !== undefined)
      ? " Dotted horizontal lines: chance, where it lies within the panel." : "";
    const predicted = curves.some((c) => c.overlay) ? " Dash-dotted: prediction from the overlay." : "";
    note.textContent = `${drawn}${what}; ${amount} a point.${chance}${predicted}`;
  }

  renderControls(canLogX, canLogY) {
    const { data, state } = this;
    const set = (change) => { Object.assign(state, change); this.render(); };
    const axes = data.axes.map((a) => [a, data.dims[a].label]);
    const split = ["task", "adaptation", ...data.axes].filter((d) => this.data.dims[d].values.length > 1);
    const named = (list) => list.map((d) => [d, data.dims[d].label]);
    const nodes = [];
    if (state.free) {
      nodes.push(choice("Measure", this.values("measure").map((i) => [i, data.dims.measure.text[i]]), this.current("measure"),
        (v) => set({ fixed: { ...state.fixed, measure: Number(v) } })));
    }
    if (data.has_effects) {
      nodes.push(choice("Show", [["response", "response"], ["effect", "inherited effect I(b)"]], state.quantity, (v) => set({ quantity: v })));
    }
    if (state.free) {
      if (axes.length > 1) nodes.push(choice("Horizontal axis", axes, state.x, (v) => set(this.swap("x", v))));
      nodes.push(choice("Colour", named(split.filter((d) => d !== state.x)), state.colour, (v) => set(this.swap("colour", v))));
      nodes.push(choice("Panels", [["none", "one panel"], ...named(split.filter((d) => d !== state.x && d !== state.colour))], state.panels, (v) => set({ panels: v })));
    }
    for (const d of this.fixedDims().filter((f) => f !== "measure")) {
      nodes.push(choice(sentence(data.dims[d].label), this.values(d).map((i) => [i, data.dims[d].text[i]]), this.current(d),
        (v) => set({ fixed: { ...state.fixed, [d]: Number(v) } })));
    }
    nodes.push(element("div", { class: "toggles" },
      toggle("log x", state.logx, canLogX, (v) => set({ logx: v })),
      toggle("log y", state.logy, canLogY, (v) => set({ logy: v }))));
    this.controls.replaceChildren(...nodes);
  }

  /* Give a role to a dimension; the role that had it takes the one set free. */
  swap(role, dim) {
    const change = { [role]: dim };
    for (const other of ["x", "colour", "panels"]) {
      if (other !== role && this.state[other] === dim) change[other] = this.state[role];
    }
    if (change.colour && !this.data.dims[change.colour]) change.colour = "task";
    this.hidden.clear();
    return change;
  }
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
