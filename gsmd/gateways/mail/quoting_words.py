"""Words by which mail programs announce quotes, in the languages that they speak."""

import re


def _words(table: str) -> list[str]:
    return [" ".join(word.split()) for word in table.split("|")]


def _any_of(table: str) -> str:
    return "|".join(sorted(map(re.escape, _words(table)), key=len, reverse=True))


OPENING = re.compile(
    r"\W*("
    + _any_of("""
    On | In a message dated | At | Le | Am | Um | Auf | El | Il | In data | Op | Em | No dia | A |
    Den | Kl. | Dne | Dňa | W dniu | Dnia | В | Дана | Na | Dana | Pe | În data | Στις | Ngày |
    pon. | wt. | śr. | czw. | pt. | sob. | niedz. | po | út | st | čt | pá | so | ne | ma | ti |
    ke | to | pe | la | su | lun. | mar. | mer. | jeu. | ven. | sam. | dim.
""")
    + r")\b",
    re.IGNORECASE,
)
"""How a sentence begins that ends in "wrote:"."""

VERB = re.compile(
    r"(\b("
    + _any_of("""
    wrote | writes | said | a écrit | écrit | schrieb | geschrieben | hat geschrieben | escribió |
    ha scritto | scrive | schreef | heeft geschreven | escreveu | skrev | skrifaði | kirjoitti |
    napsal | napsala | napsal(a) | napísal | napísal(a) | napisał | napisała | napisał(a) |
    pisze | написал | написала | написал(а) | пишет | написав | написала(в) | írta | yazdı |
    şunu yazdı | a scris | έγραψε | je napisao | napisao | napisao/la | je napisal | написа |
    đã viết | escrigué | va escriure | rašė | rakstīja | kirjutas
""")
    + r")(?!\w))|写道|寫道|님이 작성|さんが書きました|のメール|כתב|كتب",
    re.IGNORECASE,
)
"""That somebody wrote."""

RULE = re.compile(
    _any_of("""
    original message | forwarded message | original e-mail | reply message | message d'origine |
    message original | message d’origine | message transféré | message initial |
    ursprüngliche nachricht | originalnachricht | original-nachricht | weitergeleitete nachricht |
    mensaje original | mensaje reenviado | messaggio originale | messaggio inoltrato |
    messaggio inoltrato | oorspronkelijk bericht | doorgestuurd bericht | mensagem original |
    mensagem encaminhada | oprindelig meddelelse | ursprungligt meddelande | opprinnelig melding |
    alkuperäinen viesti | původní zpráva | pôvodná správa | wiadomość oryginalna |
    oryginalna wiadomość | исходное сообщение | пересылаемое сообщение | eredeti üzenet |
    orijinal ileti | αρχικό μήνυμα | mesaj original | originalna poruka | izvirno sporočilo |
    原始邮件 | 原始郵件 | 元のメッセージ | 원본 메시지
"""),
    re.IGNORECASE,
)
"""Between dashes: what follows is another mail."""

HEADERS = frozenset(
    _words("""
    from | sent | to | cc | bcc | subject | date | reply-to | importance | attachments | de |
    envoyé | envoyé le | à | objet | répondre à | pièces jointes | date d'envoi | von | gesendet |
    gesendet am | an | betreff | datum | kopie | antwort an | anlagen | enviado | enviado el |
    para | asunto | fecha | assunto | enviada | enviado em | data | da | inviato | inviato il |
    a | oggetto | van | verzonden | aan | onderwerp | fra | sendt | til | emne | från | skickat |
    till | ämne | lähettäjä | lähetetty | vastaanottaja | aihe | od | odesláno | komu | předmět |
    predmet | odoslané | wysłano | wysłane | do | temat | dw | от | отправлено | кому | тема |
    дата | від | надіслано | feladó | elküldve | címzett | tárgy | kimden | gönderildi | kime |
    konu | tarih | από | στάλθηκε | προς | θέμα | trimis | către | subiect | poslano | za |
    zadeva | 发件人 | 发送时间 | 收件人 | 主题 | 抄送 | 寄件者 | 差出人 | 送信日時 | 宛先 | 件名 | 보낸 사람 | 보낸 날짜 | 받는 사람 |
    제목 | 참조
""")
)
"""The names of headers as programs show them, in small letters."""

PHONE = re.compile(
    r"("
    + _any_of("""
    sent from | sent via | sent with | sent using | get outlook for | send from | written on my |
    envoyé de | envoyé depuis | envoyé à partir | envoyé avec | obtenir outlook |
    obtenez outlook | télécharger outlook | téléchargez outlook | provenance | gesendet von |
    gesendet mit | gesendet über | von meinem | outlook für | outlook for |
    holen sie sich outlook | diese nachricht wurde von meinem | enviado desde | enviado con |
    enviado do | enviado de | enviado a partir | obtener outlook | obter o outlook |
    obtenga outlook | inviato da | inviato con | ottieni outlook | scarica outlook |
    verzonden vanaf | verzonden met | verstuurd vanaf | outlook voor | sendt fra | hent outlook |
    skickat från | skickades från | hämta outlook | lähetetty | hanki outlook | odesláno z |
    odoslané z | wysłano z | wysłane z | pobierz outlook | отправлено с | отправлено из |
    надіслано з | küldve | gönderen | iphone'umdan gönderildi | στάλθηκε από | trimis de pe |
    trimis din | poslano s | 发自我的 | 發自我的 | 从我的 | iphoneから送信 | 나의 iphone에서 보냄 | 내 iphone에서 보냄
""")
    + r")",
    re.IGNORECASE,
)
"""How the line begins that telephones add to what is written on them."""
