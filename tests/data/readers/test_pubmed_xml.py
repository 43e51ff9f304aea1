"""Tests of data.readers.pubmed_xml."""

from collections.abc import Callable

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

SET = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">90000001</PMID><Article><Journal><JournalIssue><PubDate>
<Year>2024</Year><Month>02</Month></PubDate></JournalIssue><Title>Birds</Title></Journal><ArticleTitle>
O<sub>2</sub> in <i>Anser</i> geese.</ArticleTitle>
<Abstract><AbstractText Label="AIMS">To count.</AbstractText><AbstractText Label="UNLABELLED">Then
more.</AbstractText><AbstractText Label="RESULTS:">n &lt; 9.</AbstractText>
<CopyrightInformation>(C)</CopyrightInformation></Abstract></Article><CommentsCorrectionsList><CommentsCorrections><PMID>90000009</PMID></CommentsCorrections>
</CommentsCorrectionsList></MedlineCitation><PubmedData><ArticleIdList/></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>90000002</PMID><Article><ArticleTitle/><VernacularTitle>Reiher</VernacularTitle>
<Journal><JournalIssue><PubDate><MedlineDate>2023 Jan-Feb</MedlineDate></PubDate></JournalIssue></Journal></Article>
<OtherAbstract Type="Publisher"><AbstractText>We watch.</AbstractText></OtherAbstract></MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>90000003</PMID><Book><BookTitle>A book of storks</BookTitle></Book>
<Abstract><AbstractText>All storks.</AbstractText></Abstract></BookDocument></PubmedBookArticle>
<DeleteCitation><PMID>90000004</PMID></DeleteCitation>
</PubmedArticleSet>"""


def test_citations(read_content: ReadContent) -> None:
    """Markup is text, labels stand before the parts of an abstract, books and other languages have their titles."""
    assert read_content(SET) == [
        Paper("90000001", "O2 in Anser geese.", "AIMS: To count. Then more. RESULTS: n < 9.", (), "2024-02", "Birds"),
        Paper("90000002", "Reiher", "We watch.", date="2023 Jan-Feb"),
        Paper("90000003", "A book of storks", "All storks."),
    ]
