"""The library: `import kg`, then `kg.open` a corpus, read its claims, validate, write, query or load it.

Nothing is published without validation: `Corpus.write`, `to_rdflib`, `to_oxigraph`, `query` and `load` raise
`CorpusError` if the corpus has a violation, and nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, overload

from kg.corpus import read_article, sources
from kg.errors import CorpusError, Finding, UsageError
from kg.meaning import read_meaning
from kg.meaning.records import ArticleRecord, ClaimRecord, article_record
from kg.pipeline.publication import Engine, Publication, open_publication, validated_graphs
from kg.rdf.terms import Graph, Iri, Literal, Node, Term

if TYPE_CHECKING:
    import pandas
    import pyoxigraph
    import rdflib

    from kg.corpus.writer import Plain
    from kg.history.adjudication import Adjudication
    from kg.history.agreement import Agreement
    from kg.history.anchor_decisions import AnchorDecision
    from kg.history.changes import Change
    from kg.history.proposals import Proposal
    from kg.history.proposals_import import ProposalReport
    from kg.history.published_claims import Decided
    from kg.history.renaming import Renaming
    from kg.history.revising import Revised
    from kg.query.query_parameters import QueryableStore
    from kg.query.remote_store import StoreAddresses, TripleStore

Target = str | PathLike[str] | IO[bytes]
"""Where to write: a file's name, or a binary stream."""


class Report(Sequence[Finding]):
    """The findings of a validation, each at its place in a file.

    >>> report = kg.open("seeds").validate()
    >>> report.ok, len(report)
    (True, 0)
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        from kg.corpus.reader import located
        from kg.findings.results import in_order

        self._findings = in_order(located(findings))

    def __len__(self) -> int:
        return len(self._findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> list[Finding]: ...

    def __getitem__(self, index: int | slice) -> Finding | list[Finding]:
        return self._findings[index]

    @property
    def ok(self) -> bool:
        """Whether there is no violation; there may be warnings."""
        return all(finding.severity != "violation" for finding in self._findings)

    def raise_for_violations(self) -> None:
        """Raise `CorpusError` with all findings if one is a violation."""
        if not self.ok:
            raise CorpusError(self._findings)

    def to_text(self) -> str:
        """Return the report that `kg validate` prints, with the lines that findings are about."""
        return self._written("text")

    def to_json(self) -> str:
        """Return the findings as JSON, as `kg validate --format json` does."""
        return self._written("json")

    def to_sarif(self) -> str:
        """Return the report in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanners."""
        return self._written("sarif")

    def _written(self, name: str) -> str:
        from kg.findings.reports import REPORTS

        return "".join(REPORTS[name](self._findings, colour=False))


class Corpus:
    """A corpus of articles and claims. `kg.open` opens one."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    @property
    def base(self) -> str:
        """The base IRI of everything in the corpus.

        >>> kg.open("seeds").base
        'https://kg.example/'
        """
        return self._publication.index.iris.base

    @property
    def entities(self) -> Mapping[str, str]:
        """The name of each entity by its id, in the language of the corpus if it has one there.

        >>> kg.open("seeds").entities["macron"]
        'Emmanuel Macron'
        """
        index = self._publication.index
        language = index.dataset.language
        return {id: _in_language(entity.names, language) for id, entity in index.entities.items()}

    def articles(self) -> Iterator[ArticleRecord]:
        """Yield the articles in the order of their files, one in memory at a time; drafts are left out.

        Raises `CorpusError` at the first article that has a violation.

        >>> [article.id for article in kg.open("seeds").articles()]
        ['000_411f4785dd135aae']
        """
        for source in sources(self._publication.corpus):
            written = read_article(source)
            meant, findings, _ = read_meaning(written, self._publication.index)
            Report(findings).raise_for_violations()
            if meant and written.annotations and written.annotations.annotation.status != "draft":
                yield article_record(meant, self.base)

    def claims(self) -> Iterator[ClaimRecord]:
        """Yield the claims of all articles, as `articles` does.

        >>> claim = next(kg.open("seeds").claims())
        >>> claim.speakers, claim.act, claim.said.earliest
        (('stoltenberg',), 'rejects', '2020-02-01')
        """
        for article in self.articles():
            yield from article.claims

    def claim(self, id: str) -> ClaimRecord:
        """Return a claim by its id, `ARTICLE/CLAIM`. Raises `KeyError` if there is none.

        >>> kg.open("seeds").claim("000_411f4785dd135aae/c26").words
        'de “hersendood” van de alliantie'
        """
        for claim in self.claims():
            if claim.id == id:
                return claim
        raise KeyError(id)

    def validate(self, shapes: Sequence[str | PathLike[str]] = (), *, own_shapes: bool = True) -> Report:
        """Return what is wrong, checked against kg's shapes and yours (files or folders of SHACL).

        Without `own_shapes`, kg's are left out.

        >>> kg.open("seeds").validate().ok
        True
        """
        publication = self._publication
        if shapes or not own_shapes:
            more = [*publication.more_shapes, *map(Path, shapes)]
            publication = open_publication(
                publication.corpus.root, engine=publication.engine, more_shapes=more, own_shapes=own_shapes
            )
        from kg.history.readings import reading_findings

        findings = [finding for article in publication.mapped_articles() for finding in article.findings]
        return Report([*findings, *reading_findings(publication)])

    def changes_since(self, earlier: Corpus) -> list[Change]:
        """Return what happened to the corpus, its entities, articles and claims since an earlier state of it.

        Raises `CorpusError` if an article of either cannot be read.

        >>> kg.open("seeds").changes_since(kg.open("seeds"))
        []
        """
        from kg.history.changes import changes

        return list(changes(earlier._publication.corpus, self._publication.corpus))

    def release(
        self, version: str, *, issued: str, folder: str | PathLike[str] = "", jobs: int | None = 1
    ) -> list[Change]:
        """Validate, write a release, and return what changed since the last one beside it; nothing for the first.

        `issued` is its day, `folder` a new folder, `releases/VERSION` if left out. Raises `UsageError` if the
        release exists, and `CorpusError` if there is a violation; then nothing is written.

        >>> kg.open("seeds").release("1.0", issued="2026-12-01")
        []
        >>> kg.verify("releases/1.0").ok
        True
        """
        from kg.pipeline.export import unwatched
        from kg.pipeline.run import make_plan
        from kg.publish.release import ReleaseRequest, make_release

        place = Path(folder or Path("releases", version))
        plan = make_plan(self._publication.corpus, jobs)
        request = ReleaseRequest(version, issued, place, plan, lambda _label: unwatched(0))
        return make_release(self._publication, request).changes

    def agreement(
        self,
        annotators: Sequence[str] = (),
        *,
        published: bool = False,
        overlap: float = 0.5,
        gamma: bool = False,
    ) -> Agreement:
        """Return how far annotators agree: those named, by default all who have a folder in `readings/`.

        With `published`, what the corpus publishes is compared too. Two claims are the same if at least `overlap`
        of the characters that either has are in both. `gamma` adds γ of the passages, and needs the extra `gamma`:
        `pip install 'kg-claims[gamma]'`. Raises `UsageError` if no two read the same article, and `CorpusError` if
        a reading has a violation.

        >>> found = kg.open("newsroom").agreement()
        >>> found.annotators, found.passages(("anna", "ben")).both, found.field("act").equal
        (('anna', 'ben'), 3, 2)
        """
        from kg.history.readings import read_agreement

        return read_agreement(self._publication, annotators, published=published, overlap=overlap, gamma=gamma)

    def propose(
        self, *files: str | PathLike[str], by: str, mapping: str = "", strict: bool = False
    ) -> ProposalReport:
        """Read what a program proposes in files, and add it to the program's readings, which are not published.

        `by` is the program, an annotator of the corpus. The files have a quotation a line, or are the output of
        LangExtract; `mapping` is a preset or a file. The report has the quotations that their articles do not have.
        Raises `UsageError` if `by` is no program of the corpus, `CorpusError` if a file has no proposals or a
        reading has a violation; if `strict`, also if anything is left out. Then nothing is written.

        >>> report = kg.open("news").propose("out.jsonl", by="spotter")
        >>> report.added, [unfound.quotation for unfound in report.left.quotations]
        (1, ['We will pay for the dike'])
        """
        from kg.history.proposals_import import ProposalSettings, import_proposals

        settings = ProposalSettings(by, mapping, strict=strict)
        return import_proposals(self._publication, [Path(file) for file in files], settings)

    def proposals(self, articles: Sequence[str] = ()) -> list[Proposal]:
        """Return the claims that programs propose and nobody has decided on; of all articles by default.

        Articles are named by their paths without suffix. Raises `CorpusError` if a reading has a violation.

        >>> [(each.id, each.record.words) for each in kg.open("news").proposals()]
        [('port/spotter/c02', 'hundreds will lose their jobs')]
        """
        from kg.history.proposals import open_proposals

        return list(open_proposals(self._publication, articles))

    def accept(self, proposal: str, *, by: str, on: str, **fields: Plain | None) -> Decided:
        """Publish a proposal, by its id, and return what was written.

        `by` is the person who decides, an annotator, and `on` the day. `fields` are those of the claim that get
        other values than proposed (None: no value). Raises `UsageError` if a program decides or there is something
        left to decide, `CorpusError` if the claim would have a violation: then nothing is written.

        >>> kg.open("news").accept("port/spotter/c01", by="anna", on="2026-06-01", act="announces").claims
        ('c05',)
        """
        from kg.history.decisions import Adjudicator
        from kg.history.proposals import Choice, find_proposal, settle

        found = find_proposal(self._publication, proposal)
        return settle(self._publication, found, Choice(True, fields), Adjudicator(by, on))

    def refuse(self, proposal: str, *, by: str, on: str, why: str = "") -> Decided:
        """Refuse a proposal, so that it is not asked again, and return what was written. Raises as `accept` does.

        >>> kg.open("news").refuse("port/spotter/c02", by="anna", on="2026-06-01", why="No claim.").claims
        ()
        """
        from kg.history.decisions import Adjudicator
        from kg.history.proposals import Choice, find_proposal, settle

        found = find_proposal(self._publication, proposal)
        return settle(self._publication, found, Choice(False, why=why), Adjudicator(by, on))

    def revise(
        self,
        article: str,
        new: str | PathLike[str],
        decisions: Mapping[str, AnchorDecision] | None = None,
        *,
        issued: str = "",
        dry_run: bool = False,
    ) -> Revised:
        """Give an article, named by its path in the corpus, the text in the file `new`, which its paper corrected.

        Claims whose words are still at their place stay as they are; `decisions` say what becomes of the others, by
        id. If one is missing, it is among `undecided`, and nothing is written. `issued` is when the paper published
        the text (EDTF). Raises `UsageError` for a decision that cannot be carried out,
        `CorpusError` if the article has, or would have, a violation, `FileError` if it cannot be written.

        >>> corpus, keep = kg.open("corrections"), kg.AnchorDecision("keep")
        >>> [each.id for each in corpus.revise("jobs", "jobs-corrected.txt").undecided]
        ['c01', 'c03', 'c04', 'sources/owner']
        >>> corpus.revise("jobs", "jobs-corrected.txt", dict.fromkeys(("c01", "c03", "c04"), keep)).version
        2
        """
        from kg.history.revising import ArticleRevision

        revision = ArticleRevision(self._publication, article, Path(new), issued)
        return revision.revise(decisions or {}, dry_run=dry_run)

    def readings(self) -> dict[str, list[str]]:
        """Return the annotators who have a reading of each article, by the path of its text without `.txt`.

        >>> kg.open("newsroom").readings()
        {'dyke': ['ben'], 'port': ['anna', 'ben']}
        """
        from kg.history.readings import articles_read

        return articles_read(self._publication)

    def adjudication(self, article: str, *, overlap: float = 0.5) -> Adjudication:
        """Return the decisions on an article's readings: which claims are open, and what becomes of them.

        `article` is the path of its text without `.txt`. Two claims are the same if at least `overlap` of the
        characters that either has are in both. Raises `UsageError` if there is no such article, or it is in JSON
        Lines; `CorpusError` if a reading or what is published has a violation.

        >>> port = kg.open("newsroom").adjudication("port")
        >>> port.claims[0].claims, port.claims[0].differing
        ({'anna': 'c01', 'ben': 'c01'}, ('about',))
        >>> port.decide([port.claims[0].decision("ben")], by="anna", on="2026-06-01", dry_run=True).claims
        ('c01',)
        """
        from kg.history.adjudication import Adjudication

        return Adjudication(self._publication, article, overlap)

    def with_overruled_readings(self) -> Corpus:
        """Return the corpus with the readings that were overruled or refused, as annotations that are no claims.

        They are a graph of their own, in which nobody is said to have claimed anything (`docs/adjudicating.md`).
        Raises `UsageError` if no reading was overruled, `CorpusError` if one has a violation.

        >>> port = kg.open("newsroom").adjudication("port")
        >>> first = port.claims[0].decision("ben")
        >>> port.decide([first], by="anna", on="2026-06-01").claims
        ('c01',)
        >>> kg.open("newsroom").with_overruled_readings().graphs()[-2].iri
        '<https://kg.example/graph/readings>'
        """
        from kg.history.overruled_readings import with_overruled_readings

        return Corpus(with_overruled_readings(self._publication))

    def write(self, target: Target, *, format: str = "", schema_org: str = "http", jobs: int | None = 1) -> Report:
        """Validate, then write the graph to a file or a stream, and return the warnings.

        `format` is one of `kg.format_names()`; by default the suffix decides; `.gz` and `.zst` compress.
        A file is written atomically. Raises `CorpusError` if there is a violation; then nothing is written.

        >>> kg.open("seeds").write("claims.nq.gz").ok
        True
        """
        from kg.pipeline.export import ExportOptions, export

        options = ExportOptions(format, schema_org == "https", jobs)
        return Report(export(self._publication, target, options).findings)

    def graphs(self) -> list[Graph]:
        """Return the named graphs, with terms in N-Triples syntax. Raises `CorpusError` if there is a violation."""
        return list(validated_graphs(self._publication, []))

    def to_rdflib(self) -> rdflib.Dataset:
        """Return the graph as a data set of rdflib, with a named graph for each article.

        >>> len(kg.open("seeds").to_rdflib().graph("https://kg.example/graph/dataset")) > 0
        True
        """
        from rdflib import Dataset

        from kg.rdf.term_conversion import to_rdflib

        dataset = Dataset(default_union=True)
        for graph in self.graphs():
            named = dataset.graph(to_rdflib(graph.iri))
            for subject, predicate, term in _triples(graph):
                named.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(term)))
        return dataset

    def to_oxigraph(self) -> pyoxigraph.Store:
        """Return the graph as a store of pyoxigraph in memory, with a named graph for each article.

        >>> len(kg.open("seeds").to_oxigraph()) > 1000
        True
        """
        import pyoxigraph

        from kg.formats import format_named, write

        store = pyoxigraph.Store()
        text = "".join(write(self.graphs(), format_named("nq").writer({}, self.base)))
        store.bulk_load(text.encode(), pyoxigraph.RdfFormat.N_QUADS)
        return store

    def to_pandas(self) -> pandas.DataFrame:
        """Return a data frame with a row for each claim: the fields of `ClaimRecord`, the date in several columns.

        Needs the extra `pandas`: `pip install 'kg-claims[pandas]'`.
        """
        try:
            import pandas
        except ImportError as error:
            raise UsageError("pandas is not installed: pip install 'kg-claims[pandas]'") from error
        rows = []
        for claim in self.claims():
            row = claim._asdict() | {"text": claim.text}
            row |= {f"said_{name}": value for name, value in row.pop("said")._asdict().items()}
            rows.append(row)
        return pandas.DataFrame(rows)

    def query(self, question: str, **values: str) -> list[dict[str, str]]:
        """Answer a named question with its values, or a SPARQL query (SELECT), as a list of rows.

        A value is written as in the option of `kg query` with that name (`from_` for `--from`). A cell is
        the text of a literal or an IRI; an unbound variable is missing. Each call reads the whole corpus.

        >>> len(kg.open("seeds").query("said-by", speaker="macron"))
        9
        >>> kg.open("seeds").query("SELECT (COUNT(?c) AS ?n) { ?c a schema:Claim }")
        [{'n': '28'}]
        """
        from kg.query.store import open_store

        with open_store(self.graphs(), self.base) as store:
            return _rows(store, question, values, self._publication)


def open_corpus(folder: str | PathLike[str], *, engine: Engine = "kg") -> Corpus:
    """Open the corpus in a folder with a corpus.yaml.

    `engine` says what checks the shapes: `kg`, or `pyshacl`, which is slow. Raises `CorpusError` if corpus.yaml
    or the entities are wrong, `FileError` if they cannot be read.

    >>> corpus = kg.open("seeds")
    """
    return Corpus(open_publication(Path(folder), engine=engine))


def format_names() -> list[str]:
    """Return the names of the formats that `Corpus.write` takes.

    >>> kg.format_names()[:3]
    ['ttl', 'nt', 'nq']
    """
    from kg.formats import all_formats

    return list(all_formats())


def _triples(graph: Graph) -> Iterator[tuple[Iri, Iri, Term]]:
    for subject, properties in graph.nodes:
        for predicate, terms in properties.items():
            for term in terms:
                yield subject, predicate, term


def load(
    corpus: Corpus | str | PathLike[str],
    target: str | PathLike[str],
    *,
    delete: bool = False,
    repair: bool = False,
) -> int:
    """Load a corpus into a store, a folder or the URL of a running SPARQL 1.1 store, and return its triples.

    Instead of a corpus, `corpus` may be the folder of a release.

    A folder is a store that `kg query --store` and `kg serve` open. A running store is sent only the graphs that
    differ, and graphs that the corpus no longer has are deleted; more than a tenth only with `delete`. `repair`
    also sends graphs that were changed there. KG_USER and KG_PASSWORD, or .netrc, are the credentials. Raises
    `CorpusError` if the corpus has a violation: then nothing is sent.

    >>> kg.load(kg.open("seeds"), "claims.store") > 1000
    True
    """
    from kg import __version__
    from kg.history.releases import articles_of_release, read_release, release_graphs
    from kg.publish.serve.stored_files import StoredFileMaker
    from kg.query.load import load_graphs
    from kg.query.remote_load import LoadOptions, articles_to_load, load_remote
    from kg.query.remote_store import StoreAddresses

    findings: list[Finding] = []
    if not isinstance(corpus, Corpus):
        release = read_release(Path(corpus))
        base, moved_from = release.manifest.base, release.manifest.moved_from
        graphs, articles = release_graphs(release), articles_of_release(release)
    else:
        publication, base = corpus._publication, corpus.base
        moved_from = publication.index.dataset.moved_from
        graphs, articles = validated_graphs(publication, findings), articles_to_load(publication, findings)
    if "://" not in str(target):
        return load_graphs(Path(target), graphs, base, __version__, files=StoredFileMaker()).triples
    options = LoadOptions(delete=delete, repair=repair, moved_from=moved_from)
    with _running_store(target, StoreAddresses()) as store:
        return load_remote(store, articles, base, _unwatched, options).triples


def forget(target: str, base: str) -> int:
    """Delete the corpus with a base from a running store, and return how many triples it had.

    Graphs of other corpora are not touched. KG_USER and KG_PASSWORD, or .netrc, are the credentials. Raises
    `UsageError` if the store does not have the corpus, or is a folder.
    """
    if "://" not in target:
        raise UsageError(f"{target}: a corpus is forgotten in the store at a URL. Delete a folder instead.")
    from kg.query.remote_load import LoadOptions, forget_remote
    from kg.query.remote_store import StoreAddresses

    with _running_store(target, StoreAddresses()) as store:
        return forget_remote(store, base, _unwatched, LoadOptions(delete=True), lambda _: None).triples


def verify(target: str | PathLike[str], *, base: str = "") -> Report:
    """Compute the digest of each graph anew, and report graphs and files that are not as kg wrote them.

    `target` is a folder that `kg build` wrote, a store that `kg load` made, an RDF file that kg wrote, the folder
    of an export in parts, or the URL of a running store; `base` chooses one of its corpora. Raises `UsageError` for
    anything else.

    >>> kg.open("seeds").write("claims.nq").ok
    True
    >>> kg.verify("claims.nq").ok
    True
    """
    from kg.query.verification import verify_path, verify_remote

    if "://" not in str(target):
        if base:
            raise UsageError(f"{target}: `base` chooses a corpus in the store at a URL: leave it out.")
        return Report(verify_path(Path(target)).findings)
    with _running_store(target) as store:
        return Report(verify_remote(store, str(target), base).findings)


def diff(old: str | PathLike[str], new: str | PathLike[str]) -> list[Change]:
    """Return what happened to claims, entities and articles between two states of a corpus.

    Each is the folder of a corpus, a release or a publication, an RDF file that kg wrote, or a revision in git of
    the corpus in the other one or in the current folder. Raises `UsageError` for anything else, and
    `CorpusError` if one cannot be read.

    >>> kg.open("seeds").write("claims.ttl").ok
    True
    >>> kg.diff("claims.ttl", "seeds")
    []
    """
    from kg.history.states import opened_states, state_changes

    with opened_states(old, new) as states:
        return list(state_changes(*states))


def rdf_patch(old: str | PathLike[str], new: str | PathLike[str], target: str | PathLike[str]) -> None:
    """Write an RDF Patch that makes the graph of one state into that of another; the states are those of `diff`.

    Raises `UsageError` if a node that changed is a blank node.

    >>> kg.rdf_patch("seeds", "seeds", "changes.rdfp")
    """
    from kg.files.atomic_writes import atomic_file
    from kg.history.quad_comparison import rdf_patch as patch_lines
    from kg.history.states import graphs_compared, opened_states

    with (
        opened_states(old, new) as states,
        graphs_compared(*states) as comparison,
        atomic_file(Path(target)) as stream,
    ):
        for line in patch_lines(comparison):
            stream.write(line)


def rename_entity(
    folder: str | PathLike[str],
    old: str,
    new: str,
    *,
    keep: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> list[str]:
    """Give an entity of a corpus another id, and return the files that changed, all or none.

    All references follow. If there is an entity `new`, the two become one: `keep` has, for each field in which they
    differ, the id whose value stays. With `dry_run`, nothing is written. Raises `UsageError` if the id cannot be
    used or something is to be decided, `CorpusError` if a file cannot be read.

    >>> kg.rename_entity("seeds", "macron", "emmanuel-macron")
    ['entities.yaml', '000_411f4785dd135aae.claims.yaml']
    """
    from kg.history.renaming import rename_entity as rename

    return _names(rename(folder, old, new, keep=keep, dry_run=dry_run))


def rename_claim(folder: str | PathLike[str], claim: str, new: str, *, dry_run: bool = False) -> list[str]:
    """Give a claim, `ARTICLE/CLAIM`, another id in its article, and return the files that changed, all or none.

    All references follow. With `dry_run`, nothing is written. Raises `UsageError` if the id cannot be used,
    `CorpusError` if a file cannot be read.

    >>> kg.rename_claim("seeds", "000_411f4785dd135aae/c26", "c50")
    ['000_411f4785dd135aae.claims.yaml']
    """
    from kg.history.renaming import rename_claim as rename

    return _names(rename(folder, claim, new, dry_run=dry_run))


def rename_article(folder: str | PathLike[str], old: str, new: str, *, dry_run: bool = False) -> list[str]:
    """Give an article, and so its claims, other ids, and return the files that changed, all or none.

    All references follow; its files keep their names. With `dry_run`, nothing is written. Raises `UsageError` if
    the id cannot be used, `CorpusError` if a file cannot be read.

    >>> kg.rename_article("seeds", "000_411f4785dd135aae", "nato", dry_run=True)
    ['000_411f4785dd135aae.claims.yaml']
    """
    from kg.history.renaming import rename_article as rename

    return _names(rename(folder, old, new, dry_run=dry_run))


def merge(
    first: str | PathLike[str],
    second: str | PathLike[str],
    *,
    into: str | PathLike[str],
    decisions: Mapping[str, str] | None = None,
) -> Corpus:
    """Make one corpus of two in a new folder, and open it; the first gives the base.

    `decisions` say what becomes of things that both have, as the keys and values of the file of `kg merge`. Raises
    `UsageError` with all that is to be decided if something is missing, and writes nothing.

    >>> fields = ("title", "description", "publisher", "version", "issued", "identifier")
    >>> decisions = {f"setting {field}": "first" for field in fields}
    >>> sorted(kg.merge("seeds", "newsroom", into="both", decisions=decisions).entities)[:2]
    ['bos', 'brexit']
    """
    from kg.history.merging import merge_corpora

    merge_corpora(first, second, into, decisions or {})
    return open_corpus(into)


def _names(renaming: Renaming) -> list[str]:
    return [file.file for file in renaming.files]


def import_(
    tool: str, source: str | PathLike[str], *, into: str | PathLike[str], language: str = "", published: str = ""
) -> Corpus:
    """Make a corpus of annotations made with another tool, and open it.

    `tool` is a format of `kg import` (`brat`, `csv`, `tei` …), `source` its file or folder, `into` a new folder.
    `language` and `published` (EDTF) apply to articles that do not state theirs. What was left out is listed in
    `import.csv` in the new folder. Raises `UsageError` or `CorpusError` if nothing can be made of the source.
    Proposals of a program are about the articles of a corpus: see `Corpus.propose`.

    >>> [claim.words for claim in kg.import_("csv", "quotes.csv", into="quotes", language="en").claims()]
    ['We will']
    """
    from kg.importers.core.annotations_import import ImportSettings, import_annotations

    settings = ImportSettings(language=language, published=published)
    import_annotations(tool, [Path(source)], Path(into), settings)
    return open_corpus(into)


def _running_store(
    target: str | PathLike[str], addresses: StoreAddresses | None = None
) -> AbstractContextManager[TripleStore]:
    """Open the store at a URL; `addresses`, if given, are those for changes, `""` to find them by asking."""
    from kg.query.remote_store import connect
    from kg.query.store import REQUEST_SECONDS

    return connect(str(target), None, REQUEST_SECONDS, addresses)


@contextmanager
def _unwatched(_label: str, _size: int) -> Iterator[Callable[[int, int], object]]:
    """Watch a load without showing its progress."""
    yield lambda _done, _found: None


def _rows(
    store: QueryableStore, question: str, values: Mapping[str, str], publication: Publication
) -> list[dict[str, str]]:
    """Return the rows of a named question or of a query."""
    from kg.query.query_parameters import parameter_terms, present_values, unknown_value
    from kg.query.questions import question_named, read_question, with_values

    named = question_named(question)
    if named is None and "{" not in question:
        raise UsageError(f"there is no question {question!r}: `kg query` lists them; a query has braces")
    asked = named or read_question("the query", question)
    names = {each.name for each in asked.parameters}
    values = {name.removesuffix("_"): value for name, value in values.items()}
    if strange := sorted(values.keys() - names):
        raise UsageError(f"{question} takes {', '.join(sorted(names)) or 'no values'}, not {', '.join(strange)}")
    given = parameter_terms(asked, dict(values), publication.index)
    given, _ = present_values(store, asked, given)
    subjects = (node.subject for article in publication.mapped_articles() for node in _nodes(article.graph))
    if wrong := unknown_value(asked, given, subjects if given else ()):
        raise UsageError(wrong)
    answer = store.ask(with_values(asked, given), "json", name=asked.name)
    results = json.loads(answer.path.read_bytes())
    if "boolean" in results:
        return [{"answer": str(results["boolean"]).lower()}]
    return [{name: cell["value"] for name, cell in row.items()} for row in results["results"]["bindings"]]


def _nodes(graph: Graph | None) -> Sequence[Node]:
    return graph.nodes if graph else ()


def _in_language(names: Sequence[Literal], language: str) -> str:
    from kg.formats import in_language

    return in_language(names, language)
