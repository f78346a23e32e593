"""What befalls gsmd, played on purpose, and what must hold all the same.

The words, here and in the suites that stand on this (`tests.crash`, `tests.features.killed`, `tests.wild`, `tests.model`):

- a *fault* is what befalls: the death of the process (`lives`), of the disk (`disk`), of a modem (`modem`);
- a *point* is a place in a life where the process can die, counted by itself as it comes to it (`victim`);
- a *life* is one process of the daemon, from its start to its death, and its *plan* is what befalls it;
- a *stage* is the simulated modems and the network that outlive the daemons (`stage`);
- the *judge* says what was lost, doubled or sent twice in silence (`judge`): by what the phones and the program
  saw, not by what the daemon says of itself.
"""
