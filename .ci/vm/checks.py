"""The checks, in order: each step goes on with the machine as the one before left it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from machine import Failed, Machine
from modems import Adapter, Dongle, Simulator

PHONE = "+33612345678"

STATE = "/var/lib/gsmd"


class Bench(NamedTuple):
    """The machine, and the world around it."""

    machine: Machine
    simulator: Simulator
    adapter: Adapter
    dongle: Dongle


Step = Callable[[Bench], None]

steps: list[Step] = []
"""Filled by `step`."""


def step(check: Step) -> Step:
    """The next thing to be checked. Errors of the function: `Failed`."""
    steps.append(check)
    return check


def expect(what: str, said: str, *words: str) -> None:
    """Each of ``words`` is in ``said``. Errors: `Failed`."""
    for each in words:
        if each not in said:
            raise Failed(f"{what}: no {each!r} in\n{said}")


def never(what: str, said: str, *words: str) -> None:
    """None of ``words`` is in ``said``. Errors: `Failed`."""
    for each in words:
        if each in said:
            raise Failed(f"{what}: {each!r} in\n{said}")


@step
def _without_gsmd_modem_manager_takes_the_dongle(bench: Bench) -> None:
    bench.dongle.plug()
    bench.machine.wait("creating modem with plugin", "journalctl --no-pager -u ModemManager")
    bench.dongle.unplug()


@step
def _the_package_is_installed_and_starts_nothing(bench: Bench) -> None:
    said = bench.machine.run("apt-get install -qy /mnt/packages/gsmd_*~1_*.deb")
    expect("the installation", said, "so nothing was started", "sudo gsmd setup")
    expect("the service", bench.machine.run("systemctl is-active gsmd", check=False), "inactive")
    bench.machine.run("id gsmd; gsmd --version; gsmd demo")


@step
def _with_gsmd_the_dongle_is_left_to_it(bench: Bench) -> None:
    since = bench.machine.run("date +%s").strip()
    bench.dongle.plug()
    bench.machine.wait("if02", "ls /dev/gsmd")
    about = bench.machine.run("udevadm settle; udevadm info /dev/ttyUSB2")
    expect("the port", about, "ID_MM_PORT_IGNORE=1", "S: gsmd/usb-3-1-if02")
    expect("the port", about, "S: gsmd/0123456789ABCDEF-if02", "TAGS=:systemd:")
    expect("the port", bench.machine.run("stat -c '%a %G' /dev/ttyUSB2"), "660 dialout")
    device = bench.machine.run("udevadm info /sys/bus/usb/devices/3-1")
    expect("the device", device, "ID_MM_DEVICE_IGNORE=1")
    bench.machine.run("systemctl is-active dev-gsmd-usb\\\\x2d3\\\\x2d1\\\\x2dif02.device")
    bench.machine.run("sleep 20")  # ModemManager takes up to 15 s to look at a new device
    said = bench.machine.run(f"journalctl --no-pager -u ModemManager --since @{since}")
    never("ModemManager", said, "creating modem", "3-1")


@step
def _setup_finds_the_one_port_that_speaks(bench: Bench) -> None:
    found = bench.machine.run("gsmd probe", check=False)
    expect("probe", found, "if02")
    answers = "printf 'south\\ny\\n\\n'"
    said = bench.machine.run(f"{answers} | gsmd setup")
    expect("setup", said, "south is ready", "It came in again.", "gsmd works")
    expect("at every start", bench.machine.run("systemctl is-enabled gsmd"), "enabled")
    bench.machine.run("gsmd status --exit-code")


@step
def _with_its_modem_absent_the_service_is_ready(bench: Bench) -> None:
    bench.machine.write("/etc/gsmd/gsmd.yaml", CONFIGURATION)
    bench.machine.write("/etc/udev/rules.d/59-gsmd-local.rules", LOCAL_RULES)
    bench.machine.run("chown root:gsmd /etc/gsmd/gsmd.yaml; chmod 640 /etc/gsmd/gsmd.yaml")
    bench.machine.run("udevadm control --reload; systemctl restart gsmd")
    expect("the service", bench.machine.run("systemctl is-active gsmd"), "active")
    bench.machine.wait("north absent", "systemctl status gsmd")


@step
def _an_adapter_that_is_plugged_in_is_taken_at_once(bench: Bench) -> None:
    bench.adapter.plug()
    _is_ready(bench, "north")
    expect("its name", bench.machine.run("ls /dev/gsmd"), "usb-1-1-if00")
    plugged = _moment(bench, "-k", "now attached to ttyUSB")
    taken = _moment(bench, "-u gsmd", "modem north: identifying")
    print(f"   from the kernel's word to the daemon's first question: {taken - plugged:.2f} s")
    _both_ways(bench, "first")


@step
def _a_modem_that_is_looked_for_by_its_imei_is_found(bench: Bench) -> None:
    _is_ready(bench, "south")
    about = bench.machine.run("gsmd modems show south --json")
    expect("the dongle", about, "350000000000022", "/dev/ttyUSB2")


@step
def _unplugged_it_is_absent_and_the_log_stays_quiet(bench: Bench) -> None:
    bench.adapter.unplug()
    bench.machine.wait("north absent", "systemctl status gsmd")
    before = _lines(bench)
    bench.machine.run("sleep 30")
    if (more := _lines(bench) - before) > 0:
        raise Failed(f"{more} lines in 30 s about a modem that is not there")
    bench.machine.run("gsmd send --wait accepted +33612345678 later")


@step
def _plugged_in_again_under_another_number_it_goes_on(bench: Bench) -> None:
    bench.adapter.occupy()
    bench.machine.wait("ttyUSB", "ls /dev/serial/by-path | grep usb-0:2; ls /dev/ttyUSB*")
    bench.adapter.plug()
    _is_ready(bench, "north")
    target = bench.machine.run("readlink -f /dev/gsmd/usb-1-1-if00").strip()
    print(f"   it is {target} now")
    bench.simulator.do("expect", phone=PHONE, n=2, timeout=300)
    _both_ways(bench, "second")


@step
def _a_reload_takes_all_or_nothing(bench: Bench) -> None:
    bench.machine.run("systemctl reload gsmd")
    bench.machine.run("cp /etc/gsmd/gsmd.yaml /tmp/good; echo 'wrong: 1' >> /etc/gsmd/gsmd.yaml")
    said = bench.machine.run("systemctl reload gsmd || echo refused")
    expect("the reload", said, "refused")
    bench.machine.run("cat /tmp/good > /etc/gsmd/gsmd.yaml; systemctl reload gsmd")
    _is_ready(bench, "north")


@step
def _frozen_it_is_started_again_by_the_watchdog(bench: Bench) -> None:
    machine = bench.machine
    machine.run("mkdir -p /run/systemd/system/gsmd.service.d")
    machine.write(
        "/run/systemd/system/gsmd.service.d/quick.conf", "[Service]\nWatchdogSec=10\nRestartSec=1\n"
    )
    machine.run("systemctl daemon-reload; systemctl restart gsmd")
    _is_ready(bench, "north")
    machine.run('kill -STOP "$(systemctl show -P MainPID gsmd)"')
    machine.wait("1", "systemctl show -P NRestarts gsmd")
    _is_ready(bench, "north")
    expect("the journal", machine.run("journalctl --no-pager -u gsmd"), "Watchdog timeout")
    machine.run("rm -r /run/systemd/system/gsmd.service.d; systemctl daemon-reload")


@step
def _a_backup_is_restored(bench: Bench) -> None:
    machine = bench.machine
    machine.run(f"gsmd backup {STATE}/backup.db")
    before = machine.run("gsmd inbox --json | wc -l; gsmd outbox --json | wc -l")
    machine.run("gsmd purge --older-than 1s")
    machine.run(f"systemctl stop gsmd; rm -f {STATE}/gsmd.db-wal {STATE}/gsmd.db-shm")
    machine.run(f"install -o gsmd -g gsmd -m 0600 {STATE}/backup.db {STATE}/gsmd.db")
    machine.run(f"systemctl start gsmd; rm {STATE}/backup.db")
    after = machine.run("gsmd inbox --json | wc -l; gsmd outbox --json | wc -l")
    expect("the messages", after, before)
    _both_ways(bench, "restored")


@step
def _an_upgrade_goes_on_with_the_new_version(bench: Bench) -> None:
    machine = bench.machine
    pid = machine.run("systemctl show -P MainPID gsmd")
    messages = machine.run("gsmd inbox --json | wc -l")
    said = machine.run("apt-get install -qy /mnt/packages/gsmd_*~2_*.deb </dev/null")
    never("the upgrade", said, "nothing was started")
    expect("the version", machine.run("dpkg-query -W gsmd"), "~2")
    never("the process", machine.run("systemctl show -P MainPID gsmd"), pid)
    expect("the configuration", machine.run("cat /etc/gsmd/gsmd.yaml"), CONFIGURATION)
    _is_ready(bench, "north")
    expect("the messages", machine.run("gsmd inbox --json | wc -l"), messages)
    _both_ways(bench, "upgraded")


@step
def _stopped_it_ends_in_good_order(bench: Bench) -> None:
    bench.machine.run("systemctl stop gsmd")
    said = bench.machine.run("systemctl show -P Result -P ExecMainStatus gsmd")
    expect("the service", said, "success", "0")


@step
def _purged_it_leaves_nothing(bench: Bench) -> None:
    machine = bench.machine
    machine.run("systemctl start gsmd; apt-get purge -qy gsmd")
    left = machine.run(
        "find / -xdev -not -path '/proc/*' -iname '*gsmd*' -not -path '/mnt/*' "
        "-not -path '/var/log/*' -not -path '/var/lib/dpkg/*' -not -path '/var/cache/*' "
        "-not -path '/var/lib/apt/*'",
    )
    expected = {"/etc/udev/rules.d/59-gsmd-local.rules", "/etc/hostname"}
    if more := set(left.split()) - expected:
        raise Failed(f"left behind: {sorted(more)}")
    expect("the service", machine.run("systemctl status gsmd", check=False), "could not be found")
    machine.run("udevadm settle")
    never("the names", machine.run("ls /dev /run"), "gsmd")


CONFIGURATION = """\
modems:
  - {name: north, port: /dev/gsmd/usb-1-1-if00}
  - {name: south, match: {imei: "350000000000022"}}
handlers:
  - {name: echo, match: {keyword: ECHO}, run: [/usr/bin/printf, heard], reply: true}
"""

LOCAL_RULES = """\
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", ATTRS{idVendor}=="0403", ENV{GSMD_MODEM}="1"
"""


def _is_ready(bench: Bench, modem: str) -> None:
    bench.machine.wait(f'"name":"{modem}","state":"ready"', "gsmd modems --json | tr -d ' '")


def _both_ways(bench: Bench, text: str) -> None:
    """A message out, and one in that is answered."""
    had = len(bench.simulator.do("received", phone=PHONE)["messages"])
    bench.machine.run(f"gsmd send --modem north --wait sent --timeout 60 {PHONE} {text}")
    bench.simulator.do("text", **{"from": PHONE}, to="modem1", text=f"ECHO {text}")
    messages = bench.simulator.do("expect", phone=PHONE, n=had + 2, timeout=300)["messages"]
    expect("the answer", str(messages[-1]), "heard")


def _lines(bench: Bench) -> int:
    return int(bench.machine.run("journalctl --no-pager -q -o cat -u gsmd | wc -l"))


def _moment(bench: Bench, where: str, words: str) -> float:
    """The time at which the last line with these words was written, in seconds."""
    said = bench.machine.run(f"journalctl --no-pager -o short-unix {where} -g '{words}' | tail -1")
    found = re.search(r"^(\d+\.\d+)", said, re.MULTILINE)
    if found is None:
        raise Failed(f"no line {words!r}")
    return float(found[1])
