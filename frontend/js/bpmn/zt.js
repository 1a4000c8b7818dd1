// What our processes add to BPMN: who handles a node, how long, what it asks. The engine reads the same attributes.
const text = (name) => ({ name, isAttr: true, type: "String" });

export const zt = {
  name: "Zhengtong",
  uri: "urn:zhengtong:bpmn:1",
  prefix: "zt",
  xml: { tagAlias: "lowerCase" },
  types: [
    {
      name: "HandledNode",
      extends: ["bpmn:UserTask"],
      properties: ["kind", "role", "organisation", "relation", "days", "outcomes", "fields", "documents", "departments", "departmentsFrom"].map(text),
    },
    { name: "TabledNode", extends: ["bpmn:BusinessRuleTask"], properties: [text("table")] },
  ],
};
