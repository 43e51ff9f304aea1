"""The one table of the names under which sources keep what a paper has, for every format and for the REST interface."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

_TITLE = {
    "title": "most sources: arXiv, Crossref, Semantic Scholar, PubMed, Scopus, Zotero, Dublin Core, BibTeX",
    "ti": "RIS, Web of Science, NBIB",
    "t1": "RIS, RefWorks",
    "primary_title": "RIS, by its long name",
    "article_title": "Web of Science in Excel, PubMed XML, JATS",
    "document_title": "IEEE Xplore",
    "item_title": "Springer Link",
    "paper_title": "scripts, AMiner",
    "display_name": "OpenAlex",
    "titles": "DataCite, HAL (title_s), scripts",
    "full_title": "scripts",
    "study_title": "Cochrane, registries",
    "submission_title": "conference systems",
    "english_title": "library systems",
    "en_title": "scripts",
    "title_display": "PLOS",
    "en_title_s": "HAL",
    "headline": "schema.org",
    "title题名": "CNKI",
    "题名": "CNKI",
    "标题": "Chinese exports",
    "titel": "German exports",
    "titre": "French exports",
    "titulo": "Spanish and Portuguese exports",
    "título": "Spanish and Portuguese exports",
    "titolo": "Italian exports",
    "tt": "RIS: the translated title",
}
_ABSTRACT = {
    "abstract": "most sources: arXiv, Crossref, Semantic Scholar, PubMed, Scopus, Dublin Core terms, BibTeX",
    "ab": "RIS, Web of Science, NBIB",
    "n2": "RIS",
    "abstract_note": "Zotero",
    "abstract_text": "Europe PMC, PubMed XML",
    "paper_abstract": "Semantic Scholar, scripts",
    "description_abstract": "DSpace",
    "article_abstract": "scripts",
    "document_abstract": "scripts",
    "full_abstract": "scripts",
    "abstract_plain": "scripts",
    "plain_abstract": "scripts",
    "english_abstract": "library systems",
    "en_abstract": "scripts",
    "abstracts": "HAL (abstract_s), scripts",
    "abstract_inverted_index": "OpenAlex",
    "indexed_abstract": "AMiner, Microsoft Academic Graph",
    "en_abstract_s": "HAL",
    "citation_abstract": "Highwire's meta tags",
    "summary": "arXiv's Atom, RSS",
    "summaries": "scripts",
    "descriptions": "DataCite",
    "description": "Dublin Core, RSS, schema.org",
    "summary摘要": "CNKI",
    "摘要": "Chinese exports",
    "zusammenfassung": "German exports",
    "kurzfassung": "German exports",
    "resumen": "Spanish exports",
    "resumo": "Portuguese exports",
    "résumé": "French exports",
}
_ID = {
    "id": "most sources",
    "paper_id": "Semantic Scholar",
    "arxiv_id": "arXiv's tools",
    "corpus_id": "Semantic Scholar",
    "submission_id": "conference systems",
    "record_id": "ASReview, scripts",
    "article_id": "scripts",
    "doc_id": "scripts",
    "pid": "HotCRP",
    "identifier": "Dublin Core, JabRef",
    "ut": "Web of Science",
    "key": "Zotero",
    "citation_key": "reference managers",
    "doi": "Crossref, DataCite, most exports",
    "do": "RIS",
    "item_doi": "Springer Link",
    "pmid": "PubMed",
    "pubmed_id": "Dimensions, scripts",
    "pmcid": "PubMed Central",
    "lens_id": "Lens",
    "publication_id": "Dimensions",
    "eid": "Scopus",
    "cochrane_id": "Cochrane Library",
    "store_id": "ProQuest",
    "hal_id_s": "HAL",
    "openalex_id": "OpenAlex",
    "accession_number": "Web of Science, EBSCO",
    "an": "RIS",
    "guid": "RSS",
    "uid": "NCBI",
    "uuid": "repositories",
    "_id": "MongoDB, Elasticsearch, BEIR",
}
_CATEGORIES = {
    "categories": "arXiv's snapshot",
    "category": "RSS, scripts",
    "arxiv_categories": "scripts",
    "primary_category": "arXiv's API",
    "subjects": "DataCite, arXiv's listing",
    "subject": "Dublin Core, Crossref",
    "primary_class": "BibTeX",
    "eprint_class": "biblatex",
}
_DATE = {
    "date": "biblatex, Zotero, Dublin Core",
    "published": "arXiv's Atom, Crossref",
    "publication_date": "OpenAlex, Semantic Scholar, Springer",
    "date_published": "Lens, schema.org",
    "pub_date": "RSS, PubMed",
    "issued": "Crossref, CSL-JSON",
    "date_issued": "DSpace",
    "update_date": "arXiv's snapshot",
    "updated": "Atom",
    "created": "Crossref, OAI arXiv",
    "year": "BibTeX, Scopus, Semantic Scholar",
    "publication_year": "OpenAlex, DataCite, IEEE, Web of Science, Lens",
    "pub_year": "Dimensions",
    "dp": "NBIB",
    "py": "RIS, Web of Science",
    "da": "RIS",
    "yr": "RefWorks",
    "y1": "RIS",
    "datestamp": "OAI-PMH",
}
_VENUE = {
    "venue": "Semantic Scholar, DBLP, AMiner",
    "journal": "BibTeX, arXiv",
    "journal_ref": "arXiv",
    "journal_name": "Springer, scripts",
    "booktitle": "BibTeX",
    "source_title": "Scopus, Web of Science, Dimensions, Lens",
    "publication_title": "Zotero, IEEE, Springer Link",
    "container_title": "Crossref, CSL-JSON",
    "publication_name": "Scopus, Springer",
    "journal_title": "PubMed, JATS",
    "journal_book": "PubMed's CSV",
    "publication_venue": "Semantic Scholar",
    "conference": "scripts",
    "so": "Web of Science",
    "jt": "NBIB",
    "jo": "RIS",
    "jf": "RIS, RefWorks",
    "t2": "RIS",
}

FIELD_SOURCES: Mapping[str, Mapping[str, str]] = {
    "title": _TITLE,
    "abstract": _ABSTRACT,
    "id": _ID,
    "categories": _CATEGORIES,
    "date": _DATE,
    "venue": _VENUE,
}
"""{field of a paper: {name: who uses it}}, the best name first: the next is tried where one has no usable value."""

_MOST_CHARACTERS = 100  # a longer name is no name, and must not stay in a cache
_MOST_OF_ALL_NAMES = 10_000  # characters of the names of one record; more must not pile up in a cache
_NAMESPACE = re.compile(r"^(?:\{[^{}]*\}|[A-Za-z][\w-]*:(?=\S))")
_PREFIX = re.compile(
    r"^(?:(?:dc|dcterms|dct|citation|prism|schema|bibo|eprints)[._]"
    r"|(?:_source|data|attributes|metadata|fields|bibjson|info|doc|document|paper|article|record)\.)(?=[A-Za-z])"
)
_SUFFIX = re.compile(
    r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|[:*]|\b(?i:of (?:the |this |your )?(?:paper|article|manuscript|submission)))$"
)
_ENGLISH = re.compile(
    r"(?:(?i:[\[(]\s*(?:en|eng|english)(?:[_-]\w+)?\s*[\])]|(?<=[a-z])[_.\s-](?:en|eng|english))|(?<=[a-z])En)\s*$"
)


@lru_cache(maxsize=1024)
def _squeezed(name: str) -> str:
    name = _NAMESPACE.sub("", name.strip(" \t\r\n\"'\ufeff\xa0@"))
    while (shorter := _SUFFIX.sub("", name)) != name and shorter:
        name = shorter
    name = _ENGLISH.sub("", name)
    for _ in range(2):
        if _squeeze(name) not in _ALL_NAMES:
            name = _PREFIX.sub("", name)
    return _squeeze(name)


def _squeeze(name: str) -> str:
    return ("_" if name.startswith("_") else "") + re.sub(r"[\W_]+", "", name).lower()


FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    field: tuple(map(_squeeze, names)) for field, names in FIELD_SOURCES.items()
}
"""{field of a paper: its names, best first}, spelled as `normal_name` spells them."""

_PLACES: Mapping[str, tuple[str, int]] = {
    name: (field, place) for field, names in FIELD_NAMES.items() for place, name in enumerate(names)
}
_ALL_NAMES = frozenset(_PLACES)
_TEXT_NAMES = frozenset((*FIELD_NAMES["title"], *FIELD_NAMES["abstract"]))

LABEL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "areas": ("areas", "area", "areaids", "areanames", "researchareas", "labels", "label"),
    "not": ("not",),
    "keywords": ("keywords", "keyword", "kw"),  # of references, where areas were written into them
    "complete": ("complete",),
    "annotator": ("annotator",),
    "model": ("model",),
    "abstained": ("abstained",),
    "annotations": ("annotations",),  # in exports of Label Studio
}
"""{what a label has beside its paper: its names, best first}, spelled as `normal_name` spells them."""
_LABEL_NAMES = frozenset(name for names in LABEL_FIELDS.values() for name in names)


def normal_name(name: str) -> str:
    """Return a field name as FIELD_NAMES spells it.

    Case, blanks and signs do not matter ("Abstract Note", "abstractNote", "abstract-note"), nor do a namespace
    ("dc:title"), a wrapper ("dc.title", "metadata.title") or what is added in brackets ("Title[en_US]",
    "UT (Unique WOS ID)").
    """
    return _squeezed(name) if len(name) <= _MOST_CHARACTERS else ""


def is_known(name: str) -> bool:
    """Return whether a paper has a field of this name."""
    return normal_name(name) in _ALL_NAMES


def is_label_field(name: str) -> bool:
    """Return whether a label has a field of this name beside those of its paper."""
    return normal_name(name) in _LABEL_NAMES


def lists_areas(name: str) -> bool:
    """Return whether a label has a list of areas under this name."""
    return normal_name(name) in (*LABEL_FIELDS["areas"], *LABEL_FIELDS["not"])


def label_value(fields: Mapping[str, object], kind: str) -> tuple[str, object] | None:
    """Return the name and value of a field in LABEL_FIELDS as a record has it, None where it has none."""
    given: dict[str, tuple[str, object]] = {}
    for name, value in fields.items():
        if value is not None:
            given.setdefault(normal_name(name), (name, value))
    return next((given[name] for name in LABEL_FIELDS[kind] if name in given), None)


def text_field(name: str) -> str:
    """Return "title" or "abstract" where this is a name of it, else ""."""
    place = _PLACES.get(normal_name(name))
    return place[0] if place and place[0] in ("title", "abstract") else ""


def has_paper_field(names: Iterable[str]) -> bool:
    """Return whether one of the names (of columns, say) is a title or an abstract."""
    return any(normal_name(name) in _TEXT_NAMES for name in names)


def names_by_field(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Return {field of a paper: those of the names that are its names, best first}.

    Of equal names ("title[de]", "title[en_US]") those that say that the text is in English come first.
    """
    return _by_field(names)


@lru_cache(maxsize=512)  # records of one source have few different sets of names
def _by_field(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    if sum(map(len, names)) > _MOST_OF_ALL_NAMES:
        _by_field.cache_clear()  # so that at most one set of this size stays
    found: dict[str, list[tuple[int, bool, str]]] = {field: [] for field in FIELD_NAMES}
    for name in names:
        if place := _PLACES.get(normal_name(name)):
            found[place[0]].append((place[1], _ENGLISH.search(name) is None, name))
    return {field: [name for _, _, name in sorted(places, key=itemgetter(0, 1))] for field, places in found.items()}
