"""The table of sources in docs/inputs.md: what each row says is read is read, and what it says is written back is."""

from pathlib import Path

import pytest

from data.errors import UsageError
from data.papers import Paper
from data.readers import read_papers
from data.writers import KeywordFormat, open_library

DOCUMENT = Path(__file__).parents[2] / "docs" / "inputs.md"
A = "We count geese on lakes."
_OAI = (
    "<OAI-PMH><ListRecords><record><header><identifier>i</identifier></header><metadata><dc><title>Geese</title>"
    f"<description>{A}</description></dc></metadata></record></ListRecords></OAI-PMH>"
)
_ATOM = (
    f"<feed><entry><id>http://arxiv.org/abs/2401.00001v1</id><title>Geese</title><summary>{A}</summary></entry></feed>"
)
_BIBTEX = f"@article{{doe, title={{Geese}}, abstract={{{A}}}}}\n"
_RIS = f"TY  - JOUR\nTI  - Geese\nAB  - {A}\nER  - \n"
_CSL = f'[{{"type": "book", "title": "Geese", "abstract": "{A}"}}]'
_ENW = f"%0 Journal Article\n%T Geese\n%X {A}\n"
_ENDNOTE = f"<xml><records><record><title>Geese</title><abstract>{A}</abstract></record></records></xml>"
_JSON = '{{"{0}": [{{"title": "Geese", "abstract": "{1}"}}]}}'
_RDF = (
    '<RDF xmlns:z="http://www.zotero.org/namespaces/export#"><Article><itemType>book</itemType><title>Geese</title>'
    f"<abstract>{A}</abstract></Article></RDF>"
)
_INDEX = '"abstract_inverted_index": {"We": [0], "count": [1], "geese": [2], "on": [3], "lakes.": [4]}'

SAMPLES: dict[str, list[str]] = {
    "arXiv": [f'{{"id": "1", "title": "Geese", "abstract": "{A}"}}', _ATOM, _OAI],
    "OpenAlex": [f'{{"results": [{{"title": "Geese", {_INDEX}}}]}}', f"id,display_name,abstract\n1,Geese,{A}\n"],
    "Crossref, DataCite, Semantic Scholar": [
        f'{{"message": {{"title": ["Geese"], "abstract": "<jats:p>{A}</jats:p>"}}}}',
        '{"data": [{"attributes": {"titles": [{"title": "Geese"}], "descriptions": [{"description": "' + A + '"}]}}]}',
        _JSON.format("data", A),
    ],
    "Zotero": [_CSL, _RDF, f'"Key","Title","Abstract Note"\n"K","Geese","{A}"\n', _BIBTEX, _RIS],
    "AMiner, Microsoft Academic Graph": [
        f'{{"title": "Geese", "indexed_abstract": {{"InvertedIndex": {{{_INDEX.partition("{")[2]}}}}}\n',
        f"#*Geese\n#@Doe\n#index1\n#!{A}\n",
    ],
    "EndNote, Mendeley, JabRef, Papers, RefWorks": [
        _BIBTEX,
        _RIS,
        _ENDNOTE,
        _ENW,
        f"RT Journal Article\nT1 Geese\nAB {A}\n",
    ],
    "Scopus, IEEE Xplore, Springer Link, Dimensions, Lens, ProQuest, EBSCO, Cochrane, DSpace, Rayyan": [
        f"Scopus\nEXPORT DATE: 1 May\n\nAuthors,Title,Abstract\nDoe,Geese,{A}\n",
        f'"Document Title","Abstract"\n"Geese","{A}"\n',
        f"id,dc.title[en],dc.description.abstract[en]\n1,Geese,{A}\n",
        _RIS,
        _BIBTEX,
    ],
    "Web of Science": [
        f"FN Clarivate\nVR 1.0\nPT J\nTI Geese\nAB {A}\nER\n\nEF\n",
        f"PT\tTI\tAB\tUT\nJ\tGeese\t{A}\tWOS:1\n",
        f"Article Title,Abstract,UT (Unique WOS ID)\nGeese,{A},WOS:1\n",
        _BIBTEX,
        _RIS,
        '{"UID": "WOS:1", "static_data": {"summary": {"titles": {"title": {"type": "item", "content": "Geese"}}}, '
        f'"fullrecord_metadata": {{"abstracts": {{"abstract": {{"abstract_text": {{"p": "{A}"}}}}}}}}}}}}',
    ],
    "PubMed, Ovid": [
        f"PMID- 1\nTI  - Geese\nAB  - {A}\n",
        "<PubmedArticleSet><MedlineCitation><Article><ArticleTitle>Geese</ArticleTitle><Abstract><AbstractText>"
        f"{A}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticleSet>",
        f"1.\n{_RIS}",
    ],
    "PubMed Central, publishers": [
        "<article><front><article-meta><title-group><article-title>Geese</article-title></title-group><abstract><p>"
        f"{A}</p></abstract></article-meta></front></article>"
    ],
    "ACL Anthology": [
        _BIBTEX,
        _ENW,
        f"<collection><volume><paper><title>Geese</title><abstract>{A}</abstract></paper></volume></collection>",
    ],
    "GROBID, HAL, PubTator, Crossref, Elsevier, Europe PMC, Solr": [
        "<TEI><teiHeader><fileDesc><titleStmt><title>Geese</title></titleStmt></fileDesc><profileDesc><abstract>"
        f"{A}</abstract></profileDesc></teiHeader></TEI>",
        '{"documents": [{"passages": [{"infons": {"type": "title"}, "text": "Geese"}, '
        f'{{"infons": {{"type": "abstract"}}, "text": "{A}"}}]}}]}}',
        f"<r><resultList><result><title>Geese</title><abstractText>{A}</abstractText></result></resultList></r>",
        f'<response><result><doc><str name="title">Geese</str><str name="abstract">{A}</str></doc></result></response>',
    ],
    "scripts": [f"<papers><paper><title>Geese</title><abstract>{A}</abstract></paper></papers>"],
    "repositories": [_OAI, f"<mods><titleInfo><title>Geese</title></titleInfo><abstract>{A}</abstract></mods>"],
    "spreadsheets, databases": [
        f"'title';'abstract'\n'Geese';'{A}'\n",
        f"title;abstract\nGeese;{A}\n",
        f"title\tabstract\nGeese\t{A}\n",
    ],
    "data lakes, pandas": [
        f'{{"title": "Geese", "abstract": "{A}"}}\n',
        f'{{"title": {{"0": "Geese"}}, "abstract": {{"0": "{A}"}}}}',
    ],
}
_BACK = {"BibTeX": KeywordFormat.BIBTEX, "RIS": KeywordFormat.RIS, "CSL-JSON": KeywordFormat.CSL_JSON}


def _rows() -> dict[str, list[str]]:
    """Return {source: the other cells} of the table."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {source: rest for source, *rest in cells if len(rest) == 3}


@pytest.mark.parametrize("source", SAMPLES)
def test_a_row(tmp_path: Path, source: str) -> None:
    """Every export of the source is read whole, and written back where the row says so."""
    told = _rows()[source][2]
    written: set[str] = set()
    for number, content in enumerate(SAMPLES[source]):
        path = tmp_path / str(number)
        path.write_text(content, encoding="utf-8")
        (paper,) = read_papers([path])
        assert isinstance(paper, Paper) and (paper.title, paper.abstract) == ("Geese", A)
        written |= {name for name, file_format in _BACK.items() if _is_written_back(path, file_format)}
    assert written == {name for name in _BACK if name in told}, told


def _is_written_back(path: Path, file_format: KeywordFormat) -> bool:
    try:
        with open_library([path], file_format) as library:
            papers = [record for record in library.records() if isinstance(record, Paper)]
            back = b"".join([*library.written([["Birds"]] * len(papers)), *library.rest()])
    except UsageError:
        return False
    return b"Birds" in back
