// The tools of the sample company. They act on one JSON file of records, and every call that really runs
// adds one line to the effects log, so that a test can say "ran exactly once" or "never ran".

import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const text = (description) => ({ type: "string", description });
const CUSTOMER = { customer: text("customer number") };
const TICKET = { ticket: text("ticket number") };
const DOCUMENT = { document: text("document name") };

/** name: [description, parameters, what it does to the company; returns what the agent is told] */
const TOOLS = {
  crm_read: ["Read one customer record.", CUSTOMER, (c, a) => record(c.customers, a.customer)],
  crm_update: ["Change one field of a customer record.",
    { ...CUSTOMER, field: text("field name"), value: text("new value") },
    (c, a) => Object.assign(record(c.customers, a.customer), { [a.field]: a.value })],
  crm_delete: ["Delete a customer record.", CUSTOMER, (c, a) => remove(c.customers, a.customer)],
  billing_read: ["Read one order with its payment.", { order: text("order number") },
    (c, a) => record(c.orders, a.order)],
  refund: ["Pay money back for an order.", { order: text("order number"), amount: { type: "number" } },
    (c, a) => Object.assign(record(c.orders, a.order), { refunded: a.amount })],
  send_contract: ["Send a contract to a customer for signature.", { ...CUSTOMER, contract: text("contract name") },
    (c, a) => Object.assign(record(c.customers, a.customer), { contract: a.contract })],
  notify: ["Notify an internal team.", { team: text("team name"), message: text("what to tell them") },
    (c, a) => added(c.notifications, { team: a.team, message: a.message })],
  ticket_create: ["Open a support ticket.", { ...CUSTOMER, subject: text("one line") },
    (c, a) => added(c.tickets, { customer: a.customer, subject: a.subject, state: "open" })],
  ticket_summary: ["Read a support ticket, to summarise it.", TICKET, (c, a) => record(c.tickets, a.ticket)],
  escalate: ["Hand a support ticket to a person.", { ...TICKET, reason: text("why") },
    (c, a) => Object.assign(record(c.tickets, a.ticket), { state: "escalated", reason: a.reason })],
  account_close: ["Close a customer's account.", CUSTOMER,
    (c, a) => Object.assign(record(c.customers, a.customer), { account: "closed" })],
  doc_read: ["Read a document.", DOCUMENT, (c, a) => record(c.documents, a.document)],
  doc_label: ["Put a label on a document.", { ...DOCUMENT, label: text("label") },
    (c, a) => Object.assign(record(c.documents, a.document), { label: a.label })],
  doc_publish: ["Publish a document to a public channel.", { ...DOCUMENT, channel: text("public channel") },
    (c, a) => Object.assign(record(c.documents, a.document), { published: a.channel })],
  doc_grant: ["Give a person access to a document.", { ...DOCUMENT, person: text("who gets access") },
    (c, a) => Object.assign(record(c.documents, a.document), { readers: [a.person] })],
  doc_move: ["Move a document to a folder.", { ...DOCUMENT, folder: text("folder name") },
    (c, a) => Object.assign(record(c.documents, a.document), { folder: a.folder })],
  mail_search: ["Search the mailbox.", { query: text("words that a mail holds") },
    (c, a) => Object.values(c.mails).filter((mail) => holds(mail, a.query))],
  mail_send: ["Send a mail.", { to: text("mail address"), subject: text("one line"), body: text("what to say") },
    (c, a) => added(c.sent, { to: a.to, subject: a.subject, body: a.body })],
};

function holds(mail, query) {
  const said = JSON.stringify(mail).toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => said.includes(word));
}

function record(table, key) {
  if (!Object.hasOwn(table, key)) throw new Error(`there is no \`${key}\``);
  return table[key];
}

function remove(table, key) {
  const gone = record(table, key);
  delete table[key];
  return { deleted: gone };
}

function added(table, value) {
  const key = String(Object.keys(table).length + 1);
  table[key] = value;
  return { number: key, ...value };
}

function run(config, tool, call, args) {
  appendFileSync(config.effects, `${JSON.stringify({ at: Date.now(), tool, call, args })}\n`);
  const company = JSON.parse(readFileSync(config.company, "utf8"));
  const answer = TOOLS[tool][2](company, args);
  const draft = `${config.company}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(company, null, 2));
  renameSync(draft, config.company);
  return { content: [{ type: "text", text: JSON.stringify(answer) }], details: answer };
}

export default {
  id: "sample-tools",
  name: "Sample tools",
  description: "The tools of the sample company.",
  register(api) {
    for (const [name, [description, properties]] of Object.entries(TOOLS)) {
      const required = Object.keys(properties);
      const parameters = { type: "object", additionalProperties: false, required, properties };
      const execute = async (call, args) => run(api.pluginConfig, name, call, args);
      api.registerTool({ name, label: name, description, parameters, execute });
    }
  },
};
