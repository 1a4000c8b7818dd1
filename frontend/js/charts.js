// Bars of statistics and lines over time, drawn from the page's own tokens. The table under each chart holds the same numbers.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import "../css/charts.css";
import { lineOptions } from "./chart_lines.js";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

const ROW = 34;
const drawn = [];
const isPrinting = matchMedia("print");
const isDark = matchMedia("(prefers-color-scheme: dark)");
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

function optionsOf(element, data) {
  const styles = getComputedStyle(element);
  const colour = (name) => styles.getPropertyValue(name).trim();
  const text = { color: colour("--ink"), fontFamily: colour("--font"), fontSize: 13 };
  if (data.kind === "lines") return lineOptions(data, { colour, text, short, isAnimated: !isStill.matches && !isPrinting.matches });
  const write = (value) => value.toLocaleString("en") + (data.unit ? ` ${data.unit}` : "");
  const isLying = data.kind === "lying";
  // A phone has no room for long names beside the bars.
  const widest = Math.max(80, element.clientWidth * 0.38);
  const names = {
    type: "category",
    data: data.bars.map((bar) => bar.title),
    inverse: isLying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colour("--control-line") } },
    axisLabel: { ...text, ...(isLying && { width: widest, overflow: "truncate" }), hideOverlap: true },
  };
  const numbers = {
    type: "value",
    min: (range) => Math.min(0, range.min),
    minInterval: data.unit ? 0 : 1,
    splitNumber: 4,
    splitLine: { lineStyle: { color: colour("--line") } },
    axisLabel: { ...text, color: colour("--secondary"), fontSize: 12, show: !isLying, hideOverlap: true, formatter: short },
  };
  return {
    animation: !isStill.matches && !isPrinting.matches,
    animationDuration: 120,
    textStyle: text,
    // What it shows is said in the element's own label; patterns help who prints in black and white.
    aria: { enabled: true, label: { enabled: false }, decal: { show: isPrinting.matches || document.documentElement.dataset.contrast === "high" } },
    grid: { left: 4, right: isLying ? 72 : 12, top: isLying ? 4 : 24, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: colour("--hover"), opacity: 0.6 } },
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("--card"),
      borderColor: colour("--line"),
      textStyle: text,
      formatter: ([{ name, value }]) => `${name}\n${write(value)}`,
    },
    xAxis: isLying ? numbers : names,
    yAxis: isLying ? names : numbers,
    series: [
      {
        type: "bar",
        data: data.bars.map((bar) => bar.value),
        barMaxWidth: 22,
        itemStyle: { color: colour("--series-1"), borderRadius: isLying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
        emphasis: { itemStyle: { color: colour("--primary-hover") } },
        label: { ...text, show: isLying || data.bars.length <= 8, position: isLying ? "right" : "top", formatter: ({ value }) => value.toLocaleString("en") },
        cursor: data.bars.some((bar) => bar.url) ? "pointer" : "default",
      },
    ],
  };
}

// 12万, 3.4亿: an axis has no room for all the noughts.
function short(value) {
  return document.documentElement.lang.startsWith("zh")
    ? new Intl.NumberFormat("zh-CN", { notation: "compact" }).format(value)
    : new Intl.NumberFormat("en", { notation: "compact" }).format(value);
}

function start(element) {
  const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  if (data.kind === "lying") element.style.height = `${data.bars.length * ROW + 12}px`;
  const chart = init(element, null, { devicePixelRatio: Math.max(2, devicePixelRatio) });
  const draw = () => chart.setOption(optionsOf(element, data), true);
  draw();
  chart.on("click", ({ dataIndex }) => {
    if (data.bars?.[dataIndex].url) location.assign(data.bars[dataIndex].url);
  });
  new ResizeObserver(() => {
    chart.resize();
    draw();
  }).observe(element);
  drawn.push({ chart, draw });
  element.setAttribute("data-chart-ready", "");
}

function again() {
  for (const { chart, draw } of drawn) {
    chart.resize();
    draw();
  }
}

for (const element of document.querySelectorAll("[data-chart]")) start(element);
isDark.addEventListener("change", again);
addEventListener("beforeprint", again);
addEventListener("afterprint", again);
