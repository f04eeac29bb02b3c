"""Builds what the pages and their tests take from npm: `python tests/browser_assets.py` (it needs npm).

Oxigraph becomes one classic script, so that it runs from a disk, where browsers load neither modules nor
WebAssembly: its exports are gathered in an object, and its WebAssembly is carried inside, compressed.
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

OXIGRAPH = ROOT / "src" / "kg" / "pages" / "assets" / "oxigraph.js"
AXE = ROOT / "tests" / "browser" / "axe.min.js"
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
_LICENCE = """/*! Oxigraph {version}, built from npm's package `oxigraph` by tests/browser_assets.py.
{licence}*/
"""


def package(name: str, folder: Path) -> Path:
    """Download a package and return its folder. Raises `ValueError` where it is not the one that was meant."""
    version, integrity = PACKAGES[name]
    done = subprocess.run(
        ["npm", "pack", "--json", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / json.loads(done.stdout)[0]["filename"]
    if base64.b64encode(sha512(archive.read_bytes()).digest()).decode() != integrity:
        raise ValueError(f"{name} {version} is not what it was")
    subprocess.run(["tar", "-xzf", archive.name], cwd=folder, check=True)
    return (folder / "package").rename(folder / name)


def classic(module: str, wasm: bytes) -> str:
    """Return a module of wasm-bindgen as a classic script that sets `kgOxigraph`, a promise of its exports."""
    names = re.findall(r"^export (?:class|function) (\w+)", module, re.MULTILINE)
    body = re.sub(r"^export (?=class|function)", "", module, flags=re.MULTILINE)
    body = re.sub(r"^export \{.*\};$", "", body, flags=re.MULTILINE).replace("import.meta.url", "location.href")
    packed = base64.b64encode(gzip.compress(wasm, mtime=0)).decode()
    return f""""use strict";
window.kgOxigraph = (async () => {{
{body}
const packed = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
const unpacked = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
await __wbg_init({{ module_or_path: await unpacked.arrayBuffer() }});
return {{ {", ".join(names)} }};
}})();
"""


def main() -> None:
    """Write the assets."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        oxigraph, axe = package("oxigraph", folder), package("axe-core", folder)
        licence = (Path(__file__).parent / "browser" / "LICENSE.oxigraph").read_text(encoding="utf-8")
        head = _LICENCE.format(version=PACKAGES["oxigraph"][0], licence=licence)
        module = (oxigraph / "web.js").read_text(encoding="utf-8")
        OXIGRAPH.write_text(head + classic(module, (oxigraph / "web_bg.wasm").read_bytes()), encoding="utf-8")
        AXE.write_bytes((axe / "axe.min.js").read_bytes())
        (AXE.parent / "LICENSE.axe-core").write_bytes((axe / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
