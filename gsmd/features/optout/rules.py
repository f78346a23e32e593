"""STOP and START in the languages that people write them in."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from gsmd.words import are_swapped, fold, one_apart, said, without_runs


class Wish(StrEnum):
    """The wish of somebody who writes STOP, START or the like."""

    STOP = "stop"
    START = "start"


class Language(msgspec.Struct, frozen=True):
    """The words of one language, and what they are answered with."""

    stop: tuple[str, ...]
    start: tuple[str, ...]
    goodbye: str
    welcome: str


LANGUAGES: dict[str, Language] = {
    "en": Language(
        ("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "OPTOUT", "OPT OUT", "OPT-OUT", "REVOKE", "CANCEL", "END", "QUIT"),
        ("START", "UNSTOP", "OPTIN", "OPT IN", "OPT-IN", "RESUME"),
        "You get no more messages from us. To get them again: START",
        "You get our messages again. To end them: STOP",
    ),
    "fr": Language(
        ("ARRET", "ARRETER", "ARRETEZ", "DESABONNER", "DESINSCRIRE", "DESINSCRIPTION", "STOP SMS", "STOP PUB"),
        ("REPRENDRE", "REABONNER"),
        "Vous ne recevrez plus nos messages. Pour les recevoir de nouveau : START",
        "Vous recevez de nouveau nos messages. Pour les arreter : STOP",
    ),
    "de": Language(
        ("STOPP", "STOPPEN", "ABMELDEN", "ABBESTELLEN", "KÜNDIGEN", "AUFHÖREN"),
        ("ANMELDEN", "WEITER"),
        "Sie bekommen keine Nachrichten mehr von uns. Um sie wieder zu bekommen: START",
        "Sie bekommen unsere Nachrichten wieder. Um sie zu beenden: STOPP",
    ),
    "es": Language(
        ("BAJA", "PARAR", "ALTO", "CANCELAR", "DETENER"),
        ("ALTA", "REANUDAR"),
        "No recibirá más mensajes nuestros. Para volver a recibirlos: ALTA",
        "Vuelve a recibir nuestros mensajes. Para no recibirlos: BAJA",
    ),
    "it": Language(
        ("FERMA", "BASTA", "ANNULLA", "CANCELLAMI", "DISISCRIVI"),
        ("RIPRENDI", "RIATTIVA"),
        "Non riceverà più i nostri messaggi. Per riceverli di nuovo: START",
        "Riceve di nuovo i nostri messaggi. Per non riceverli: STOP",
    ),
    "pt": Language(
        ("SAIR", "PARE", "REMOVER", "DESCADASTRAR"),
        ("VOLTAR", "RETOMAR"),
        "Não receberá mais as nossas mensagens. Para voltar a receber: START",
        "Volta a receber as nossas mensagens. Para sair: STOP",
    ),
    "nl": Language(
        ("AFMELDEN", "UITSCHRIJVEN", "OPZEGGEN"),
        ("AANMELDEN", "HERVAT"),
        "U krijgt geen berichten meer van ons. Om ze weer te krijgen: START",
        "U krijgt onze berichten weer. Om ze te stoppen: STOP",
    ),
    "pl": Language(
        ("KONIEC", "REZYGNUJE", "WYPISZ"),
        ("WZNOW",),
        "Nie otrzymasz już naszych wiadomości. Aby je przywrócić: START",
        "Znów otrzymujesz nasze wiadomości. Aby zrezygnować: STOP",
    ),
    "sv": Language(
        ("SLUTA", "AVSLUTA", "AVREGISTRERA"),
        ("FORTSÄTT",),
        "Du får inga fler meddelanden från oss. För att få dem igen: START",
        "Du får våra meddelanden igen. För att avsluta: STOP",
    ),
    "tr": Language(
        ("IPTAL", "DURDUR"),
        ("BASLAT",),
        "Artık mesaj almayacaksınız. Yeniden almak için: START",
        "Mesajlarımızı yeniden alıyorsunuz. Durdurmak için: STOP",
    ),
    "ru": Language(
        ("СТОП", "ОТПИСАТЬСЯ", "ОТПИСКА"),
        ("СТАРТ", "ПОДПИСАТЬСЯ"),
        "Вы больше не получите сообщений. Вернуть: СТАРТ",
        "Вы снова получаете сообщения. Отказаться: СТОП",
    ),
}  # fmt: skip
"""By ISO 639-1 code. The first language that has a word answers it."""

_FILLERS = frozenset(
    fold(
        "all please pls plz pub sms sir thanks thank you thx ty me messages texts texting messaging msg msgs spam marketing"
        " now merci svp bitte danke por favor grazie obrigado"
    ).split()
)
"""Words after STOP that change nothing about what is meant. A number neither: it names the service."""

_POLITE = frozenset({"please", "pls", "plz", "bitte", "svp", "por", "favor"})
"""Words before it."""

_CORRECTED = 4
"""Letters from which on a word is corrected: two swapped, or too many of one."""

_LONG = 7
"""Letters from which on any one mistake is: no other word is near."""


class Vocabulary:
    """Knows what a text asks for. Without words of its own: all of `LANGUAGES`."""

    def __init__(
        self, stop: Iterable[str] | None = None, start: Iterable[str] | None = None
    ) -> None:
        self._words: dict[str, tuple[Wish, str | None]] = {}
        for wish, own in ((Wish.STOP, stop), (Wish.START, start)):
            if own is not None:
                self._words.update({fold(word): (wish, None) for word in own})
                continue
            for code, language in LANGUAGES.items():
                for word in language.stop if wish is Wish.STOP else language.start:
                    self._words.setdefault(fold(word), (wish, code))

    def wish(self, text: str) -> tuple[Wish, str | None] | None:
        """The wish that a text states, and its language, if that is all it says.

        ``STOP please`` and ``STOP 36111`` ask for it, ``Stop by at five`` does not. A signature below
        counts for nothing. A word that stands alone may have two letters swapped, or too many of one.
        """
        words = fold(said(text)).split()
        if len(words) > 1 and len(set(words)) == 1:
            words = words[:1]  # STOP STOP STOP
        while words and words[0] in _POLITE:
            words.pop(0)
        while words:
            if found := self._words.get(" ".join(words)) or self._misspelt(words):
                return found
            if words[-1] not in _FILLERS and not words[-1].isdigit():
                return None
            words.pop()
        return None

    def _misspelt(self, words: list[str]) -> tuple[Wish, str | None] | None:
        word = words[0].replace(".", "")
        if len(words) > 1 or len(word) < _CORRECTED:
            return None
        near = [meaning for known, meaning in self._words.items() if _may_be(word, known)]
        return near[0] if len({wish for wish, _ in near}) == 1 else None


def _may_be(word: str, known: str) -> bool:
    """True if ``word`` is ``known`` mistyped, and hardly anything else."""
    if word == known or len(known) < _CORRECTED:
        return word == known
    if len(known) >= _LONG:
        return one_apart(word, known)
    return without_runs(word) == without_runs(known) or are_swapped(word, known)


def answer(wish: Wish, language: str | None) -> str:
    """The confirmation in that language; in English where there is none."""
    spoken = LANGUAGES[language or "en"]
    return spoken.goodbye if wish is Wish.STOP else spoken.welcome
