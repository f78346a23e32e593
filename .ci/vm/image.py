"""The disk of the virtual machine: a Debian as it comes, with a kernel, systemd, udev and ModemManager."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "python3", "usb-modeswitch", "usbutils", "procps", "less"),
    *("modemmanager", "socat", "qemu-guest-agent"),
    *("linux-image-amd64", "initramfs-tools", "zstd", "kmod"),
)

_SETUP = (
    'mkdir -p "$1/etc/initramfs-tools/conf.d"',
    r'''printf 'MODULES=list\nCOMPRESS=zstd\n' > "$1/etc/initramfs-tools/conf.d/small"''',
    r'''printf 'virtio_pci\nvirtio_blk\next4\n' > "$1/etc/initramfs-tools/modules"''',
)
_CUSTOMIZE = (
    'echo debian > "$1/etc/hostname"',
    '''echo '/dev/vda / ext4 defaults 0 1' > "$1/etc/fstab"''',
    'mkdir -p "$1/mnt/packages"',
)
"""The steps of mmdebstrap before and after the packages come."""

_SIZE = "3G"
"""Of the disk; it is sparse."""


class Image(NamedTuple):
    """The files that the machine is started with. The disk is never written to."""

    disk: Path
    kernel: Path
    initrd: Path


def image(suite: str, directory: Path) -> Image:
    """The image of a Debian release, made unless ``directory`` has it. Needs root."""
    made = Image(directory / "disk.ext4", directory / "vmlinuz", directory / "initrd")
    if all(path.exists() for path in made):
        return made
    shutil.rmtree(directory, ignore_errors=True)
    root = directory / "root"
    root.parent.mkdir(parents=True)
    print(f"== making an image of {suite}", flush=True)
    subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
            *(f"--setup-hook={each}" for each in _SETUP),
            *(f"--customize-hook={each}" for each in _CUSTOMIZE),
            "--components=main",
            *(f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in ("man", "locale", "doc")),
            *(suite, root),
        ],
        check=True,
    )
    shutil.copy(next(root.glob("boot/vmlinuz-*")), made.kernel)
    shutil.copy(next(root.glob("boot/initrd.img-*")), made.initrd)
    part = made.disk.with_suffix(".part")
    disk_of(root, part, _SIZE)
    shutil.rmtree(root)
    part.rename(made.disk)  # whole, or not there
    return made


def disk_of(root: Path, disk: Path, size: str) -> None:
    """Make a disk with the files of ``root``."""
    disk.unlink(missing_ok=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, disk, size], check=True)
