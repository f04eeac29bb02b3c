"""Builds what the pages and their tests take from npm: `python tests/generate/browser_assets.py` (it needs npm).

Oxigraph becomes one classic script, so that it runs from a disk, where browsers load neither modules, WebAssembly
nor workers: a function whose source a worker can be made of, and its WebAssembly, compressed. CodeMirror becomes
one, too, of what tests/data/browser/editor.mjs takes of it.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import tempfile
from hashlib import sha512
from pathlib import Path

from support import ROOT

OXIGRAPH = ROOT / "src" / "kg" / "publish" / "site" / "assets" / "oxigraph.js"
EDITOR = ROOT / "src" / "kg" / "publish" / "site" / "assets" / "editor.js"
AXE = ROOT / "tests" / "data" / "browser" / "axe.min.js"
# Each package with its version and the integrity that npm gives for it.
PACKAGES = {
    "oxigraph": (
        "0.5.11",
        "zKdgmp1tsrutGzC1lCCywwZRPpLJKaJnKSDWoY2hIhMiwiCRRXNN1DU7WUyTInBvgPKT8Y5N+RgwTL8qKXpLng==",
    ),
    "axe-core": (
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
}
# CodeMirror and all that it needs.
EDITOR_PACKAGES = {
    "@codemirror/commands": (
        "6.11.1",
        "O/4hG3SC1YwcmQ0d2UVNDs+AsaNWd1iHVxbTeEBuqH+6bExAiPK3iS/BvpY6rZGURALv4ZD3sIgcCmRvw3ehBg==",
    ),
    "@codemirror/language": (
        "6.13.1",
        "zfvU2r3TyylQLMj/te+5CnQ0rSqZi8B1oTCBbQkagcLW4Xc6imab6qN+pEJhsuNOLaJqiRyBXp9UhWA1DhVvDw==",
    ),
    "@codemirror/legacy-modes": (
        "6.5.5",
        "9ltT214oMb3Y1w5eAZMSigzrjzZnMI2Wa3Feq73rU/i4C56MkwrpfswfQYOr28C5pXr6dWwspNTMyeHXlzWMxg==",
    ),
    "@codemirror/state": (
        "6.7.6",
        "kAz+AncRtKuIknedxT1bq4XwXv4UowhbkHU1myPrtVb/jZtImWuV5BXzv5vK6i3kYACsdiZiQKFQQ5Mq7elW8w==",
    ),
    "@codemirror/streamparser": (
        "6.0.0",
        "JTFPF6xrfjt0mnfGPgzcLiMwYmvIyNaoizp8BYzv8FE8KrT6GBGDZ190rtt+O7Wke3gG/MFHyiY9YGNeimof4w==",
    ),
    "@codemirror/view": (
        "6.43.15",
        "HHsfpqFeHyXLs983pSRe38Xajs0vFWZQ2BuX0m7Ki8w3jZ5iD8cuR3lBz2/5/X53Dhf32SBHKh6rtSTB6tKeGw==",
    ),
    "@lezer/common": (
        "1.5.5",
        "Pw7PVCndruF1pb3ebCxpSVpkMHSDjwRCLcTRw+RizUKco5QbWylwq2g4lnG/RYN7yTTQDXE9F77MwtkAyphrjg==",
    ),
    "@lezer/highlight": (
        "1.2.5",
        "O1GMVKgtf5YspFaRzpmqkVgMtIk2HG9uMAbH6wdAIdNh3TVzCsch/+cRi+6l2//UGDKe6NB9BW3cvuR5ezMQ0w==",
    ),
    "@lezer/lr": (
        "1.4.12",
        "On9HU4oMMiHPMkQDgoTnGahjgG5n/MkN38CgG77sMraKLL+3JBbeQNi1FcCXV9QRqwF9/BUXP3caHyJC1fBOTQ==",
    ),
    "@marijn/find-cluster-break": (
        "1.0.4",
        "Wy0V7+SGUjnF9/TkiM1hKVDPj7jKXduPNboMVtHTA8dySMURWqfg/JZ9E2Sq8JgSJmkl7k7Qe9FLeMSrSraWmQ==",
    ),
    "crelt": (
        "1.0.7",
        "aK6BbWfhf4U/wCcLHKPJl/xa6VkVstRaPywWtMKGwuOLc/wZTyQYuoxgvZnNsBvv7Kg3YTBQYYBCggcviQczuA==",
    ),
    "style-mod": (
        "4.1.5",
        "WQ2llCZa9sZSkJA+aOwpg5DkfbAXFKGh//t3MRTBeruFiSBC+GXUmbBzrw3bXyboCWAbtCW9InDfBsXrRD/rAg==",
    ),
    "w3c-keyname": (
        "2.2.8",
        "dpojBhNsCNN7T82Tm7k26A6G9ML3NkhDsnw9n/eoxSRlVBB4CEtIQ/KTCLI2Fwf3ataSXRhYFkQi3SlnFwPvPQ==",
    ),
}
# Without these words CodeMirror's styles are constructed, which the policy of the pages allows; else they are a
# `style` element, which it does not.
_STYLED = "!root.head && "
BUNDLER = "esbuild@0.28.2"
MOST_PAGES = 16_384
"""The most memory of the engine in a browser, in pages of 64 KiB: 1 GiB."""
_MEMORY_SECTION = 5
_LICENCE = """/*! Oxigraph {version}, built from npm's package `oxigraph` by tests/generate/browser_assets.py.
{licence}*/
"""
_EDITOR_LICENCE = """/*! CodeMirror, built from npm's packages by tests/generate/browser_assets.py, all under MIT:
{packages}

{holders}

{licence}*/
"""


def package(name: str, folder: Path) -> Path:
    """Download a package and return its folder. Raises `ValueError` where it is not the one that was meant."""
    version, integrity = {**PACKAGES, **EDITOR_PACKAGES}[name]
    done = subprocess.run(
        ["npm", "pack", "--json", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / Path(json.loads(done.stdout)[0]["filename"]).name
    if base64.b64encode(sha512(archive.read_bytes()).digest()).decode() != integrity:
        raise ValueError(f"{name} {version} is not what it was")
    subprocess.run(["tar", "-xzf", archive.name], cwd=folder, check=True)
    place = folder / "node_modules" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return (folder / "package").rename(place)


def classic(module: str, wasm: bytes) -> str:
    """Return a module of wasm-bindgen as a classic script.

    `kgOxigraph` makes an object of its exports from a `WebAssembly.Module`, `kgOxigraphModule` makes that.
    """
    names = re.findall(r"^export (?:class|function) (\w+)", module, re.MULTILINE)
    body = re.sub(r"^export (?=class|function)", "", module, flags=re.MULTILINE)
    body = re.sub(r"^export \{.*\};$", "", body, flags=re.MULTILINE).replace("import.meta.url", "location.href")
    packed = base64.b64encode(gzip.compress(with_memory_limit(wasm), mtime=0)).decode()
    return f""""use strict";
window.kgOxigraph = async (compiled) => {{
{body}
await __wbg_init({{ module_or_path: compiled }});
return {{ {", ".join(names)} }};
}};
window.kgOxigraphModule = async () => {{
const packed = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
const unpacked = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
return WebAssembly.compile(await unpacked.arrayBuffer());
}};
"""


def with_memory_limit(wasm: bytes) -> bytes:
    """Return a WebAssembly module whose memory cannot grow above `MOST_PAGES`, so that no query takes all there is.

    https://webassembly.github.io/spec/core/binary/modules.html#memory-section
    """
    at = 8
    while wasm[at] != _MEMORY_SECTION:
        size, begin = _leb128(wasm, at + 1)
        at = begin + size
    size, begin = _leb128(wasm, at + 1)
    count, limits = wasm[begin], wasm[begin + 1]
    if (count, limits) != (1, 0):
        raise ValueError("this module has another memory than one without a limit")
    content = bytes((1, 1)) + wasm[begin + 2 : begin + size] + _as_leb128(MOST_PAGES)
    return wasm[:at] + bytes((_MEMORY_SECTION, len(content))) + content + wasm[begin + size :]


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return an unsigned number of a WebAssembly module, and where it ends."""
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at


def _as_leb128(number: int) -> bytes:
    encoded = []
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def editor(folder: Path) -> str:
    """Return CodeMirror as a classic script that sets `kgEditor`. Raises `ValueError` where its licences differ."""
    texts = [(package(name, folder) / "LICENSE").read_text(encoding="utf-8") for name in EDITOR_PACKAGES]
    (licence,) = {text[text.index("Permission") :] for text in texts}
    head = _EDITOR_LICENCE.format(
        packages="\n".join(f"{name} {version}" for name, (version, _) in EDITOR_PACKAGES.items()),
        holders="\n".join(sorted(set(re.findall(r"^Copyright.*", "\n".join(texts), re.MULTILINE)))),
        licence=licence,
    )
    (folder / "editor.mjs").write_bytes((ROOT / "tests" / "data" / "browser" / "editor.mjs").read_bytes())
    styles = folder / "node_modules" / "style-mod" / "src" / "style-mod.js"
    script = styles.read_text(encoding="utf-8")
    if _STYLED not in script:
        raise ValueError("style-mod asks in other words where styles go")
    styles.write_text(script.replace(_STYLED, ""), encoding="utf-8")
    options = ("--bundle", "--minify", "--format=iife", "--target=es2020", "--legal-comments=none")
    done = subprocess.run(
        ["npm", "exec", "--yes", BUNDLER, "--", "editor.mjs", *options],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return head + done.stdout


def main() -> None:
    """Write the assets."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        oxigraph, axe = package("oxigraph", folder), package("axe-core", folder)
        licence = (ROOT / "tests" / "data" / "browser" / "LICENSE.oxigraph").read_text(encoding="utf-8")
        head = _LICENCE.format(version=PACKAGES["oxigraph"][0], licence=licence)
        module = (oxigraph / "web.js").read_text(encoding="utf-8")
        OXIGRAPH.write_text(head + classic(module, (oxigraph / "web_bg.wasm").read_bytes()), encoding="utf-8")
        EDITOR.write_text(editor(folder), encoding="utf-8")
        AXE.write_bytes((axe / "axe.min.js").read_bytes())
        (AXE.parent / "LICENSE.axe-core").write_bytes((axe / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
