"""Report pages, read by a parser."""

from html.parser import HTMLParser

VOID = {"meta", "br"}


class ReportPage(HTMLParser):
    """Tags, references, ids, text and tables of a page; fails on tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []  # tag, name, value
        self.text = ""
        self.tables: dict[str, list[list[str]]] = {}
        """{id of the text that names a table: the cells of each row below the headings}."""
        self._cells: list[str] | None = None
        self.html = html
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag with its attributes, and open it."""
        self.tags.add(tag)
        self.attributes.extend((tag, name, value or "") for name, value in attrs)
        if tag not in VOID:
            self.open.append(tag)
        if name := dict(attrs).get("aria-labelledby"):
            self.tables[name] = []
        elif tag == "tr" and "tbody" in self.open and self.tables:
            self._cells = []
            self.tables[[*self.tables][-1]].append(self._cells)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the attributes of a tag without content."""
        self.attributes.extend((tag, name, value or "") for name, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag
        if tag == "tbody":
            self._cells = None

    def handle_data(self, data: str) -> None:
        """Keep text that readers see."""
        if not self.open or self.open[-1] != "style":
            self.text += data
        if self._cells and {"td", "th"} & set(self.open):
            self._cells[-1] += data

    def check_that_it_needs_nothing_else(self, plots: int) -> None:
        """No script, no request, no id twice, links that lead somewhere, and plots with a description."""
        assert not {"script", "link", "img", "iframe"} & self.tags
        references = [v for _, name, v in self.attributes if name in ("href", "xlink:href", "src", "srcset", "data")]
        assert references and all(reference.startswith("#") for reference in references)
        ids = [value for _, name, value in self.attributes if name == "id"]
        assert len(ids) == len(set(ids)) and {reference[1:] for reference in references} <= set(ids)
        assert "@import" not in self.html and "url(http" not in self.html
        described = [value for tag, name, value in self.attributes if tag == "svg" and name == "aria-label"]
        assert len(described) == plots and all(described)
        assert not any(name.startswith("on") for _, name, _ in self.attributes)
