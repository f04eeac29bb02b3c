"""Plug-ins: packages that add importers, export formats, shapes, named questions or nodes of the graph.

A plug-in is an entry point of the group `kg`: a module or an object with functions marked `@hookimpl`, named as
those of `Hooks`. Plug-ins are looked for only when something is asked for that one may give. Importers, formats and
questions serve every corpus; shapes and nodes serve a corpus whose corpus.yaml lists the plug-in under `plugins`,
so that what is published depends on the corpus alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pluggy

from kg.errors import CorpusError, Finding, Spot, UsageError
from kg.model import Article, Claim
from kg.rdf.terms import Node
from kg.rdf.vocab import NAMESPACES

GROUP = "kg"
F = TypeVar("F", bound=Callable[..., Any])

_spec = pluggy.HookspecMarker(GROUP)
_impl = pluggy.HookimplMarker(GROUP)


def hookimpl(function: F) -> F:
    """Mark a function of a plug-in that implements one of `Hooks`."""
    return _impl(function)


class Hooks:
    """What a plug-in can give. It implements the functions it needs, and leaves the others out."""

    @_spec
    def kg_importers(self) -> Mapping[str, object]:  # type: ignore[empty-body]
        """Return importers by their name in `kg import`: modules with `read`, as those of `kg.importers`."""

    @_spec
    def kg_formats(self) -> Iterable[object]:  # type: ignore[empty-body]
        """Return formats (`kg.formats.ClaimFormat`) that `kg export` can write besides its own."""

    @_spec
    def kg_questions(self) -> Iterable[Path]:  # type: ignore[empty-body]
        """Return files of named questions (`NAME.rq`), as those of `kg query`."""

    @_spec
    def kg_shapes(self) -> Iterable[Path]:  # type: ignore[empty-body]
        """Return files of SHACL shapes that a corpus which lists the plug-in must conform to."""

    @_spec
    def kg_article_nodes(self, article: Article) -> Iterable[Node]:  # type: ignore[empty-body]
        """Return further nodes of an article, with properties of the plug-in's own."""

    @_spec
    def kg_claim_nodes(self, claim: Claim, article: Article) -> Iterable[Node]:  # type: ignore[empty-body]
        """Return further nodes of a claim, with properties of the plug-in's own."""


class Plugin(NamedTuple):
    """An installed plug-in: its name, its package with version, and its hooks, or why it cannot be used."""

    name: str
    package: str
    hooks: Any = None
    fault: str = ""

    def call(self, hook: str, **arguments: object) -> Any:
        """Return what a hook of the plug-in returns, None if it does not implement it."""
        function = getattr(self.hooks, hook, None)
        return function(**arguments) if function else None


@cache
def installed() -> Mapping[str, Plugin]:
    """Return the installed plug-ins by name. Raises `UsageError` if two have the same name."""
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda each: (each.name, _package(each))):
        other = found.setdefault(entry.name, entry)
        if other.value != entry.value or _package(other) != _package(entry):
            raise UsageError(
                f"two plug-ins have the name {entry.name}, of {_package(other)} and of {_package(entry)}: "
                "uninstall one of them"
            )
    return {name: _loaded(entry) for name, entry in found.items()}


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def _loaded(entry: EntryPoint) -> Plugin:
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(Hooks)
    try:
        manager.register(entry.load(), entry.name)
        manager.check_pending()
    except Exception as error:  # noqa: BLE001  # whatever the module of a stranger raises, only the plug-in is lost
        return Plugin(entry.name, _package(entry), fault=f"{type(error).__name__}: {error}")
    return Plugin(entry.name, _package(entry), _FirstResults(manager))


class _FirstResults:
    """Calls the hooks of one plug-in: its own result instead of a list of results."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._hook = manager.hook

    def __getattr__(self, name: str) -> Callable[..., Any] | None:
        caller = getattr(self._hook, name)
        if not caller.get_hookimpls():
            return None
        return lambda **arguments: next(iter(caller(**arguments)), None)


def broken() -> list[str]:
    """Return a sentence for each plug-in that cannot be used."""
    return [
        f"the plug-in {each.name} ({each.package}) cannot be used: {each.fault}"
        for each in installed().values()
        if each.fault
    ]


def given_by_plugins(hook: str) -> Iterator[tuple[Plugin, Any]]:
    """Yield what each usable plug-in returns for a hook that serves every corpus."""
    for plugin in installed().values():
        if not plugin.fault and (result := plugin.call(hook)) is not None:
            yield plugin, result


def named_by_plugins(hook: str) -> dict[str, Any]:
    """Return what plug-ins give by name. Raises `UsageError` if two give the same name."""
    found: dict[str, tuple[Plugin, Any]] = {}
    for plugin, result in given_by_plugins(hook):
        for name, value in result.items():
            if name in found:
                other = found[name][0]
                raise UsageError(
                    f"two plug-ins give {name}: {other.name} ({other.package}) and {plugin.name} "
                    f"({plugin.package}): uninstall one of them"
                )
            found[name] = plugin, value
    return {name: value for name, (_, value) in found.items()}


class ActivePlugins(NamedTuple):
    """The plug-ins that a corpus lists, in that order."""

    plugins: tuple[Plugin, ...] = ()

    @property
    def versions(self) -> tuple[str, ...]:
        """The packages with their versions: what a cache depends on."""
        return tuple(f"{each.name} of {each.package}" for each in self.plugins)

    def shapes(self) -> list[Path]:
        """Return the files of shapes."""
        return [Path(path) for each in self.plugins for path in each.call("kg_shapes") or ()]

    def nodes_of(self, article: Article) -> list[Node]:
        """Return the nodes that the plug-ins add to an article and its claims."""
        return [node for plugin in self.plugins for node in _nodes_of(plugin, article)]


def _nodes_of(plugin: Plugin, article: Article) -> Iterator[Node]:
    """Yield the nodes of a plug-in. Raises `UsageError` if it uses a property that kg itself may write."""
    nodes = list(plugin.call("kg_article_nodes", article=article) or ())
    for claim in article.claims:
        nodes += plugin.call("kg_claim_nodes", claim=claim, article=article) or ()
    for node in nodes:
        for predicate in node.properties:
            if is_ours(predicate):
                raise UsageError(
                    f"the plug-in {plugin.name} ({plugin.package}) must use properties of its own, and gives "
                    f"{node.subject} {predicate}"
                )
        yield node


def is_ours(predicate: str) -> bool:
    """Tell whether a property is of a vocabulary that kg writes itself."""
    return any(predicate[1:-1].startswith(each.base) for each in NAMESPACES.values())


def active_plugins(names: Sequence[str], file: str) -> ActivePlugins:
    """Return the plug-ins that a corpus.yaml lists. Raises `CorpusError` if one cannot be used."""
    if not names:
        return ActivePlugins()
    known = installed()
    findings = [_unusable(name, Spot(file, ("plugins", n))) for n, name in enumerate(names)]
    if wrong := [each for each in findings if each]:
        raise CorpusError(wrong)
    return ActivePlugins(tuple(known[name] for name in dict.fromkeys(names)))


def _unusable(name: str, at: Spot) -> Finding | None:
    plugin = installed().get(name)
    if plugin is None:
        others = ", ".join(f"`{each}`" for each in installed())
        message = f"the plug-in `{name}` must be installed, and " + (f"only {others} is" if others else "none is")
        return Finding("violation", f"{message}: install it, or delete it here", "plugin-missing", at)
    if plugin.fault:
        message = f"the plug-in `{name}` of {plugin.package} cannot be used: {plugin.fault}"
        return Finding("violation", message, "plugin-broken", at)
    return None
