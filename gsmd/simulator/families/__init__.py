"""The families of modems that can be played, as their manuals and users describe them: a file a maker.

To add one, put its row into its maker's file, and its name into `PROFILES`.
"""

from gsmd.simulator.families.cinterion import CINTERION
from gsmd.simulator.families.fibocom import L610
from gsmd.simulator.families.generic import GENERIC
from gsmd.simulator.families.huawei import HUAWEI
from gsmd.simulator.families.luat import AIR780
from gsmd.simulator.families.meig import SLM320
from gsmd.simulator.families.nrf91 import NRF9160
from gsmd.simulator.families.quectel import BG95, EC25, EG915, M95
from gsmd.simulator.families.sierra import SIERRA
from gsmd.simulator.families.simcom import A7670, SIM800, SIM7600
from gsmd.simulator.families.telit import TELIT
from gsmd.simulator.families.ublox import LARA, UBLOX
from gsmd.simulator.families.wavecom import WAVECOM
from gsmd.simulator.families.zte import ZTE
from gsmd.simulator.profiles import Profile

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        GENERIC,
        HUAWEI,
        ZTE,
        SIM800,
        SIM7600,
        EC25,
        M95,
        UBLOX,
        WAVECOM,
        TELIT,
        CINTERION,
        SIERRA,
        A7670,
        BG95,
        EG915,
        L610,
        AIR780,
        SLM320,
        LARA,
        NRF9160,
    )
}
"""All families by name."""
