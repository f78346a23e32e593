// node-smpp as an SMSC: ids in hex, receipts with the id in decimal at once, and one inbound text. Prints its port, then each text.
'use strict';
const smpp = require('smpp');
let taken = 0xab00;
const parts = [];
const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('bind_transceiver', (pdu) => {
    const good = pdu.system_id === 'us' && pdu.password === 'secret';
    session.send(pdu.response({command_status: good ? 0 : smpp.ESME_RINVPASWD, system_id: 'node'}));
  });
  session.on('submit_sm', (pdu) => {
    taken += 1;
    const id = taken;
    session.send(pdu.response({message_id: id.toString(16)}));
    session.deliver_sm({
      source_addr: pdu.destination_addr, destination_addr: 'us', esm_class: 4,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:`,
    });
    parts.push(pdu.short_message.message);
    console.log(JSON.stringify(parts.join('')));
  });
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  setTimeout(() => session.deliver_sm({
    source_addr: '33612345678', source_addr_ton: 1, destination_addr: 'us', data_coding: 8, short_message: 'Привет 🎉',
  }), 300);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
