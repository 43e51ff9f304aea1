"""Titles of what stands in journals' tables of contents and is no paper: front matter, indexes, corrections.

A title is compared as a whole, without numbers, volumes, dates and words such as "of" and "the": "Author Index to
Volume 12 (2019)" is "author index". Before or behind it may stand the name of a journal. Corrections, obituaries and
book reviews name what they are about, so of them the beginning decides. Of 161,132 titles of arXiv 17 are taken for
front matter: corrections, a memorial and an editorial.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

SUBSTANCE = 200
"""Characters of an abstract that make a paper of a text, whatever its title."""
_LONGEST_TITLE = 300

_TITLES = {
    "English": """
        front matter|back matter|end matter|front cover|back cover|inside front cover|inside back cover
        outside back cover|cover|cover page|cover image|cover picture|cover art|cover legend|title page|half title
        blank page|copyright|copyright page|copyright notice|copyright information|masthead|imprint|colophon
        frontispiece|publisher information|publication information|publication data|publishing information
        society information|ownership statement|table of contents|contents|content|contents list|list of contents
        contents pages|graphical contents|graphical abstracts|in this issue|highlights|issue highlights
        editors highlights|issue information|about this issue|next issue|coming issues|forthcoming papers
        forthcoming articles|papers in press|articles in press|recent publications|books received
        publications received|new books|book list|index|author index|subject index|keyword index|key word index
        cumulative index|annual index|volume index|name index|general index|title index|reviewer index
        index of authors|index of subjects|index of contributors|author and subject index|subject and author index
        list of figures|list of tables|list of abbreviations|list of symbols|list of contributors|contributors
        notes on contributors|about the authors|about the author|about the contributors|author biographies
        biographies|biographical notes|list of participants|participants|list of speakers|list of posters
        list of authors|list of reviewers|list of referees|reviewers|referees|reviewer list|referee list
        reviewer acknowledgement|reviewer acknowledgment|thanks to reviewers|thank you to reviewers
        thanks to referees|acknowledgement of reviewers|acknowledgment of reviewers|acknowledgement of referees
        acknowledgment of referees|appreciation of reviewers|reviewer appreciation|acknowledgement|acknowledgment
        dedication|editorial|guest editorial|editors note|note from the editor|note from the editors|editorial note
        editors comment|editors corner|editors page|from the editor|from the editors|from the editors desk
        letter to the editor|letters to the editor|letter from the editor|message from the editor
        message from the president|presidents message|presidents letter|presidents page|editors column
        editors introduction|editorial board|editorial advisory board|advisory board|editorial team|editorial staff
        editorial committee|editorial information|editorial introduction|editorial preface|editors|staff
        board of directors|officers|committees|organizing committee|organising committee|program committee
        programme committee|technical program committee|steering committee|conference committee
        conference organization|conference organisation|organization|organisation|sponsors|program|programme
        conference program|technical program|schedule|welcome|welcome message|welcome address
        welcome from the chairs|message from the chairs|message from the general chairs
        message from the program chairs|keynote|keynote speakers|invited speakers|plenary speakers|opening remarks
        closing remarks|concluding remarks|introductory remarks|preface|foreword|prologue|epilogue|afterword
        introduction|introduction to the special issue|preface to the special issue|foreword to the special issue
        editorial for the special issue|special issue|special section|introduction to the issue|call for papers
        call for submissions|call for abstracts|call for nominations|call for participation|call for proposals
        call for reviewers|instructions for authors|information for authors|guidelines for authors
        guide for authors|author guidelines|author instructions|author information|instructions to contributors
        notes for authors|submission guidelines|manuscript submission|instructions for manuscript preparation
        aims and scope|subscription information|subscriptions|subscription form|order form|membership form
        membership application|copyright form|copyright transfer form|advertisement|advertising|advertisers index
        classifieds|announcement|news|news and notes|news and views|news in brief|newsletter|society news|calendar
        calendar of events|events|upcoming events|meeting calendar|meetings|conference calendar
        conference announcement|conferences|conference report|meeting report|obituary|in memoriam|tribute|eulogy
        book review|review of books|reviews|books|book notes|book notices|media review|software review|correction
        corrigendum|corrigenda|erratum|errata|addendum|addenda|retraction|retraction notice|retraction note
        withdrawal|withdrawal notice|notice of retraction|expression of concern|publishers note
        publisher correction|author correction|publisher erratum|correspondence|letters|miscellaneous|miscellanea
        comment|comments|commentary|reply|replies|response|discussion|panel discussion|toc|about the cover
        editorial policy|editorial policies|poster session|posters|abstracts of papers|preface to the proceedings
        welcome message from the chairs|proceedings|full issue|complete issue|entire issue
        abstracts|abstract|poster abstracts|conference abstracts|meeting abstracts|abstract book|bibliography
        references|glossary|appendix|appendices|supplement|questions and answers|crossword|quiz|errata list
        year in review|awards|prizes|honors|personalia|donors|annual report|minutes|guest editors introduction
        guest editors note|note from the editor in chief|from the editor in chief|letter from the editor in chief
        message from the editor in chief|editors choice|editors pick|upcoming meetings|forthcoming meetings
        forthcoming events|future events|copyright and reprint permissions|reprint permissions|prelims
        preliminary pages|presidents column|message from the chair|call for book reviews|obituary notice
        subscription page|sponsor page|back issues|recent books|new publications|thesis abstracts""",
    "German": """
        titelseite|titelblatt|titelei|impressum|inhalt|inhaltsverzeichnis|verzeichnis|autorenverzeichnis
        autorenregister|sachregister|register|namensregister|personenregister|sachverzeichnis
        stichwortverzeichnis|vorwort|geleitwort|nachwort|einleitung|einführung|berichtigung|berichtigungen
        korrektur|nachruf|nachrufe|buchbesprechung|buchbesprechungen|rezension|rezensionen|buchrezensionen
        mitteilungen|nachrichten|veranstaltungen|termine|hinweise für autoren|autorenhinweise
        richtlinien für autoren|redaktion|herausgeber|danksagung|zusammenfassungen|umschlag|anzeigen
        aufruf zu beiträgen|widmung|editorial beirat""",
    "French": """
        sommaire|table des matières|index des auteurs|index des matières|avant-propos|préambule|préface|éditorial
        comité de rédaction|comité de lecture|comité éditorial|compte rendu|comptes rendus
        comptes rendus d'ouvrages|compte rendu de lecture|notes de lecture|recensions|nécrologie|hommage
        remerciements|appel à contributions|appel à communications|instructions aux auteurs
        recommandations aux auteurs|consignes aux auteurs|note de l'éditeur|mot de la rédaction|couverture
        quatrième de couverture|pages liminaires|actualités|annonces|liste des relecteurs|liste des auteurs|résumés""",
    "Spanish": """
        índice|sumario|tabla de contenido|tabla de contenidos|contenido|índice de autores|índice de materias
        índice general|presentación|prólogo|prefacio|editorial|comité editorial|comité científico|consejo editorial
        consejo de redacción|fe de erratas|corrección|reseña|reseñas|reseña de libros|reseña bibliográfica
        necrológica|obituario|agradecimientos|agradecimiento a revisores|convocatoria|convocatoria de artículos
        normas de publicación|instrucciones para autores|normas para autores|portada|contraportada|créditos
        lista de revisores|noticias|cartas al editor|carta del editor|nota editorial|nota del editor|homenaje
        equipo editorial|cuerpo editorial""",
    "Portuguese": """
        apresentação|sumário|conselho editorial|corpo editorial|comissão editorial|expediente|folha de rosto|capa
        índice de autores|resenha|resenhas|normas para publicação|instruções aos autores|diretrizes para autores
        chamada de artigos|agradecimentos|agradecimento aos pareceristas|lista de pareceristas|correção|nominata
        prefácio|introdução""",
    "Italian": """
        sommario|indice|indice degli autori|prefazione|presentazione|premessa|recensione|recensioni|errata corrige
        comitato di redazione|comitato scientifico|comitato editoriale|necrologio|ringraziamenti
        norme per gli autori|istruzioni per gli autori|copertina|frontespizio""",
    "Dutch": """
        inhoud|inhoudsopgave|voorwoord|boekbespreking|boekbesprekingen|colofon|redactioneel|omslag|rectificatie""",
    "Polish": "spis treści|od redakcji|przedmowa|recenzje|okładka|strona tytułowa|nekrolog|sprostowanie",
    "Swedish": "förord|innehåll|innehållsförteckning|redaktionellt|bokrecension",
    "Russian": """
        содержание|оглавление|от редакции|предисловие|введение|титульный лист|обложка|рецензия|рецензии|поправка
        исправление|некролог|правила для авторов|список рецензентов|редакционная коллегия|редколлегия
        авторский указатель|именной указатель""",
    "Chinese": """
        目录|目次|总目录|目錄|封面|封底|前言|序言|卷首语|编者按|编委会|编辑部|編輯委員會|勘误|勘誤|更正|书评|書評|讣告
        征稿启事|征稿简则|投稿须知|作者索引|主题索引|致谢|致謝|审稿人名单|審稿人名單|声明|启事""",
    "Japanese": """
        目次|表紙|裏表紙|奥付|巻頭言|編集後記|正誤表|訂正|書評|追悼|投稿規定|執筆要項|会告|索引|著者索引|はじめに|まえがき
        あとがき|お知らせ|編集委員会""",
    "Korean": "목차|표지|서문|머리말|편집위원회|정오표|서평|투고규정|부고",
}
_BEGINNINGS = """
    erratum|errata for|errata to|errata corrige|corrigendum|corrigenda|author correction|publisher correction
    publisher erratum
    retraction notice|retraction note|withdrawal notice|editorial expression of concern|notice of retraction
    notice of withdrawal|correction to the article|correction to the paper|corrections to the article
    corrections to the paper|in memoriam|in memory of|review of the book|berichtigung|nachruf auf|compte rendu
    nécrologie|fe de erratas|fe de errata|obituario|поправка|рецензия|некролог"""
_BEGINNINGS_WITH_MARK = """
    correction|corrections|correction to|corrections to|retraction|retraction of|addendum|addendum to|errata
    expression of concern|expression of concern to|publishers note|obituary|nachruf|book review|book reviews
    call for papers|call for proposals|call for nominations|announcement|cover picture|cover feature|front cover
    back cover|inside cover|inside front cover|inside back cover|frontispiece|titelbild|buchbesprechung|rezension
    reseña|resenha|recensione|勘误|勘誤|更正|书评|書評|訂正|正誤表|追悼"""
"""Titles of papers begin with these too ("Corrections to scaling"), so a colon, dash or quotation mark must follow."""


def is_front_matter(title: str, abstract: str = "") -> bool:
    """Return whether a title is of something in a journal that is no paper, and no abstract of substance follows."""
    if len(title) > _LONGEST_TITLE or len(abstract.strip()) >= SUBSTANCE:
        return False
    plain = _plain(title)
    if _BEGINNING.match(plain):
        return True
    words = _WORD.findall(plain)
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    kept = [word for word in words if not (word in numbers or word in _OF_VOLUMES)]
    if not kept:  # "Volume 12, issue 3"
        return 0 < len(numbers) < len(words)
    return _key(kept) in _KEYS or _key(words) in _KEYS or _has_journal_beside(kept) or _is_listing(plain)


def _is_listing(plain: str) -> bool:
    """Return whether several titles of the table stand side by side: "Cover and table of contents"."""
    parts = [_key(_WORD.findall(part)) for part in _BETWEEN_TITLES.split(plain)]
    return len(parts) > 1 and all(part in _KEYS for part in parts)


def _has_journal_beside(words: list[str]) -> bool:
    """Return whether the name of a journal stands before or behind a title of the table that has several words."""
    for size in range(2, min(len(words), 6)):
        for part, rest in ((words[:size], words[size:]), (words[-size:], words[:-size])):
            key = _key(part)
            if " " in key and key in _KEYS and not _JOURNALS.isdisjoint(rest):
                return True
    return False


def _plain(text: str) -> str:
    """Return the text without case, accents and the apostrophe of a genitive."""
    letters = unicodedata.normalize("NFKD", text).casefold().replace("'s", "s").replace("\u2019s", "s")
    return unicodedata.normalize("NFC", "".join(sign for sign in letters if not unicodedata.combining(sign)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_plain(text).split())


def _key(words: Iterable[str]) -> str:
    return " ".join(_singular(word) for word in words if word not in _PASSED_OVER)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _phrases(table: str) -> Iterator[str]:
    return (_plain(phrase.strip()) for line in table.split("\n") for phrase in line.split("|") if phrase.strip())


def _any_of(table: str) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(_phrases(table), key=len, reverse=True))


_WORD = re.compile(r"\w+")
_BETWEEN_TITLES = re.compile(r"[,;/|&+:]|\s[-\u2013\u2014]\s|\b(?:and|und|et|y|e)\b")
_NUMBER = re.compile(
    r"\d+(?:st|nd|rd|th)?|[vx]|(?=[ivxlc]{2})c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})|第?\d+[卷期号巻年月]+"
)
_PASSED_OVER = _words(
    "a an and at by for from in of on our the this to with und der die das den dem des von vom zu zum zur für im et de "
    "du la le les l d au aux pour un une y e el los las del para por al da do das dos os il lo gli degli della dei "
    "delle per van het een voor w z для"
)
_OF_VOLUMES = _words(
    "volume vol volumes vols number no nr num issue iss part pt pts series ser page p pp pages year supplement suppl "
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec spring summer autumn fall winter band bd heft jahrgang jg ausgabe nummer tome tom numéro "
    "número volumen núm ano año fascicule fasc fascicolo rok zeszyt том номер выпуск"
)
_JOURNALS = _words(
    "journal transactions proceedings annals bulletin acta ieee acm siam zeitschrift revue revista rivista"
)
_KEYS = frozenset(_key(_WORD.findall(phrase)) for table in _TITLES.values() for phrase in _phrases(table))
_BEGINNING = re.compile(
    rf"\W*(?:(?:{_any_of(_BEGINNINGS)})(?!\w)\W*\w"
    rf"|(?:{_any_of(_BEGINNINGS_WITH_MARK)})(?:\s*[:\"\u201c\u201e\u00ab\u300a\u300e]|\s+[-\u2013\u2014]\s)\W*\w)"
)
