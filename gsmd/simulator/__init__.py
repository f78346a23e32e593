"""A modem, a SIM and a network without any of them: for development, demos and tests."""

from gsmd.simulator.families import PROFILES
from gsmd.simulator.faults import Faults
from gsmd.simulator.ledger import Delivery, Ledger, Submission
from gsmd.simulator.modem import SimulatedModem
from gsmd.simulator.network import Network
from gsmd.simulator.phone import Phone, PhoneMessage
from gsmd.simulator.player import Player
from gsmd.simulator.profiles import Profile
from gsmd.simulator.pty import Pty, PtyModem
from gsmd.simulator.radio import Registration
from gsmd.simulator.scheduler import ManualScheduler, Scheduler
from gsmd.simulator.sim import Sim
from gsmd.simulator.simulation import Simulation
from gsmd.simulator.thread import SimulatorThread

__all__ = [
    "PROFILES",
    "Delivery",
    "Faults",
    "Ledger",
    "ManualScheduler",
    "Network",
    "Phone",
    "PhoneMessage",
    "Player",
    "Profile",
    "Pty",
    "PtyModem",
    "Registration",
    "Scheduler",
    "Sim",
    "SimulatedModem",
    "Simulation",
    "SimulatorThread",
    "Submission",
]
