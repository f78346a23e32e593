"""What is wrong with a modem stands on its page, in the reader's language."""

from gsmd.gateways.web.pages.languages import language
from gsmd.gateways.web.pages.modems import FINDINGS
from gsmd.modem.state import ModemState
from gsmd.protocol.findings import examine_status
from gsmd.protocol.modems import ModemStatus, StorageUse
from tests.gateways.web.pages.scene import Scene, words


def test_every_finding_has_its_sentences_in_every_language() -> None:
    full, none = StorageUse("SM", 29, 30), StorageUse("SM", 0, 0)
    found = [
        finding
        for state in ModemState
        for storage in (full, none)
        for finding in examine_status(
            ModemStatus(
                name="north", state=state, storage=storage, signal_dbm=-110, troubles=["it is odd"]
            )
        )
    ]
    said = {sentence for each in found for sentence in (each.why, each.to_do)}
    assert said == set(FINDINGS)
    assert all(language("de").knows(each) for each in said)


async def test_a_weak_signal_is_told_with_what_helps(desk: Scene) -> None:
    assert "What to do" not in words(await desk.page("/modems/north"))
    modem = next(iter(desk.rig.modems.values()))
    modem.radio.signal = 3
    await desk.client.call("modems.reset", modem="north")
    await desk.rig.ready(desk.client)
    page = words(await desk.page("/modems/north"))
    assert "the signal is weak" in page
    assert "move the antenna" in page
