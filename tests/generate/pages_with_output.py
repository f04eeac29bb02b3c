"""Writes pages anew, each command with its output of now, all or some: `… docs/year.md`."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from support import ROOT, SEEDS
from support.readme import command_of
from support.shells import run

PAGES = {"README.md": {"seeds": SEEDS}, "docs/year.md": {".": ROOT / "tests" / "data" / "year"}}
"""The pages, and what is in the folder in which the commands of each run."""


def renewed(page: str, folder: Path) -> str:
    """Return the page with the outputs that its commands and its Python give in a folder."""

    def console(block: re.Match[str]) -> str:
        commands = [command_of(part) for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]]
        return "```console\n" + "".join(each.shown + run(each.text, folder) for each in commands) + "```"

    def python(block: re.Match[str]) -> str:
        code = block[1].partition("\n# prints\n")[0]
        (folder / "shown.py").write_text(code, encoding="utf-8")
        printed = run(f"{sys.executable} shown.py", folder).splitlines()
        return f"```python\n{code}\n# prints\n" + "".join(f"# {line}\n" for line in printed) + "```"

    page = re.sub(r"^```console\n(.*?)^```$", console, page, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^```python\n(.*?)^```$", python, page, flags=re.DOTALL | re.MULTILINE)


if __name__ == "__main__":
    for name in sys.argv[1:] or PAGES:
        with tempfile.TemporaryDirectory() as folder:
            for place, content in PAGES[name].items():
                shutil.copytree(content, Path(folder, place), dirs_exist_ok=True)
            page = ROOT / name
            page.write_text(renewed(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
