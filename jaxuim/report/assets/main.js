/* Starts every chart of the page, and draws them anew when the colour scheme changes. */
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const CONFIDENCE = Math.round(100 * DATA.confidence);

function start() {
  const charts = [];
  const at = (id) => document.getElementById(id);
  const performance = at("curves"), inner = at("representation"), laws = at("laws");
  const second = DATA.dims.adaptation.values.length > 1 ? "adaptation" : "none";
  if (performance) {
    charts.push(new Explorer(performance, DATA, { x: DATA.axis, colour: "task", panels: second, measures: DATA.output_measures, free: true, chance: true }));
  }
  if (inner) {
    charts.push(new Explorer(inner, DATA, { x: DATA.axis, colour: "task", panels: "measure", measures: DATA.feature_measures, free: false }));
  }
  if (laws) charts.push(new Laws(laws, DATA));
  const again = () => charts.forEach((chart) => chart.render());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}

start();
