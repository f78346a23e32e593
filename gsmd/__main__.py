"""``python -m gsmd`` is ``gsmd``."""

from gsmd.cli import main

if __name__ == "__main__":
    main()
