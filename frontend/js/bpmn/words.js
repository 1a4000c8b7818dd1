// The words of the designer and its drawings; the server puts them, translated, beside the drawing.
const words = JSON.parse(document.getElementById("process-words")?.textContent || "{}");

export function say(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// What bpmn-js itself says.
function translate(template, values = {}) {
  return say(`bpmn:${template}`, values).replace(/^bpmn:/, "");
}

export const wordsModule = { translate: ["value", translate] };
