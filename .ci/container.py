"""The Debian package under a real systemd: boots one in a container of its own, with a simulated modem.

The machine's own files are the container's, and every change in it goes into memory and is
forgotten. Needs root, and a kernel that lets root mount overlays.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

BOOT = r"""
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay gsmd -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cp "$2" "$1/root/gsmd.deb"
cp "$3" "$1/root/check"
mkdir "$1/root/out"; mount --bind "$4" "$1/root/out"
cd "$1/root"
mount -t proc proc proc
mount --rbind /sys sys
mount -t tmpfs tmpfs run
mount -t tmpfs dev dev
for node in null zero full random urandom tty; do
    touch "dev/$node"; mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t cgroup2 cgroup2 sys/fs/cgroup
rm -f etc/systemd/system/multi-user.target.wants/*
tr -d - < /proc/sys/kernel/random/uuid > etc/machine-id  # none at all is a first boot
chroot . dpkg --install gsmd.deb
cat > etc/gsmd/gsmd.yaml <<YAML
modems: [{name: north, port: /run/simulator/modem1}]
handlers:
  - {name: echo, match: {keyword: ECHO}, run: [/bin/cat, /etc/hostname], reply: true}
YAML
cat > etc/systemd/system/simulator.service <<UNIT
[Service]
Type=exec
ExecStart=/usr/bin/gsmd simulate --dir /run/simulator
StandardInput=null
Restart=always
UNIT
cat > etc/systemd/system/check.service <<UNIT
[Unit]
Wants=simulator.service
[Service]
Type=oneshot
ExecStart=/bin/sh /check
StandardOutput=file:/out/result
StandardError=file:/out/errors
ExecStopPost=/bin/sh -c 'echo "\$EXIT_STATUS" > /out/status; kill -37 1'
UNIT
cat > etc/systemd/system/checks.target <<UNIT
[Unit]
Requires=basic.target
Wants=check.service
After=basic.target
UNIT
export container=gsmd
exec chroot . /lib/systemd/systemd --unit=checks.target --log-target=null --show-status=no
"""

CHECK = r"""
set -e
step() { echo "== $*"; }
wait_for() { # until a command says a word, at most 30 s
    word="$1"; shift
    for _ in $(seq 300); do if "$@" 2>&1 | grep -q -- "$word"; then return 0; fi; sleep 0.1; done
    echo "never: $word"; "$@"; journalctl --no-pager -u gsmd | tail -20; exit 1
}
step "started by systemd, by its own user"
systemctl start simulator
wait_for modem1 ls /run/simulator
chmod 755 /run/simulator
chmod 666 "$(readlink -f /run/simulator/modem1)"
systemctl start gsmd
test "$(ps -o user= -p "$(systemctl show -P MainPID gsmd)")" = gsmd
wait_for ready gsmd modems --json
systemctl status --no-pager gsmd | grep -E "Active|Status|Memory|Tasks"
systemd-analyze security --no-pager gsmd | tail -1

step "a message out"
id="$(gsmd send --wait sent --timeout 30 +33612345678 "from the container")"
gsmd show "$id" --json | head -c 300; echo
journalctl --no-pager -o cat GSMD_MESSAGE="$id"
journalctl --no-pager -o cat GSMD_MODEM=north | head -3

step "a message in, handed to a program, and its answer"
gsmd send +33600000001 ECHO
wait_for handled gsmd inbox --json
# gsmd never answers itself, so that two of them cannot keep each other busy
wait_for "the reply of echo is refused" journalctl --no-pager -o cat -u gsmd

step "reloaded; a mistake fails the reload and changes nothing"
systemctl reload gsmd
cp /etc/gsmd/gsmd.yaml /etc/gsmd/good; echo "wrong: 1" >> /etc/gsmd/gsmd.yaml
if systemctl reload gsmd; then echo "a wrong configuration was taken"; exit 1; fi
cp /etc/gsmd/good /etc/gsmd/gsmd.yaml
test "$(systemctl is-active gsmd)" = active

step "killed, and back by itself"
systemctl kill -s KILL gsmd
wait_for 1 systemctl show -P NRestarts gsmd
wait_for ready gsmd modems --json

step "frozen, and started again by the watchdog"
mkdir -p /run/systemd/system/gsmd.service.d
printf '[Service]\nWatchdogSec=2\n' > /run/systemd/system/gsmd.service.d/quick.conf
systemctl daemon-reload; systemctl restart gsmd; wait_for ready gsmd modems --json
frozen="$(systemctl show -P MainPID gsmd)"
kill -STOP "$frozen"
for _ in $(seq 150); do test -e "/proc/$frozen" || break; sleep 0.1; done
test ! -e "/proc/$frozen"
wait_for ready gsmd modems --json

step "started by the first program that connects"
systemctl stop gsmd; systemctl start gsmd.socket
test "$(systemctl is-active gsmd)" != active
gsmd modems --json | head -c 100; echo
test "$(systemctl is-active gsmd)" = active
systemctl stop gsmd.socket

step "stopped in good order"
systemctl stop gsmd
test "$(systemctl show -P ExecMainStatus gsmd)" = 0
test "$(systemctl show -P Result gsmd)" = success

step "a wrong configuration is not tried again"
echo "wrong: 1" >> /etc/gsmd/gsmd.yaml
if systemctl start gsmd; then exit 1; fi
sleep 12
test "$(systemctl show -P ExecMainStatus gsmd)" = 4
test "$(systemctl is-failed gsmd)" = failed
cp /etc/gsmd/good /etc/gsmd/gsmd.yaml

step "set up by questions and answers"
printf 'south\ny\n\n' | gsmd setup --force /run/simulator/modem1 2>&1 | tee /out/setup | tail -4
grep -q "It came in again." /out/setup
test "$(systemctl is-enabled gsmd)" = enabled
gsmd status --exit-code

step "removed"
dpkg --purge gsmd >/dev/null 2>&1
test ! -e /lib/systemd/system/gsmd.service
echo "== everything works"
"""


def main() -> int:
    """Build, boot, check; returns the exit code."""
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        package = subprocess.run(
            [sys.executable, ROOT / ".ci/deb.py", "--output", work, "--compression", "none"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.strip()
        check = work / "check"
        check.write_text(CHECK)
        out = work / "out"
        for path in (work / "machine", out):
            path.mkdir()
        subprocess.run(
            [
                *("unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup"),
                *("bash", "-c", BOOT, "bash", work / "machine", package, check, out),
            ],
            check=False,  # a halted system ends its init by a signal
            timeout=300,
            stdin=subprocess.DEVNULL,
        )
        for name in ("result", "errors"):
            if (out / name).exists():
                print((out / name).read_text())
        status = out / "status"
        return 0 if status.exists() and status.read_text().strip() == "0" else 1


if __name__ == "__main__":
    sys.exit(main())
