/* Law fits with their bands, and tipping points, for one cell of the grid at a time. */
"use strict";

class Laws {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.hidden = new Set();
    this.cell = data.laws.cell;
    this.render();
  }

  render() {
    const { laws, dims } = this.data;
    const cells = [...new Set(laws.curves.map((c) => c.cell))];
    const controls = this.root.querySelector(".controls");
    controls.replaceChildren();
    if (cells.length > 1) {
      controls.append(choice("Setting", cells.map((c) => [c, laws.cells[c]]), this.cell, (v) => { this.cell = Number(v); this.render(); }));
    }
    const mine = laws.curves.filter((c) => c.cell === this.cell);
    const items = [{ name: "measured", color: "--ink", dash: "solid" },
      ...laws.forms.map((form, i) => ({ name: form, color: `--c${1 + i}`, dash: DASHES[i % DASHES.length] }))];
    legend(this.root.querySelector(".legend"), items, this.hidden, () => this.render());
    const panels = mine.map((curve) => this.panel(curve));
    draw(this.root.querySelector(".panels"), panels, {
      xtitle: dims[this.data.axis].title, ytitle: laws.ytitle, height: 300,
      xaxis: laws.logx ? logAxis(dims[this.data.axis].values) : { type: "linear" },
    });
  }

  panel(curve) {
    const { laws } = this.data;
    const curves = curve.fits.map((fit) => {
      const i = laws.forms.indexOf(fit.form);
      return { name: fit.form, color: `--c${1 + i}`, dash: DASHES[i % DASHES.length], mode: "lines", x: fit.x, y: fit.y, lower: fit.lower, upper: fit.upper };
    });
    curves.push({ name: "measured", color: "--ink", mode: "markers", size: 5, x: curve.x, y: curve.mean, lower: curve.lower, upper: curve.upper, seeds: curve.seeds, bars: true, band: false });
    const lines = [], ranges = [];
    if (curve.tipping) {
      lines.push({ axis: "x", at: curve.tipping.location, color: "--tip", dash: "solid", width: 1.6 });
      if (curve.tipping.lower !== null) ranges.push({ x0: curve.tipping.lower, x1: curve.tipping.upper, color: "--tip", alpha: 0.1 });
    }
    if (laws.theory !== null && laws.theory !== undefined) {
      lines.push({ axis: "x", at: laws.theory, color: "--ink-2", dash: "dash", label: "theory", anchor: laws.theory > 0.8 ? "right" : "center" });
    }
    if (laws.measured_to !== null && laws.measured_to < laws.drawn_to) {
      ranges.push({ x0: laws.measured_to, x1: laws.drawn_to, color: "--ink-2", alpha: 0.07 });
    }
    const range = extent([{ y: curve.mean, lower: curve.lower, upper: curve.upper }], false);
    const shown = curves.filter((c) => !this.hidden.has(c.name));
    return { title: curve.title, curves: shown, lines, ranges, yaxis: range ? { range } : {} };
  }
}
