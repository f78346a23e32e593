// SMSGate's own client for Node.js does all that a program does: `node smsgate.cjs BASE LOGIN PASSWORD NUMBER HOOK`.
const { default: Client } = require("android-sms-gateway");

const [base, login, password, number, hook] = process.argv.slice(2);

// as its README has it, but for an answer that is no success
const call = (method) => async (url, ...rest) => {
  const [body, headers] = method === "GET" || method === "DELETE" ? [undefined, rest[0]] : rest;
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.status === 204 || method === "DELETE" ? undefined : response.json();
};
const http = { get: call("GET"), post: call("POST"), put: call("PUT"), patch: call("PATCH"), delete: call("DELETE") };

async function main() {
  const api = new Client(login, password, http, base);
  const made = await api.registerWebhook({ url: hook, event: "sms:delivered" });
  const sent = await api.send({ phoneNumbers: [number], textMessage: { text: "from node" } });
  let state = sent;
  while (state.state !== "Delivered") {
    await new Promise((resolve) => setTimeout(resolve, 50));
    state = await api.getState(sent.id);
  }
  const hooks = await api.getWebhooks();
  await api.deleteWebhook(made.id);
  const told = {
    devices: (await api.getDevices()).map((each) => each.id),
    health: (await api.getHealth()).status,
    hooks: hooks.map((each) => each.event),
    left: (await api.getWebhooks()).length,
    recipients: state.recipients,
  };
  console.log(JSON.stringify(told));
}

main().catch((error) => { console.error(error); process.exit(1); });
