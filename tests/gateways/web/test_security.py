"""What keeps others out, rule by rule, and which test shows each; those that stand nowhere else are here.

The rules are ours, after OWASP's ASVS 5 (its numbers stand behind them). `RULES` is held to the tests that there are.
"""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.config import ConfigError
from gsmd.gateways.web.daemon import Daemon
from tests.features.scenes import PHONE
from tests.gateways.web.house import house, settings
from tests.gateways.web.rest.scene import Scene, scene

RULES: dict[str, tuple[str, ...]] = {
    "1. Loopback or a Unix socket; another address without TLS or a proxy is no configuration (V12)": (
        "test_security.py::test_an_open_address_without_tls_or_proxy_is_no_configuration",
        "test_guard.py::test_without_tls_on_an_open_address_only_proxies_and_this_machine_are_answered",
        "test_guard.py::test_it_listens_at_a_unix_socket_too",
        "test_tls.py::test_nothing_older_than_tls_1_2_is_spoken",
    ),
    "2. No default login, no first visitor who becomes administrator, invitations good once for an hour (6.4.1)": (
        "test_accounts.py::test_there_is_nobody_at_first_and_nobody_becomes_somebody_by_coming_first",
        "test_accounts.py::test_an_invitation_is_good_once_and_for_an_hour",
        "test_passkeys.py::test_an_invitation_takes_the_place_of_all_there_was",
    ),
    "3. Passwords from 12 to 128 characters, none of the common ones; passkeys and codes (6.2, 6.3.2)": (
        "test_accounts.py::test_a_password_is_long_and_not_common",
        "test_accounts.py::test_passwords_are_kept_by_argon2id_with_19_mib",
        "test_accounts.py::test_a_second_factor_is_asked_for_once_it_is_set",
        "test_passkeys.py::test_who_is_invited_chooses_a_passkey_and_comes_in_with_it",
    ),
    "4. Guessing is slowed down, an unknown user is answered alike, nobody locks out another (6.1.1, 6.3.1, 6.3.8)": (
        "test_accounts.py::test_guessing_is_slowed_down_and_an_unknown_user_is_answered_alike",
        "test_accounts.py::test_nobody_can_lock_out_another",
        "test_passkeys.py::test_tries_are_on_record_and_slowed_down",
    ),
    "5. Sessions: random, kept here, new at sign-in, out of reach of scripts, with two ends (3.3, V7)": (
        "test_accounts.py::test_a_session_is_random_new_at_each_sign_in_and_out_of_reach_of_scripts",
        "test_accounts.py::test_over_tls_the_cookie_is_bound_to_the_host",
        "test_accounts.py::test_sessions_end_idle_old_by_hand_and_with_their_user",
    ),
    "6. Nothing is changed from pages elsewhere, and nothing by looking (3.5)": (
        "test_guard.py::test_a_browser_changes_something_only_from_our_own_pages",
        "test_guard.py::test_a_page_elsewhere_cannot_even_ask_with_somebodys_cookie",
        "test_guard.py::test_nobody_is_signed_in_by_a_page_elsewhere",
        "rest/test_requests.py::test_a_get_changes_nothing",
    ),
    "7. Only our own hosts are answered; what a proxy says is believed of a trusted one alone": (
        "test_guard.py::test_a_host_that_is_not_ours_is_turned_away",
        "test_proxies.py::test_scheme_and_host_are_what_a_trusted_proxy_says_and_nobody_else",
        "test_proxies.py::test_who_has_signed_on_is_believed_of_a_trusted_proxy_alone",
    ),
    "8. A strict policy for browsers, without unsafe-anything (3.4)": (
        "test_guard.py::test_every_answer_keeps_browsers_from_what_nobody_meant",
        "test_tls.py::test_it_speaks_tls_with_a_bound_cookie_and_takes_a_renewed_certificate",
    ),
    "9. A stranger's text is shown, never obeyed (1.2.1, 3.2.2)": (
        "pages/test_pages.py::test_every_page_can_be_looked_at_and_shows_no_text_as_markup",
        "pages/test_pages.py::test_a_hostile_text_is_there_to_be_read_and_what_it_hides_is_shown",
        "pages/test_pages.py::test_nothing_in_the_templates_gets_around_escaping",
        "pages/test_texts.py::test_no_text_whatever_shows_what_turns_or_hides_it",
        "pages/test_texts.py::test_a_long_text_is_cut_and_says_so",
        "../../browser/test_flows.py::test_a_hostile_text_is_inert_and_visible",
    ),
    "10. No cell of a table is a formula (1.2.10)": (
        "rest/test_answers.py::test_no_text_is_a_formula",
        "rest/test_answers.py::test_what_has_a_comma_or_a_line_end_is_quoted",
    ),
    "11. No header is put in by what somebody texts (1.3.11)": (
        "../mail/test_mail_out.py::test_no_header_can_be_put_in_by_what_somebody_texts",
    ),
    "12. What others give as addresses leads to public places alone (1.3.6)": (
        "rest/test_hooks.py::test_a_web_hook_leads_to_no_private_address",
        "compat/test_smsgate.py::test_hooks_lead_to_no_private_address",
        "../../test_destinations.py::test_a_name_is_looked_up_once_for_a_connection_and_what_was_found_is_what_is_used",
    ),
    "13. No pattern of strangers is searched for (1.3.12)": (
        "test_security.py::test_a_search_knows_no_patterns",
        "rest/test_hooks.py::test_what_keeps_a_daemon_busy_is_for_administrators",
    ),
    "14. Of tokens a digest is kept, they end at once, and stand in no URL and no log (V9, V10)": (
        "test_accounts.py::test_nothing_that_opens_a_door_is_kept",
        "test_accounts.py::test_a_token_that_is_revoked_expired_or_mistyped_opens_nothing_at_once",
        "test_accounts.py::test_a_token_is_a_password_of_basic_too_and_never_part_of_a_url",
        "compat/test_send_shims.py::test_no_log_line_has_the_token",
    ),
    "15. Sending is limited, many recipients are confirmed, a STOP is passed over with the password alone (V2)": (
        "test_sends.py::test_a_token_sends_no_more_than_it_may",
        "test_sends.py::test_a_user_sends_no_more_than_they_may_with_all_their_tokens",
        "test_sends.py::test_a_person_says_how_many_recipients_a_large_campaign_has",
        "test_sends.py::test_a_person_gives_the_password_again_to_write_to_who_opted_out",
        "pages/test_inbox.py::test_a_page_sends_no_more_than_its_user_may",
    ),
    "16. Who did what is on record, without texts, and only added to (V16)": (
        "test_accounts.py::test_the_audit_log_is_only_added_to",
        "test_accounts.py::test_who_did_what_is_kept_without_secrets",
        "test_sends.py::test_reads_and_sends_are_recorded_without_their_texts",
        "test_sends.py::test_what_is_done_by_another_gateways_interface_is_recorded_too",
    ),
    "17. Nothing is kept by caches, codes stay masked, nothing is asked of another host (V14)": (
        "rest/test_requests.py::test_no_answer_is_kept_by_caches",
        "test_security.py::test_a_code_is_told_to_nobody",
        "../../browser/test_flows.py::test_the_first_page_is_light",
    ),
    "18. A defect tells nothing of the inside, and health says nothing but well or not (V16)": (
        "test_security.py::test_a_defect_tells_nothing_of_the_inside",
        "rest/test_answers.py::test_health_needs_no_token_and_says_nothing",
    ),
    "19. What the policy of the pages stops is a failure of the tests (V15)": (
        "../../browser/test_flows.py::test_a_hostile_text_is_inert_and_visible",
    ),
    "20. Bodies, heads, connections, streams and waiting pulls are bounded, in size and in time (V2, V4)": (
        "test_guard.py::test_a_body_is_bounded_whether_it_says_its_length_or_not",
        "test_guard.py::test_a_head_is_bounded",
        "test_guard.py::test_a_body_that_never_comes_ends_in_time",
        "test_guard.py::test_idle_connections_and_slow_heads_are_ended",
        "test_guard.py::test_connections_are_bounded_and_a_good_one_gets_in_when_one_leaves",
        "rest/test_stream.py::test_there_are_so_many_streams_and_no_more",
        "rest/test_stream.py::test_a_slow_reader_is_cut_off_and_nobody_waits_for_it",
        "rest/test_leases.py::test_only_so_many_pulls_wait",
    ),
}  # fmt: skip


def test_each_rule_has_its_tests() -> None:
    here = Path(__file__).parent
    for rule, tests in RULES.items():
        for each in tests:
            path, _, name = each.partition("::")
            tree = ast.parse((here / path).read_text(encoding="utf-8"))
            names = {getattr(node, "name", "") for node in tree.body}
            assert name in names, (rule, each)


@pytest.mark.parametrize("address", ["0.0.0.0:8090", "192.168.1.2:8090", "[::]:8090"])
def test_an_open_address_without_tls_or_proxy_is_no_configuration(address: str) -> None:
    with pytest.raises(ConfigError, match="loopback"):
        settings(f"listen: '{address}'")
    for more in ("trusted_proxies: [10.0.0.1]", "insecure: true"):
        assert settings(f"listen: '{address}', {more}").listen.port == 8090
    assert settings().listen.is_local


@pytest.fixture
async def rest(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as it:
        yield it


async def test_a_search_knows_no_patterns(rest: Scene) -> None:
    await rest.came_in("100 percent_sure (really)")
    for text, found in (("percent_", 1), ("(really)", 1), ("%", 0), ("perc.nt", 0), (".*", 0)):
        answer = await rest.ask("GET", f"/messages?search={text.replace('%', '%25')}")
        assert len(answer.json["messages"]) == found, text


async def test_a_code_is_told_to_nobody(rest: Scene) -> None:
    made = await rest.ask("POST", "/verifications", json={"to": PHONE})
    assert made.status == 201
    (arrived,) = await rest.phone.expect(1, 60)
    code = max(
        (word for word in (arrived.text or "").split() if word.strip(".").isdigit()), key=len
    )
    for path in ("/messages", f"/conversations/{PHONE}/messages", f"/people/{PHONE}"):
        answer = await rest.ask("GET", path.replace("+", "%2B"))
        assert answer.status == 200, path
        assert code.strip(".") not in answer.body.decode(), path


async def test_a_defect_tells_nothing_of_the_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def defect(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the number of the beast")

    async with (
        scene(tmp_path) as rest,
        house(tmp_path, "compat: [smsgate]", daemon=rest.rig.socket) as web,
    ):
        token = web.token()
        monkeypatch.setattr(Daemon, "call", defect)
        for path in ("/api/v1/modems", "/3rdparty/v1/devices"):
            answer = await web.ask("GET", path, token=token)
            assert answer.status == 500
            assert b"ZeroDivision" not in answer.body
            assert b"beast" not in answer.body
    assert "the number of the beast" in caplog.text
