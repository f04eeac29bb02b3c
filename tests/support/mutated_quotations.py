"""Quotations in ten scripts, changed as programs and people change them, and which are still the same words.

`same_words` is written without kg: it tries every part of a text. The texts are the Universal Declaration of Human
Rights, article 1 with parts of others, in quotation marks.
"""

from __future__ import annotations

import json
import random
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from unicodedata import category, combining, normalize

import kg
from support.corpora import lay

TEXTS = {
    "latin": (
        "« Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et "
        "de conscience et doivent agir les uns envers les autres dans un esprit de fraternité… » L’article 3 dit : "
        "« Tout individu a droit à la vie, à la liberté et à la sûreté de sa personne. » Nul n’est tenu en "
        "esclavage, où qu’il soit né : “ni en servitude”."
    ),
    "cyrillic": (
        "«Все люди рождаются свободными и равными в своём достоинстве и правах. Они наделены разумом и совестью и "
        "должны поступать в отношении друг друга в духе братства…» Третья статья: «Каждый человек имеет право на "
        "жизнь, на свободу и на личную неприкосновенность». Никто не должен содержаться в рабстве."
    ),
    "greek": (
        "«Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι "
        "με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης…» Κάθε "
        "άτομο έχει δικαίωμα στη ζωή, την ελευθερία και την προσωπική του ασφάλεια."
    ),
    "arabic": (
        "«يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلًا وضميرًا وعليهم أن يعامل بعضهم بعضًا بروح "
        "الإخاء…» لكل فرد الحق في الحياة والحرية وسلامة شخصه، ولا يجوز استرقاق أو استعباد أي شخص."
    ),
    "hebrew": (
        "„כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג "
        "איש ברעהו ברוח של אחווה…” כָּל אָדָם יֵשׁ לוֹ הַזְּכוּת לְחַיִּים, לְחֵרוּת וּלְבִטָּחוֹן אִישִׁי."
    ),
    "devanagari": (
        "“सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन "
        "प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए…” प्रत्येक व्यक्ति को जीवन, स्वाधीनता और वैयक्तिक सुरक्षा का "
        "अधिकार है। क़ानून की निगाह में सभी समान हैं।"
    ),
    "thai": (
        "“มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม "
        "และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ…” บุคคลมีสิทธิในการดำรงชีวิต ในเสรีภาพ และในความมั่นคงแห่งร่างกาย"
    ),
    "han": (
        "“人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待……”第三条说：“人人有权享有生命、自由和人身安全。”"
        "任何人不得使为奴隶或奴役；一切形式的奴隶制度和奴隶买卖，均应予以禁止。"
    ),
    "japanese": (
        "「すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、"
        "互いに同胞の精神をもって行動しなければならない…」すべて人は、生命、自由及び身体の安全に対する権利を有する。ガギグゲゴのパピプペポ。"
    ),
    "korean": (
        "“모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 "
        "양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다…” 모든 사람은 생명과 신체의 자유와 안전에 대한 "
        "권리를 가진다. 어느 누구도 노예상태에 놓여지지 아니한다."
    ),
}
_UNSPACED = ("THAI", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA")
_LOOK_ALIKES = str.maketrans("aceopxyаеорсухοανι،", "асеорхуaeopcyxoavi,")
_MARKS = "«»“”„\"'’「」…"


class MutatedQuotation(NamedTuple):
    """Words that were made of a passage, how, and in which text."""

    script: str
    how: str
    words: str


class Counts(NamedTuple):
    """How many quotations were right, wrong, and right at several places; and which of them kg took for others."""

    right: int
    wrong: int
    several: int
    wrong_accepted: list[MutatedQuotation]
    right_refused: list[MutatedQuotation]


def _at(words: str, dice: random.Random) -> int:
    return dice.randrange(len(words))


def _replaced(words: str, dice: random.Random, text: str) -> str:
    at = _at(words, dice)
    return words[:at] + dice.choice(text) + words[at + 1 :]


def _dropped(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return words[:at] + words[at + 1 :]


def _doubled(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return words[:at] + words[at] + words[at:]


def _swapped(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return words[:at] + words[at : at + 2][::-1] + words[at + 2 :]


def _other_word(words: str, dice: random.Random, text: str) -> str:
    several = words.split(" ")
    several[dice.randrange(len(several))] = dice.choice(text.split())
    return " ".join(several)


def _word_left_out(words: str, dice: random.Random, _: str) -> str:
    several = words.split(" ")
    del several[dice.randrange(len(several))]
    return " ".join(several) or words


def _other_marks(words: str, dice: random.Random, _: str) -> str:
    return "".join(dice.choice(_MARKS) if letter in _MARKS else letter for letter in words)


def _wider(words: str, dice: random.Random, _: str) -> str:
    return "".join(dice.choice([" ", "  ", "\n", "\u00a0", "\r\n\t"]) if each == " " else each for each in words)


def _blank_inside(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return f"{words[:at]} {words[at:]}"


def _dots(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return words[:at] + dice.choice(["…", "...", " … ", " [...] "]) + words[at + dice.randrange(9) :]


def _invisible(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return words[:at] + dice.choice("\u200b\u200d\u200c\u00ad\u2060\ufeff\u200f\ufe0f") + words[at:]


def _without_accents(words: str, _: random.Random, __: str) -> str:
    return "".join(each for each in normalize("NFD", words) if category(each) != "Mn")


def _another_accent(words: str, dice: random.Random, _: str) -> str:
    at = _at(words, dice)
    return words[:at] + dice.choice("\u0301\u0300\u0308\u0327\u0323\u3099\u093c\u05b8\u064b") + words[at:]


def _full_width(words: str, _: random.Random, __: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in words)


Mutation = Callable[[str, random.Random, str], str]
MUTATIONS: dict[str, Mutation] = {
    "none": lambda words, _, __: words,
    "a character changed": _replaced,
    "a character dropped": _dropped,
    "a character doubled": _doubled,
    "two characters swapped": _swapped,
    "another word": _other_word,
    "a word left out": _word_left_out,
    "NFC": lambda words, _, __: normalize("NFC", words),
    "NFD": lambda words, _, __: normalize("NFD", words),
    "NFKC": lambda words, _, __: normalize("NFKC", words),
    "NFKD": lambda words, _, __: normalize("NFKD", words),
    "other quotation marks": _other_marks,
    "in quotation marks": lambda words, _, __: f"“{words}”",
    "capitals": lambda words, _, __: words.upper(),
    "small letters": lambda words, _, __: words.lower(),
    "wider white space": _wider,
    "white space around": lambda words, _, __: f"\n {words}\u3000",
    "no white space": lambda words, _, __: words.replace(" ", ""),
    "a blank inside": _blank_inside,
    "look-alikes": lambda words, _, __: words.translate(_LOOK_ALIKES),
    "dots": _dots,
    "three dots for one": lambda words, _, __: words.replace("…", "..."),
    "dots at the end": lambda words, _, __: f"{words}…",
    "an invisible character": _invisible,
    "without accents": _without_accents,
    "another accent": _another_accent,
    "full width": _full_width,
    "without the last character": lambda words, _, __: words[:-1] or words,
    "without the first character": lambda words, _, __: words[1:] or words,
}


def texts_of(form: str) -> dict[str, str]:
    """Return the text of each script in a normal form."""
    return {script: normalize(form, text) for script, text in TEXTS.items()}


def mutated(texts: dict[str, str], many: int, dice: random.Random) -> Iterator[MutatedQuotation]:
    """Yield so many changed quotations for each text: each a passage between blanks, or any in a script without."""
    for script, text in texts.items():
        for number in range(many):
            how = list(MUTATIONS)[number % len(MUTATIONS)]
            words = MUTATIONS[how](_passage(text, dice), dice, text)
            if words.strip():
                yield MutatedQuotation(script, how, words)


def _passage(text: str, dice: random.Random) -> str:
    while True:
        start = dice.randrange(len(text) - 10)
        passage = text[start : start + dice.randrange(8, 70)]
        if passage.count(" ") > 2:
            passage = passage.partition(" ")[2].rpartition(" ")[0]
        places = same_words(text, passage)
        if len(passage.strip()) > 3 and len(places) == 1:
            return passage.strip()


def same_words(text: str, words: str) -> list[tuple[int, int]]:
    """Return the parts of a text that are these words, by trying all: whole words, equal in NFC but for blanks.

    Parts that are equal without normalisation are returned alone.
    """
    wanted = _normal(words)
    found = []
    starts, ends = _edges(text)
    for start in starts if wanted else ():
        first = normalize("NFD", text[start])[0]
        if first != normalize("NFD", wanted)[0] and not combining(first):  # marks alone may change places
            continue
        for end in ends[bisect_right(ends, start) :]:
            if end > start + 3 * len(wanted) + 9:
                break
            if _normal(text[start:end]) == wanted:
                found.append((start, end))
    exact = [(start, end) for start, end in found if text[start:end].split() == words.split()]
    return exact or found


@lru_cache(maxsize=64)
def _edges(text: str) -> tuple[list[int], list[int]]:
    """Return where words may begin in a text, and where they may end."""
    starts = [at for at in range(len(text)) if not text[at].isspace() and not (at and _is_cut(text, at))]
    ends = [at for at in range(1, len(text) + 1) if not text[at - 1].isspace()]
    return starts, [at for at in ends if at == len(text) or not _is_cut(text, at)]


def _normal(words: str) -> str:
    return normalize("NFC", " ".join(words.split()))


def _is_cut(text: str, at: int) -> bool:
    """Tell whether a word, or a character with its marks, goes on here."""
    left, right = text[at - 1], text[at]
    if left.isspace() or right.isspace():
        return False
    joiners = "\u00ad\u200c\u200d\u2060"
    if category(right).startswith("M") or left in joiners or right in joiners:
        return True
    letters = right.isalnum() and (left.isalnum() or category(left).startswith("M"))
    return letters and not any(unicodedata.name(each, "?").split()[0] in _UNSPACED for each in (left, right))


def tried(folder: Path, form: str, many: int, seed: int) -> Counts:
    """Import so many changed quotations of each script, and count what kg took for which.

    The texts are in a normal form, `NFC` or `NFD`. Each proposal has a speaker of its own, so that none is known.
    """
    texts = texts_of(form)
    annotators = 'annotators: {spotter: {name: S, type: SoftwareApplication, version: "1"}}\n'
    config = (
        "base: https://kg.example/\ntitle: x\nlanguage: und\n"
        "licence: https://creativecommons.org/licenses/by/4.0/\n" + annotators
    )
    lay(folder, {"corpus.yaml": config, **{f"{name}.txt": f"date 2026 {text}\n" for name, text in texts.items()}})
    quotations = list(mutated(texts, many, random.Random(seed)))
    lines = (
        json.dumps({"article": each.script, "quotation": each.words, "speaker": f"{number:05}"})
        for number, each in enumerate(quotations)
    )
    (folder / "out.json").write_text("\n".join(lines), encoding="utf-8")
    kg.open(folder).propose(folder / "out.json", by="spotter")
    accepted = _accepted(folder, texts)
    places = [same_words(texts[each.script], each.words) for each in quotations]
    each_place = list(enumerate(zip(quotations, places, strict=True)))
    wrong_accepted = [each for number, (each, at) in each_place if number in accepted and [accepted[number]] != at]
    right_refused = [each for number, (each, at) in each_place if len(at) == 1 and number not in accepted]
    right = sum(len(each) == 1 for each in places)
    several = sum(len(each) > 1 for each in places)
    return Counts(right, len(quotations) - right - several, several, wrong_accepted, right_refused)


def _accepted(folder: Path, texts: dict[str, str]) -> dict[int, tuple[int, int]]:
    """Return where each quotation that became a claim stands, by its number."""
    from kg.annotations.classes import Words
    from kg.corpus import read_article, read_corpus
    from kg.corpus.folder import reading_sources

    found = {}
    for source in reading_sources(read_corpus(folder), "spotter"):
        file = read_article(source).annotations
        for claim in file.claims.values() if file else ():
            words = claim.words if isinstance(claim.words, Words) else Words(str(claim.words))
            text = texts[source.article]
            start = words.start if words.start >= 0 else same_words(text, words.words)[0][0]
            assert text[start : start + len(words.words)] == words.words
            found[int(str(claim.note).removeprefix("to decide: speaker "))] = (start, start + len(words.words))
    return found
