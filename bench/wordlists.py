"""The words that articles are made of: three languages, and what breaks careless software."""

from __future__ import annotations

from typing import NamedTuple


class Language(NamedTuple):
    """How an article of a language is worded. In frames `{who}`, `{cue}`, `{when}` and `{words}` are filled in."""

    tag: str
    words: tuple[str, ...]
    says: tuple[str, ...]
    quoted: tuple[str, ...]
    split: tuple[str, ...]
    partly: tuple[str, ...]
    reported: tuple[str, ...]
    mentioned: tuple[str, ...]
    spokesman: str
    weekdays: tuple[str, ...]
    late_last_year: str
    so_far: str
    in_year: str


def _split(text: str, at: str = " ") -> tuple[str, ...]:
    return tuple(text.split(at))


DUTCH = Language(
    tag="nl",
    words=_split(
        "de het een van in op met voor door over onder tegen zonder volgens minister akkoord begroting "
        "verkiezingen onderhandelingen klimaat energie veiligheid grens oorlog vrede handel belasting zorg "
        "onderwijs wetenschap uitstoot woningbouw pensioen regering oppositie parlement rechter vonnis "
        "bewijs onderzoek cijfers groei krimp schuld rente bank crisis hulp steun plan voorstel motie "
        "stemming meerderheid minderheid coalitie ambassadeur vluchteling fabriek haven spoorweg luchtvaart "
        "landbouw stikstof natuur water dijk stad dorp burger bedrijf vakbond staking loon koopkracht "
        "inflatie gas stroom kernwapens raketten leger soldaat missie uitstel vertrouwen twijfel kritiek "
        "waarschuwing belofte fout één cafés coördinatie"
    ),
    says=("zei", "verklaarde", "benadrukte", "herhaalde", "waarschuwde"),
    quoted=("“{words}”, {cue} {who}{when}.", "{who} {cue}{when}: “{words}.”", "„{words}”, {cue} {who}{when}."),
    split=("“{words}”, {cue} {who}{when}, “{more}.”",),
    partly=("{who} {cue}{when} dat “{words}” {more}.",),
    reported=("Dat {words}, {cue} {who}{when}.", "{who} {cue}{when} dat {words}."),
    mentioned=("{who} {cue} eerder{when} over {words}.",),
    spokesman="Een woordvoerder van {name}",
    weekdays=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    late_last_year="eind vorig jaar",
    so_far="tot dusver",
    in_year="in {year}",
)
FRENCH = Language(
    tag="fr",
    words=_split(
        "le la les un une des du dans sur avec pour par contre sans selon ministre accord budget élections "
        "climat négociations énergie sécurité frontière guerre paix commerce impôt santé enseignement "
        "recherche émissions logement retraite opposition parlement juge jugement preuve enquête chiffres "
        "croissance dette banque crise aide soutien plan proposition motion vote majorité minorité coalition "
        "ambassadeur réfugié port chemin avion agriculture nature eau digue ville village citoyen entreprise "
        "syndicat grève salaire pouvoir inflation gaz courant armes missiles armée soldat mission traité "
        "délai confiance doute critique avertissement promesse erreur responsabilité œuvre naïf Noël déjà çà "
        "où l’OTAN d’abord aujourd’hui qu’elle"
    ),
    says=("affirme", "déclare", "souligne", "répète", "prévient"),
    quoted=("«\u00a0{words}\u00a0», {cue} {who}{when}.", "{who} {cue}{when} : «\u202f{words}.\u202f»"),
    split=("«\u00a0{words}\u00a0», {cue} {who}{when}, «\u00a0{more}.\u00a0»",),
    partly=("{who} {cue}{when} que «\u00a0{words}\u00a0» {more}.",),
    reported=("{who} {cue}{when} que {words}.",),
    mentioned=("{who} {cue} auparavant{when} au sujet de {words}.",),
    spokesman="Un porte-parole de {name}",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    late_last_year="fin de l’année dernière",
    so_far="jusqu’ici",
    in_year="en {year}",
)
ENGLISH = Language(
    tag="en",
    words=_split(
        "the a an of in on with for by against without under over minister agreement budget elections talks "
        "climate energy security border war peace trade tax health schooling research emissions housing "
        "pension government opposition parliament judge verdict evidence inquiry figures growth debt "
        "interest bank crisis aid support plan proposal motion vote majority minority coalition ambassador "
        "refugee factory port railway air farming nature water dyke city village citizen company union "
        "strike wage power inflation gas electricity weapons missiles army soldier mission treaty delay "
        "trust doubt criticism warning promise error duty naïve café coöperation Macron’s don't it's"
    ),
    says=("said", "stated", "stressed", "repeated", "warned"),
    quoted=('"{words}," {cue} {who}{when}.', "“{words},” {cue} {who}{when}.", "{who} {cue}{when}: ‘{words}.’"),
    split=("“{words},” {cue} {who}{when}, “{more}.”",),
    partly=("{who} {cue}{when} that “{words}” {more}.",),
    reported=("{who} {cue}{when} that {words}.",),
    mentioned=("{who} {cue} earlier{when} about {words}.",),
    spokesman="A spokesman of {name}",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    late_last_year="late last year",
    so_far="so far",
    in_year="in {year}",
)
LANGUAGES = (DUTCH, DUTCH, DUTCH, FRENCH, ENGLISH)

# Each breaks some reader, writer or template that treats text with less care than it needs.
HOSTILE = (
    *("😀", "👩‍👩‍👧", "🇳🇱", "e\u0301e\u0301n", "日本", "العربية", "\u200fשלום\u200f", "ﬁ", "İ", "\U0001f4a9x"),
    *(
        "C:\\nieuw\\temp",
        "\\u0041",
        "\\n",
        "\\\\",
        "100%",
        "50%20",
        "a&b",
        "&amp;",
        "<b>",
        "</script>",
        "]]>",
        "<!--",
    ),
    *("{x}", "${x}", "{{x}}", "$1", "[a]", "`x`", "a|b", "a^^b", "@nl", "_:b0", "#x", "a: b", "- x", "'x'", '"x"'),
    *("NULL", "null", "NaN", "N/A", "nan", "None", "true", "no", "1.10", "007", "1e3", "2020-02-30", "=1+1", "''"),
    *("a,b;c", "a\u00a0b", "a\u2009b", "a\u200bb", "zo\u00adnodig", "\ufffd", "’t", "O'Brien", "x\u2060y", "~"),
)
# White space of all kinds: words are found over each of them.
BLANKS = ("\u00a0", "\u2009", "\u3000", "\t", "\n", "  ", " \n ", "\u2028", "\x85")

FIRST_NAMES = _split(
    "Anna Bram Chloé Daan Élise Femke Günter Hanneke Ivo Joëlle Karel Léa Mehmet Nadia Oscar Pien "
    "Quentin Roos Siân Tomáš Ulla Věra Wout Xavier Yara Zoë Adèle Bruno Céline Dirk"
)
LAST_NAMES = _split(
    "Aerts|de Boer|Çelik|D'Hondt|van den Berg|O'Neill|Fournier|García|Hägg|Ivanova|Janssens|Kowalski|"
    "Lefèvre|Müller|Núñez|Okafor|Petit|Quist|Rossi|Šimková|Thomas|Uğur|Vermeulen|Wałęsa|Xu|Yılmaz|"
    "van Zanten|Ångström",
    "|",
)
PLACES = _split(
    "Aldermeer Brakzijl Dunhaven Esterloo Fontclair Graubach Holmsund Isselborg Jaspersfort Kravno "
    "Lindeput Montbray Noordvoort Oostwoud Pernelle Quellmark Rietschans Saintval Tolvik Ulmstad "
    "Valbrune Westkapel Ysendal Zwartsluis"
)
COUNTRIES = _split(
    "Aldoria Brevonia Carmenia Drevland Elbonia Frisovia Gallmark Hestria Iberlund Jorvania Kestrovia "
    "Lundavia Morania Nordmark Oskovia Petrovia Quilland Rovenia Silvania Tarland"
)
SUBJECTS = _split(
    "Defensie Energie Financiën Handel Justitie Klimaat Landbouw Media Onderwijs Pensioen Ruimtevaart "
    "Spoor Veiligheid Visserij Volksgezondheid Water Wetenschap Wonen Zeevaart Zorg"
)
