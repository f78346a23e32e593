// node-smpp as an ESME: see smpplib_esme.py. PORT TEXT [udh|payload] [CA]
'use strict';
const fs = require('fs');
const smpp = require('smpp');
const [port, text, form, ca] = process.argv.slice(2);
const options = {host: ca ? 'localhost' : '127.0.0.1', port: Number(port)};
if (ca) Object.assign(options, {tls: true, ca: fs.readFileSync(ca)});
const session = smpp.connect(options);
const octets = Buffer.from(text, 'utf16le').swap16();
const wanted = new Set();
const ended = new Set();
let open = 0;
let said = null;

function check() {
  if (open === 0 && wanted.size && said !== null && [...wanted].every((id) => ended.has(id))) {
    session.unbind(() => {
      console.log(JSON.stringify(said));
      session.close();
      process.exit(0);
    });
  }
}

function submit(fields) {
  open += 1;
  session.submit_sm(Object.assign({
    source_addr: '1234', destination_addr: '33612345678', dest_addr_ton: 1, dest_addr_npi: 1,
    data_coding: 8, registered_delivery: 1,
  }, fields), (answer) => {
    if (answer.command_status !== 0) throw new Error('status ' + answer.command_status);
    wanted.add(answer.message_id);
    open -= 1;
    check();
  });
}

session.on('deliver_sm', (pdu) => {
  session.send(pdu.response());
  if (pdu.esm_class & 0x04) {
    const receipt = pdu.short_message.message.toString();
    if (!receipt.includes('stat:DELIVRD')) throw new Error(receipt);
    if (receipt.split(' ')[0] !== 'id:' + pdu.receipted_message_id) throw new Error(receipt);
    ended.add(pdu.receipted_message_id);
  } else {
    const message = pdu.message_payload || pdu.short_message;
    const value = message.message === undefined ? message : message.message;
    said = Buffer.isBuffer(value) ? Buffer.from(value).swap16().toString('utf16le') : value;
  }
  check();
});
session.on('error', (error) => { throw error; });
session.on('connect', () => session.bind_transceiver({system_id: 'crm', password: 'secret'}, (pdu) => {
  if (pdu.command_status !== 0) throw new Error('bind ' + pdu.command_status);
  if (form === 'payload') return submit({short_message: '', message_payload: {message: octets}});
  const size = 132;
  const total = Math.ceil(octets.length / size);
  for (let number = 1; number <= total; number += 1) {
    submit({
      esm_class: 0x40,
      short_message: {
        udh: Buffer.from([5, 0, 3, 0, total, number]),
        message: octets.subarray((number - 1) * size, number * size),
      },
    });
  }
}));
