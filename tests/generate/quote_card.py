"""Draws the picture that links to a site show elsewhere: `python tests/generate/quote_card.py` (it needs Chromium).

It is the same for every site, and has no text: no font is needed, and no language.
"""

from __future__ import annotations

from support import ROOT
from support.browsers import launched

CARD = ROOT / "src" / "kg" / "publish" / "site" / "assets" / "card.png"
SIZE = {"width": 1200, "height": 630}
_MARK = (
    "M0 150 C0 70 40 18 108 0 L122 30 C86 46 66 70 64 98 C98 98 122 122 122 156 C122 194 94 220 60 220 "
    "C22 220 0 192 0 150 Z"
)
# The width of each line of a text, and how its form is underlined: direct, partial, indirect.
_LINES = ((760, "#2563a8", ""), (690, "#0f766e", "26 14"), (420, "#9a6200", "5 13"))


def card() -> str:
    """Return the picture as SVG."""
    lines = "".join(
        f'<rect x="320" y="{180 + 120 * number}" width="{width}" height="34" rx="8" fill="#e3dfd7"/>'
        f'<path d="M320 {232 + 120 * number}h{width}" stroke="{colour}" stroke-width="7" '
        f'stroke-dasharray="{dashes}"/>'
        for number, (width, colour, dashes) in enumerate(_LINES)
    )
    marks = "".join(
        f'<path transform="translate({x} 160) scale(.62)" d="{_MARK}" fill="#1b4d80"/>' for x in (110, 200)
    )
    frame = (
        '<rect width="1200" height="630" fill="#fdfcfa"/><rect y="606" width="1200" height="24" fill="#1b4d80"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">{frame}{marks}{lines}</svg>'


def main() -> None:
    """Draw the picture."""
    with launched() as chromium:
        page = chromium.new_page(viewport=SIZE)
        page.set_content(f"<style>body {{ margin: 0 }}</style>{card()}")
        CARD.write_bytes(page.screenshot())


if __name__ == "__main__":
    main()
