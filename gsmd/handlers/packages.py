"""Packages that only some kinds of handlers need, and that are not installed with the plain daemon."""

from importlib import import_module

from gsmd.config import Impossible


def require(package: str, extra: str, *, key: str) -> None:
    """Import ``package``, which the optional dependency ``extra`` of gsmd brings, for the sake of ``key``.

    Errors: `Impossible`: so it is a mistake in the configuration, found wherever that is read.
    """
    try:
        import_module(package)
    except ImportError as error:
        expected = f"the package {package} beside gsmd (pip install 'gsmd[{extra}]')"
        raise Impossible(expected, key=key, found=str(error)) from error
