"""Names and IRIs of rules.

`words-not-found` is one of kg's rules, `sh:minCount` one of SHACL's; other constraint components have their IRI.
"""

from __future__ import annotations

from kg.rdf.terms import Iri, iri, iri_text

SH = "http://www.w3.org/ns/shacl#"
OURS = "https://w3id.org/kg-claims/rules#"
_END = "ConstraintComponent"
_ACRONYMS = {"sparql": "SPARQL", "js": "JS"}
_BY_ACRONYM = {acronym: name for name, acronym in _ACRONYMS.items()}


def rule_of(component: Iri) -> str:
    """Return the rule of a constraint component: `sh:minCount` of `sh:MinCountConstraintComponent`."""
    text = iri_text(component)
    if not (text.startswith(SH) and text.endswith(_END)):
        return text
    name = text[len(SH) : -len(_END)]
    return "sh:" + (_BY_ACRONYM.get(name) or name[:1].lower() + name[1:])


def rule_iri(rule: str) -> Iri:
    """Return the IRI of a rule; for a rule of SHACL that of its constraint component."""
    if rule.startswith("sh:"):
        return iri(SH + _component(rule))
    return iri(rule if ":" in rule else OURS + rule)


def rule_title(rule: str) -> str:
    """Return the title of a rule in a list for people."""
    return rule if ":" in rule else rule.replace("-", " ").capitalize()


def rule_page(rule: str) -> str:
    """Return the page that explains a rule of SHACL; `""` for other rules."""
    if not rule.startswith("sh:") or rule[3:] in _ACRONYMS:
        return ""
    return f"https://www.w3.org/TR/shacl/#{_component(rule)}"


def _component(rule: str) -> str:
    name = rule.removeprefix("sh:")
    return (_ACRONYMS.get(name) or name[:1].upper() + name[1:]) + _END
