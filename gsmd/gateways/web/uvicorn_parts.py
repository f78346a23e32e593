"""The parts of uvicorn that the gateway uses: its HTTP/1.1 protocol and what that needs, without its program.

``import uvicorn`` imports its command line and its supervisors too, a tenth of the gateway's start.
"""

import sys
from types import ModuleType

if "uvicorn" not in sys.modules:
    _program = ModuleType("uvicorn.main")
    _program.Server = _program.main = _program.run = None  # type: ignore[attr-defined] # what uvicorn takes from it
    sys.modules["uvicorn.main"] = _program

from uvicorn.config import Config as UvicornConfig
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

__all__ = ["H11Protocol", "ServerState", "UvicornConfig"]
