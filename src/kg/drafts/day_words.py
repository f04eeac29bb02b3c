"""How Dutch, English, French and German papers say when: a pattern for each meaning that `kg.drafts.days` knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
}
# From one on; several spellings of a number are parted by `|`.
_NUMBERS = {
    "nl": "een|één twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "en": "a|an|one two three four five six seven eight nine ten eleven twelve",
    "fr": "un|une deux trois quatre cinq six sept huit neuf dix onze douze",
    "de": "einem|einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}
# `W` is a weekday, `N` a number. What is to come, or comes again and again, says nothing about when something was
# said: it is found so that the "vrijdag" in "volgende week vrijdag" is not.
_PATTERNS: dict[str, dict[str, str]] = {
    "nl": {
        "to come": r"(?:komende|volgende|aanstaande|elke|iedere|goede|witte|black) W|"
        r"(?:komende|volgende) week(?: W)?|W (?:over een week|aanstaande)",
        "today": r"vandaag|vanochtend|vanmorgen|vanmiddag|vanavond",
        "night": r"vannacht|afgelopen nacht",
        "yesterday": r"gister(?:en|ochtend|morgen|middag|avond)(?: (?:ochtend|middag|avond))?",
        "day before yesterday": r"eergisteren",
        "weekday": r"W(?:ochtend|morgen|middag|avond|nacht)?",
        "last weekday": r"(?:afgelopen|vorige|voorbije) W(?:ochtend|morgen|middag|avond|nacht)?|vorige week W|W "
        r"vorige week",
        "this week": r"(?:(?:eerder|begin) )?deze week",
        "last week": r"(?:(?:begin|eind) )?vorige week",
        "past week": r"(?:afgelopen|voorbije) week",
        "this month": r"(?:(?:eerder|begin) )?deze maand",
        "last month": r"(?:(?:begin|half|eind) )?vorige maand",
        "past month": r"(?:afgelopen|voorbije) maand",
        "this year": r"(?:eerder )?dit jaar",
        "last year": r"vorig jaar",
        "past year": r"(?:afgelopen|voorbije) jaar",
        "early this year": r"begin dit jaar",
        "early last year": r"begin vorig jaar",
        "late last year": r"eind vorig jaar",
        "days ago": r"N dag(?:en)? geleden",
        "weeks ago": r"N we(?:ek|ken) geleden",
        "months ago": r"N maand(?:en)? geleden",
        "years ago": r"N ja(?:ar|ren) geleden",
    },
    "en": {
        "to come": r"(?:next|coming|every|each|good|black|holy|this coming) W|W next|next week(?: on W)?",
        "today": r"today|this (?:morning|afternoon|evening)|tonight",
        "night": r"last night|overnight",
        "yesterday": r"yesterday(?: (?:morning|afternoon|evening))?",
        "day before yesterday": r"the day before yesterday",
        "weekday": r"W(?: (?:morning|afternoon|evening|night))?",
        "last weekday": r"(?:last|this past|past) W(?: (?:morning|afternoon|evening|night))?|W last week|W last",
        "this week": r"(?:(?:earlier|early) )?this week",
        "last week": r"(?:(?:early|late) )?last week",
        "past week": r"(?:the |this )?past week",
        "this month": r"(?:(?:earlier|early) )?this month",
        "last month": r"(?:(?:early|late) )?last month",
        "past month": r"(?:the |this )?past month",
        "this year": r"(?:earlier )?this year",
        "last year": r"last year",
        "past year": r"(?:the |this )?past year",
        "early this year": r"early this year|at the (?:start|beginning) of (?:this|the) year",
        "early last year": r"early last year|at the (?:start|beginning) of last year",
        "late last year": r"late last year|at the end of last year",
        "days ago": r"N days? ago",
        "weeks ago": r"N weeks? ago",
        "months ago": r"N months? ago",
        "years ago": r"N years? ago",
    },
    "fr": {
        "to come": r"W (?:prochain|saint)|(?:chaque|tous les) Ws?|la semaine prochaine",
        "today": r"aujourd['’]hui|ce matin|cet après-midi|ce soir",
        "night": r"cette nuit|la nuit dernière",
        "yesterday": r"hier(?: (?:matin|midi|après-midi|soir))?",
        "day before yesterday": r"avant-hier",
        "weekday": r"W(?: (?:matin|midi|après-midi|soir))?",
        "last weekday": r"W (?:dernier|passé)|W de la semaine (?:dernière|passée)",
        "this week": r"(?:plus tôt )?cette semaine|en début de semaine",
        "last week": r"(?:(?:au début|à la fin) de )?la semaine (?:dernière|passée)",
        "past week": r"(?:ces |les )?(?:sept|huit) derniers jours",
        "this month": r"(?:plus tôt )?ce mois(?:-ci)?",
        "last month": r"(?:(?:au début|à la fin|fin|début) du|le) mois (?:dernier|passé)",
        "past month": r"(?:ces |les )?trente derniers jours",
        "this year": r"(?:plus tôt )?cette année",
        "last year": r"l['’](?:an (?:dernier|passé)|année (?:dernière|passée))",
        "past year": r"(?:ces |les )?douze derniers mois",
        "early this year": r"(?:en|au|dès le) début (?:d['’]année|de l['’]année|de cette année)",
        "early last year": r"(?:au )?début (?:de )?l['’](?:an (?:dernier|passé)|année (?:dernière|passée))",
        "late last year": r"(?:à la )?fin (?:de )?l['’](?:an (?:dernier|passé)|année (?:dernière|passée))",
        "days ago": r"il y a N jours?",
        "weeks ago": r"il y a N semaines?",
        "months ago": r"il y a N mois",
        "years ago": r"il y a N ans?",
    },
    "de": {
        "to come": r"(?:nächste[nr]?|kommende[nr]?|jede[nr]?) (?:W|woche)",
        "today": r"heute(?: (?:früh|morgen|vormittag|mittag|nachmittag|abend))?",
        "night": r"(?:in der |vergangene |letzte )(?:vergangenen |letzten )?nacht",
        "yesterday": r"gestern(?: (?:früh|morgen|vormittag|mittag|nachmittag|abend))?",
        "day before yesterday": r"vorgestern",
        "weekday": r"W(?:morgen|vormittag|mittag|nachmittag|abend|nacht)?",
        "last weekday": r"(?:letzten|vergangenen|vorigen) W(?:morgen|vormittag|mittag|nachmittag|abend|nacht)?",
        "this week": r"diese[r]? woche|anfang der woche",
        "last week": r"(?:(?:anfang|ende) )?(?:letzte|vergangene|vorige)[nr]? woche",
        "past week": r"(?:den )?letzten sieben tagen?",
        "this month": r"(?:anfang )?diese[nsm] monats?|anfang des monats",
        "last month": r"(?:(?:anfang|ende) )?(?:letzten|vergangenen|vorigen) monats?",
        "past month": r"(?:den )?letzten dreißig tagen?",
        "this year": r"diese[sm] jahr",
        "last year": r"(?:letzte|vergangene|vorige)[sn] jahr(?:es)?|(?:im )?vorjahr",
        "past year": r"(?:den )?letzten zwölf monaten?",
        "early this year": r"(?:anfang|zu beginn) (?:dieses|des) jahres",
        "early last year": r"(?:anfang|zu beginn) (?:des )?(?:letzten|vergangenen|vorigen) jahres",
        "late last year": r"ende (?:des )?(?:letzten|vergangenen|vorigen) jahres",
        "days ago": r"vor N tag(?:en)?",
        "weeks ago": r"vor N wochen?",
        "months ago": r"vor N monat(?:en)?",
        "years ago": r"vor N jahr(?:en)?",
    },
}


@cache
def patterns(tag: str) -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of a language by what they mean, with groups `day…` and `number…`; none for others."""
    if tag not in _PATTERNS:
        return {}
    day = "|".join(_WEEKDAYS[tag].split())
    number = "|".join(["[1-9][0-9]?", *_NUMBERS[tag].split()])
    return {meaning: _compiled(written, day, number) for meaning, written in _PATTERNS[tag].items()}


def weekday(tag: str, written: str) -> int:
    """Return the number of a weekday; Monday is 0."""
    return next(at for at, names in enumerate(_WEEKDAYS[tag].split()) if written.lower() in names.split("|"))


def number(tag: str, written: str) -> int:
    """Return a number up to twelve as a word, or up to 99 in digits."""
    if written.isdecimal():
        return int(written)
    return next(at for at, names in enumerate(_NUMBERS[tag].split(), 1) if written.lower() in names.split("|"))


def _compiled(written: str, day: str, number: str) -> re.Pattern[str]:
    """Return a pattern for whole words; each `W` and `N` in it becomes a group of its own."""
    pieces = re.split(r"\b([WN])(?=s?\b|\(|$)", written.replace(" ", r"\s+"))
    for at in range(1, len(pieces), 2):
        kind, choices = ("day", day) if pieces[at] == "W" else ("number", number)
        pieces[at] = f"(?P<{kind}{at}>{choices})"
    return re.compile(rf"(?<!\w)(?:{''.join(pieces)})(?!\w)", re.IGNORECASE)
