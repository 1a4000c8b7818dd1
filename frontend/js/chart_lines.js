// Lines over the weeks: several series, each with its colour, its dash and its name, so that none is told by colour alone.
const DASHES = ["solid", "dashed", "dotted"];

export function lineOptions(data, { colour, text, short, isAnimated }) {
  return {
    animation: isAnimated,
    animationDuration: 120,
    textStyle: text,
    aria: { enabled: true, label: { enabled: false } },
    legend: { top: 0, left: 0, itemWidth: 30, textStyle: text, inactiveColor: colour("--control-line") },
    grid: { left: 4, right: 12, top: 36, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--card"), borderColor: colour("--line"), textStyle: text },
    xAxis: {
      type: "category",
      boundaryGap: false,
      data: data.names,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--control-line") } },
      axisLabel: { ...text, fontSize: 12, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      min: 0,
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: colour("--line") } },
      axisLabel: { ...text, color: colour("--secondary"), fontSize: 12, formatter: short },
    },
    series: data.series.map((series, n) => ({
      type: "line",
      name: series.title,
      data: series.values,
      symbol: ["circle", "rect", "triangle"][n % 3],
      symbolSize: 7,
      color: colour(series.colour),
      lineStyle: { width: 2, type: DASHES[n % 3], color: colour(series.colour) },
      itemStyle: { color: colour(series.colour) },
    })),
  };
}
