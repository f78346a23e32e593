"""What a person wrote: out of answers of eight mail programs in four languages, and out of what else people send."""

from email import policy
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from gsmd.gateways.mail import quoting, reading

SAMPLES = Path(__file__).parents[2] / "data/mail/answers"
OURS = ("@sms.local", "+33612345678")


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.eml")), ids=lambda path: path.stem)
def test_of_an_answer_is_left_what_the_person_wrote(sample: Path) -> None:
    wanted = sample.with_suffix(".txt").read_text(encoding="utf-8").strip()
    mail = reading.read(
        sample.read_bytes(), domain="sms.example.org", ours=("@sms.example.org", "+33612345678")
    )
    assert mail.text == wanted
    assert mail.machine is None
    assert mail.ids[-1] == "<cdw4bhoqkrwh37wn@sms.example.org>"


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.eml")), ids=lambda path: path.stem)
def test_it_is_known_without_our_address_too(sample: Path) -> None:
    wanted = sample.with_suffix(".txt").read_text(encoding="utf-8").strip()
    assert reading.read(sample.read_bytes(), domain="elsewhere.org").text == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Yes\n\n-- \nAnna\nSales", "Yes"),
        ("Yes\n\nSent from my Pixel 9", "Yes"),
        ("Ja\n\nVerzonden vanaf mijn iPhone", "Ja"),
        ("Sent from my heart: happy birthday, and many more years to all of us there!\nAnna", None),
        ("Call me at 10:30:\n+33612345678", None),
        ("CPU > 90 %\nload: 12\ndisk: 3", None),
        ("From: the boss\nplease call", None),
        ("Price list:\na: 1\nb: 2\nc: 3", None),
        ("No\n\n2026年1月2日(金) 4:04 +33612345678 <3@sms.local>:\n> こんにちは", "No"),
        ("Tak\n\npt., 2 sty 2026 o 04:04 +33612345678 <3@sms.local> napisał(a):\n\n> co?", "Tak"),
        (
            "Igen\n\n+33612345678 <3@sms.local> ezt írta (időpont: 2026. jan. 2., P, 4:04):\n> mi?",
            "Igen",
        ),
        ("Да\n\nпт, 2 янв. 2026 г. в 04:04, +33612345678 <3@sms.local>:\n> что?", "Да"),
        ("one\n\n> two?\nyes\n> three?\nno", "one\n\nyes\nno"),
    ],
)
def test_what_else_people_write(text: str, wanted: str | None) -> None:
    assert quoting.written(text, ours=OURS) == (wanted or text)


def test_a_text_behind_a_large_attachment_is_found() -> None:
    message = MIMEMultipart()
    for name, size in (("a.png", 600_000), ("", 0), ("b.png", 100_000)):
        part = (
            MIMEImage(bytes(size), "png") if name else MIMEText("Here they are", "plain", "utf-8")
        )
        if name:
            part.add_header("Content-Disposition", "attachment", filename=name)
        message.attach(part)
    found = reading.read(message.as_bytes(policy=policy.SMTP), domain="sms.local")
    assert (found.text, found.attachments) == ("Here they are", ("a.png", "b.png"))


def test_marked_lines_of_what_is_no_answer_stay() -> None:
    assert quoting.written("> 90 %\nof all", answer=False) == "> 90 %\nof all"
