"""Tests of data.readers.jats."""

from collections.abc import Callable

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

ARTICLE = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "JATS.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" dtd-version="1.2"><front><journal-meta><journal-title-group>
<journal-title>Birds</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmc">9000001</article-id><article-id pub-id-type="doi">10.5555/geese</article-id>
<article-categories><subj-group><subject>Article</subject></subj-group></article-categories><title-group>
<article-title>Geese<xref ref-type="fn" rid="n1">*</xref> on <italic>frozen</italic> lakes</article-title>
<subtitle>A count</subtitle><fn-group><fn id="n1"><p>A note.</p></fn></fn-group></title-group>
<pub-date pub-type="collection"><year>2024</year></pub-date>
<abstract abstract-type="graphical"><p>A picture.</p></abstract>
<abstract><title>Abstract</title><sec><title>Aims</title><p>To count (<inline-formula><mml:math><mml:mi>n</mml:mi>
<mml:mo>&lt;</mml:mo><mml:mn>9</mml:mn></mml:math></inline-formula>).</p></sec><sec><title>Results</title><p>Nine.</p></sec>
</abstract><trans-abstract xml:lang="de"><p>Zählen.</p></trans-abstract></article-meta></front>
<body><p>{body}</p></body><back><ref-list><ref><article-title>Cited</article-title></ref></ref-list></back></article>"""


def test_an_article_of_any_length(read_content: ReadContent) -> None:
    """Title and abstract are the article's own, not those of its body, notes or references."""
    assert read_content(ARTICLE.replace("{body}", "word " * 2_000_000)) == [
        Paper(
            "10.5555/geese",
            "Geese on frozen lakes: A count",
            "Aims: To count (n <9). Results: Nine.",
            (),
            "2024",
            "Birds",
        )
    ]


def test_a_translated_abstract_alone(read_content: ReadContent) -> None:
    """Where there is no other abstract, the translated one, or the summary, is read."""
    meta = "<article-meta><title-group><article-title>Gänse</article-title></title-group>{}</article-meta>"
    abstract = '<abstract abstract-type="summary"><p/></abstract><trans-abstract><p>We count.</p></trans-abstract>'
    (paper,) = read_content(f"<article><front>{meta.format(abstract)}</front></article>")
    assert isinstance(paper, Paper) and paper.abstract == "We count."
