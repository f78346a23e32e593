#!/usr/bin/env node
// The handler of handler.py in Node.js, without dependencies.
import { connect } from "node:net";
import { createInterface } from "node:readline";

const socket = connect(process.env.GSMD_SOCKET ?? "/run/gsmd/gsmd.sock");
const send = (fields) => socket.write(JSON.stringify({ jsonrpc: "2.0", ...fields }) + "\n");

const answer = ({ text }) =>
  text?.trim().toUpperCase() === "BALANCE"
    ? "Your balance is 5.00"
    : "Text BALANCE to see your balance.";

send({ id: 1, method: "inbox.subscribe", params: { handler: "balance" } });

for await (const line of createInterface({ input: socket })) {
  const { id, method, params, error } = JSON.parse(line);
  if (error) throw new Error(error.message);
  if (method !== "inbox.deliver") continue;
  // the answer with the request's id is the acknowledgement; an error means "again later"
  try {
    send({ id, result: { reply: answer(params.message) } });
  } catch (failure) {
    send({ id, error: { code: 1, message: String(failure) } });
  }
}
