# Two targets do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Each package from a wheel, also with a pip that would still let a setup.py install what it likes.
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check --use-pep517
# Tests run in parallel, two a core: they wait for disks, processes and modems as long as they compute.
JOBS   ?= $(shell expr 2 \* $$(nproc 2>/dev/null || echo 1))

# The Python of the Debian that a package for another machine is made for.
DEBIAN_PYTHON ?= 3.11

.PHONY: help demo test generate lint types borders check coverage bench profile bench-core bench-pdu bench-api bench-web bench-pages bench-pull bench-forms bench-campaigns bench-contests recordings crash crash-disk crash-twoway crash-rest fuzz fuzz-pdu fuzz-smpp fuzz-socket fuzz-rest web-tools web-test web-pictures soak wild mqtt-killed fleet-protocol fleet-killed bench-boxes homeassistant node-red bench-fleet deb deb-arm64 deb-armhf container vm clean esmes smsgate crash-smpp bench-smpp fuzz-mail crash-mail bench-gateways fuzz-mqtt

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[test]'
	@touch $@ $(VENV)/.demo

# The programs of others that a target needs: tests/tools.py has them, and docs/contributing.md.
needs-%:
	@$(PYTHON) -m tests.tools target $*

demo: $(VENV)/.demo ## the main job on a simulated modem, in seconds
	$(BIN)/gsmd demo

test: $(VENV)/.test ## all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

generate: $(VENV)/.test ## write what comes from gsmd/protocol: typed calls, schema, tables of the documentation
	$(BIN)/python .ci/generate

lint: $(VENV)/.test ## format and lint, and nothing generated is stale
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python .ci/generate --check

types: $(VENV)/.test ## mypy, strict
	$(BIN)/mypy

borders: $(VENV)/.test ## the layers of docs/architecture.md
	$(BIN)/lint-imports

check: lint types borders test ## what CI runs

# A browser is Debian's; what reads the script and looks for what keeps people out comes from npm, for the tests alone.
WEB = $(VENV)/web/node_modules

$(WEB)/axe-core:
	mkdir -p $(VENV)/web
	npm install --silent --no-audit --no-fund --no-save --prefix $(VENV)/web axe-core@4 typescript@5

web-tools: needs-web-tools $(VENV)/.test $(WEB)/axe-core ## what the tests in a browser have from npm

web-test: needs-web-test web-tools ## the pages in a browser: flows, axe, no script, hostile texts
	GSMD_BROWSER=whole $(BIN)/python -m pytest tests/browser -n $(JOBS)

web-pictures: needs-web-pictures $(VENV)/.test ## the pictures of docs/web.md anew
	$(BIN)/python -m tests.browser.screenshots

coverage: $(VENV)/.test ## the tests with branch coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

fuzz-pdu: $(VENV)/.test ## a million PDUs that are none, almost are, or are: SEED=1 COUNT=1000000
	$(BIN)/python -m tests.fuzz.pdu --seed $(or $(SEED),1) --count $(or $(COUNT),1000000)

# What is not among the packages of the tests has a Python of its own.
build/esmes/rusmppyc: $(VENV)/.test
	$(BIN)/python -m venv --without-pip $@
	$(BIN)/python -m pip --python build/esmes/rusmppyc install --quiet --disable-pip-version-check rusmppyc==0.4.0a2

build/esmes/twisted: $(VENV)/.test
	$(BIN)/python -m venv --without-pip $@
	$(BIN)/python -m pip --python build/esmes/twisted install --quiet --disable-pip-version-check 'setuptools<81' wheel 'Twisted~=23.10.0' pyOpenSSL service_identity smpp.pdu3==0.6
	$(BIN)/python -m pip --python build/esmes/twisted install --quiet --disable-pip-version-check --no-build-isolation smpp.twisted3==0.8

esmes: needs-esmes $(VENV)/.test build/esmes/rusmppyc build/esmes/twisted ## every ESME that can be had here, each with long texts both ways: node-smpp from npm, rusmppyc and smpp.twisted3 in a Python of their own
	npm install --prefix build/esmes --silent --no-audit --no-fund smpp@0.5.1
	$(BIN)/python -m pytest tests/gateways/smpp/test_esmes.py tests/gateways/smpp/upstream/test_real_smscs.py -n $(JOBS)

smsgate: needs-smsgate $(VENV)/.test ## SMSGate's client for Node.js, from npm, at the compatible surface
	mkdir -p build/smsgate
	npm install --prefix build/smsgate --silent --no-audit --no-fund android-sms-gateway@3.0.0
	$(BIN)/python -m pytest tests/gateways/web/compat/test_smsgate.py -n $(JOBS)

fuzz-smpp: $(VENV)/.test ## the same for SMPP, and as words of a session: SEED=1 COUNT=1000000
	$(BIN)/python -m tests.fuzz.smpp --seed $(or $(SEED),1) --count $(or $(COUNT),1000000)

fuzz-socket: $(VENV)/.test ## lines that nobody should send, to a real core: SEED=1 COUNT=100000
	$(BIN)/python -m tests.fuzz.socket_lines --seed $(or $(SEED),1) --count $(or $(COUNT),100000)

fuzz-mail: $(VENV)/.test ## mutants of real mail, and mail that is built to overwhelm, to a real gateway: SEED=1 COUNT=10000
	$(BIN)/python -m tests.gateways.mail.hostile $(or $(COUNT),10000) $(or $(SEED),1)

fuzz-mqtt: needs-fuzz-mqtt $(VENV)/.test ## hostile topics and payloads, at a real broker, to a real gateway: SEED=1 COUNT=10000
	$(BIN)/python -m tests.gateways.mqtt.hostile $(or $(COUNT),10000) $(or $(SEED),1)

crash-mail: $(VENV)/.test ## gateway, daemon and mail server killed at random, COUNT=1000 messages each way, SEED=1
	$(BIN)/python -m tests.gateways.mail.killing $(or $(COUNT),1000) $(or $(SEED),1)

mail-servers: needs-mail-servers $(VENV)/.test ## gsmd mail behind a real postfix, its mail in a real dovecot, swaks and answers of eight programs (root)
	$(BIN)/python -m tests.gateways.mail.servers.play

fuzz-rest: $(VENV)/.test ## requests that the OpenAPI document allows, and that it does not, to a real gateway: SEED=1 COUNT=200 of each operation
	$(BIN)/python -m tests.fuzz.rest --seed $(or $(SEED),1) --count $(or $(COUNT),200)

CRASH_SCENES = $(foreach each,$(SITUATIONS),--situation $(each)) $(foreach each,$(FAMILIES),--family $(each)) --every $(or $(EVERY),1)

recordings: $(VENV)/.test ## tests/data/recordings anew, from simulated modems: NAMES="huawei …"
	$(BIN)/python -m tests.recording.make $(NAMES)

crash: $(VENV)/.test ## kill the daemon at 1,000 points of its life: POINTS=1000 SITUATIONS="both-ways …" FAMILIES="generic:30 …"
	$(BIN)/python -m tests.crash.sweep --points $(or $(POINTS),1000) $(CRASH_SCENES)

crash-disk: FAMILIES ?= generic:30
crash-disk: SITUATIONS ?= without-a-key
crash-disk: $(VENV)/.test ## fail each write and fsync, cut the power at each: SITUATIONS= FAMILIES= EVERY=1
	$(BIN)/python -m tests.crash.sweep $(CRASH_SCENES) \
	  --hits failures --hits failures-and-cuts --hits failures-and-kills --hits power-cuts --hits kills-and-cuts

crash-twoway: $(VENV)/.test ## kill the daemon during votes, codes, campaigns, robots: TRIALS=40 of each, PHONES=500
	$(BIN)/python -m tests.features.killed.sweep --trials $(or $(TRIALS),40) --phones $(or $(PHONES),500)

crash-rest: $(VENV)/.test ## kill the web gateway and the daemon during sends with keys, pulls, settlements: TRIALS=40 SEED=1
	$(BIN)/python -m tests.gateways.web.killed.sweep --trials $(or $(TRIALS),40) --seed $(or $(SEED),1)
crash-smpp: $(VENV)/.test ## kill the SMPP gateway at POINTS=40 points of a conversation, the daemon at each PDU, and both
	$(BIN)/python -m tests.gateways.smpp.killed --points $(or $(POINTS),40)

bench-smpp: $(VENV)/.test build/esmes/twisted ## submit_sm and deliver_sm beside the socket itself, a bare server and those of others, and bad binds: COUNT=5000
	$(BIN)/python -m tests.benchmarks.bench_smpp --count $(or $(COUNT),5000) --receipts --published build/esmes/twisted/bin/python

profile: $(VENV)/.test ## what a message costs on each stretch of its road: BESIDE=COMMIT for the ratios to what it was
	$(BIN)/python -m tests.benchmarks.profile_roads $(if $(BESIDE),--beside $(BESIDE))

bench-core: $(VENV)/.test ## messages in and out, a burst, a serial line, a store with a million messages
	$(BIN)/python -m tests.benchmarks.bench_core

bench-api: $(VENV)/.test ## the socket with 200 clients, good, slow and hostile
	$(BIN)/python -m tests.benchmarks.bench_api

bench-gateways: needs-bench-gateways $(VENV)/.test ## memory of the gateways for mail and MQTT, at rest and after work, large mail and bombs: COUNT=200
	$(BIN)/python -m tests.benchmarks.bench_gateways --count $(or $(COUNT),200)

bench-pull: $(VENV)/.test ## messages that are pulled, beside a connected worker: ten thousand by 20 pullers of which 5 die
	$(BIN)/python -m tests.benchmarks.bench_pull

bench-forms: $(VENV)/.test ## a survey of five questions to 1,000 phones, four modems at 0.5 s an SMS (a quarter of an hour)
	$(BIN)/python -m tests.benchmarks.bench_forms

bench-contests: $(VENV)/.test ## a million codes: imported, looked up, redeemed by two at once
	$(BIN)/python -m tests.benchmarks.bench_contests

bench-campaigns: $(VENV)/.test ## two texts to 100,000 people in a store with a million messages: begun, looked at, decided
	$(BIN)/python -m tests.benchmarks.bench_campaigns

bench-web: $(VENV)/.test ## the web gateway beside the socket: start, memory, latency, bad clients
	$(PIP) -e '.[bench]'
	$(BIN)/python -m tests.benchmarks.bench_web

bench-pages: $(VENV)/.test ## the server's time for each page with a million messages in the store
	$(BIN)/python -m tests.benchmarks.bench_pages --calls

bench-pdu: $(VENV)/.test ## the PDU codec beside the others in pure Python
	$(PIP) -e '.[bench]'
	$(BIN)/python -m tests.benchmarks.bench_pdu

deb: needs-deb $(VENV)/.test ## the Debian package for this machine, in dist/
	$(BIN)/python .ci/deb.py

EXTRAS  = webhook,metrics,qr,web,passkeys,smpp,mqtt,mail,fleet

# What comes without a wheel is pure Python: its wheel fits everywhere.
deb-arm64: needs-deb-arm64 $(VENV)/.test ## the same for a 64-bit Pi, from any machine; DEBIAN_PYTHON=3.13 for Debian 13
	rm -rf build/arm64
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps -w build/wheels 'sdnotify>=0.3.2'
	$(PIP) --target build/arm64 --find-links build/wheels \
	  --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 \
	  --python-version $(DEBIAN_PYTHON) --only-binary=:all: '.[$(EXTRAS)]'
	$(BIN)/python .ci/deb.py --site build/arm64 --architecture arm64 --python $(DEBIAN_PYTHON)

# Nobody publishes compiled wheels for it: msgspec is compiled here (gcc-arm-linux-gnueabihf, libc6-dev-armhf-cross, and
# Python's headers from Debian by mmdebstrap), web and fleet stay out (argon2, PyNaCl), the others go without their optional C parts. Debian is that of $(BIN)/python.
ARMHF   = build/armhf-headers/usr/include
ARM_GCC = arm-linux-gnueabihf-gcc
ARM_PY  = $(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
ARMHF_EXTRAS = webhook,metrics,qr,smpp,mqtt,mail
PURE    = multidict yarl frozenlist propcache aiohttp pyyaml sdnotify
comma   = ,
empty   =
space   = $(empty) $(empty)

$(ARMHF)/python:
	rm -rf build/armhf-headers build/armhf-all && mkdir -p $@
	mmdebstrap --quiet --variant=extract --architectures=armhf --include=libpython$(ARM_PY)-dev $(or $(SUITE),bookworm) build/armhf-all $(MIRROR)
	cp -r build/armhf-all/usr/include/python$(ARM_PY)/. $@
	mkdir $(ARMHF)/arm-linux-gnueabihf
	cp -r build/armhf-all/usr/include/arm-linux-gnueabihf/python$(ARM_PY) $(ARMHF)/arm-linux-gnueabihf
	rm -rf build/armhf-all

deb-armhf: needs-deb-armhf $(VENV)/.test $(ARMHF)/python ## the same for a 32-bit Pi, from any machine, for the Debian of this Python (root)
	rm -rf build/armhf
	CC=$(ARM_GCC) LDSHARED="$(ARM_GCC) -shared" CFLAGS="-O2 -I$(CURDIR)/$(ARMHF)/python -I$(CURDIR)/$(ARMHF)" \
	  _PYTHON_HOST_PLATFORM=linux-armv7l SETUPTOOLS_EXT_SUFFIX=.cpython-$(subst .,,$(ARM_PY))-arm-linux-gnueabihf.so \
	  $(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps -w build/wheels-armhf --no-binary=msgspec msgspec
	MULTIDICT_NO_EXTENSIONS=1 YARL_NO_EXTENSIONS=1 FROZENLIST_NO_EXTENSIONS=1 PROPCACHE_NO_EXTENSIONS=1 \
	  AIOHTTP_NO_EXTENSIONS=1 PYYAML_FORCE_LIBYAML=0 PYYAML_FORCE_CYTHON=0 \
	  $(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps -w build/wheels-armhf \
	  --no-binary=$(subst $(space),$(comma),$(PURE)) $(PURE)
	$(PIP) --target build/armhf --find-links build/wheels-armhf \
	  --platform linux_armv7l --python-version $(ARM_PY) --only-binary=:all: '.[$(ARMHF_EXTRAS)]'
	$(BIN)/python .ci/deb.py --site build/armhf --architecture armhf --python $(ARM_PY) --extras $(ARMHF_EXTRAS)

container: needs-container $(VENV)/.test ## the package under a systemd of its own, with a simulated modem (root)
	$(BIN)/python .ci/container.py

vm: needs-vm $(VENV)/.test ## the package in a virtual machine, with USB modems that come and go (root)
	$(BIN)/python .ci/vm

fleet-protocol: $(VENV)/.test ## the protocol of permits: every state of two boxes with a fault, and WORLDS=1000000 at random with BUDGET=4 faults, SEED=1
	$(BIN)/python -m tests.fleet.explore --all --budget 1
	$(BIN)/python -m tests.fleet.explore --random $(or $(WORLDS),1000000) --boxes 3 --budget $(or $(BUDGET),4) --seed $(or $(SEED),1)
	$(BIN)/python -m tests.fleet.explore --random $(or $(WORLDS),1000000) --boxes 3 --budget $(or $(BUDGET),4) --seed $(or $(SEED),1) --resend

bench-boxes: needs-bench-boxes $(VENV)/.test ## a fleet of thin boxes at a real engine: BOXES="10 100 1000" RATE=240 messages a second
	$(BIN)/python -m tests.benchmarks.bench_boxes --boxes $(or $(BOXES),10 100 1000) --rate $(or $(RATE),240)

fleet-killed: needs-fleet-killed $(VENV)/.test ## agents, daemons and the engine of a fleet die and freeze at random: BOXES=3 MODEMS=2 MESSAGES=1000 REPLICAS=1 (3: three engines) SEED=1
	$(BIN)/python -m tests.gateways.fleet.killing --boxes $(or $(BOXES),3) --modems $(or $(MODEMS),2) --messages $(or $(MESSAGES),1000) --replicas $(or $(REPLICAS),1) --seed $(or $(SEED),1)

mqtt-killed: needs-mqtt-killed $(VENV)/.test ## broker, daemon and gateway die at random: MESSAGES=1000 each way, SEED=1
	$(BIN)/python -m tests.gateways.mqtt.killing --messages $(or $(MESSAGES),1000) --seed $(or $(SEED),1)

# Home Assistant wants a newer Python than this Debian may have: it lives in a Debian of its own (1.7 GB, made once).
HOUSE ?= build/homeassistant
HOME_ASSISTANT ?= 2026.1.3

$(HOUSE)/srv/ha/.done:
	rm -rf $(HOUSE) && mkdir -p $(HOUSE)
	mmdebstrap --quiet --variant=apt --include=python3,python3-venv,python3-dev,gcc,libc6-dev,ca-certificates trixie $(HOUSE) $(MIRROR)
	cp -L /etc/resolv.conf /etc/hosts $(HOUSE)/etc/
	cp -r /etc/ssl/certs/. $(HOUSE)/etc/ssl/certs/
	chroot $(HOUSE) python3 -m venv /srv/ha
	chroot $(HOUSE) /srv/ha/bin/pip install --quiet homeassistant==$(HOME_ASSISTANT) paho-mqtt==2.1.0
	grep -oh 'home-assistant-frontend==[0-9.]*' $(HOUSE)/srv/ha/lib/python3.*/site-packages/homeassistant/components/frontend/manifest.json > $(HOUSE)/srv/ha/frontend.txt
	chroot $(HOUSE) /srv/ha/bin/pip install --quiet -r /srv/ha/frontend.txt
	@touch $@

homeassistant: needs-homeassistant $(VENV)/.test $(HOUSE)/srv/ha/.done ## a real Home Assistant: entities, an SMS triggers an automation, one sends an SMS (root)
	$(BIN)/python -m tests.gateways.mqtt.homeassistant.play $(HOUSE)

node-red: needs-node-red $(VENV)/.test ## the flow of docs/examples in a real Node-RED
	mkdir -p build/node-red
	npm install --prefix build/node-red --silent --no-audit --no-fund node-red@4
	$(BIN)/python -m tests.gateways.mqtt.node_red build/node-red

soak: needs-soak $(VENV)/.test ## daemon and all gateways for MINUTES=240 with eight modems, faults and every door; APART=--apart: a process each; CALM=--calm: no faults; OUT=build/soak
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),240) --every $(or $(EVERY),2) --seed $(or $(SEED),1) --directory $(or $(OUT),build/soak) $(APART) $(CALM)

wild: $(VENV)/.test ## each family of modems × each fault, MESSAGES=50 each way
	GSMD_WILD=$(or $(MESSAGES),50) $(BIN)/python -m pytest tests/wild -n $(JOBS) --dist worksteal

bench-fleet: $(VENV)/.test ## one daemon on 64 modems: memory, idle CPU, latency
	$(BIN)/python -m tests.benchmarks.bench_fleet

clean: ## remove what the targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
