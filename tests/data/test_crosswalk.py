"""What bundled areas are elsewhere."""

from __future__ import annotations

import re

import yaml

from data.crosswalk import FILE, Crosswalk, crosswalk_of
from data.taxonomy import Area
from data.taxonomy_file import load_taxonomy

ARCHIVES = {
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC"
    " SD SE SI SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "stat": "AP CO ME ML OT TH",
    "eess": "AS IV SP SY",
    "econ": "EM GN TH",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph"
    " geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "nlin": "AO CD CG PS SI",
}
WHOLE = {"gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"}
CATEGORIES = {f"{archive}.{one}" for archive, names in ARCHIVES.items() for one in names.split()} | WHOLE


def test_every_bundled_area_is_somewhere() -> None:
    """At categories of arXiv that there are and subfields that the file names; each once, nothing unused."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    taxonomy = load_taxonomy()
    assert list(content["areas"]) == list(taxonomy.area_ids)
    for area, entry in content["areas"].items():
        assert entry["arxiv"] and set(entry["arxiv"]) <= CATEGORIES, area
        assert entry["openalex"] and set(entry["openalex"]) <= content["subfields"].keys(), area
        assert all(len(set(found)) == len(found) for found in entry.values()), area
    assert content["subfields"].keys() == {code for entry in content["areas"].values() for code in entry["openalex"]}


def test_subfields_belong_to_fields_of_openalex() -> None:
    """Of its 26 fields, numbered from 11 to 36; those that end in 00 or 01 are no subfields of their own."""
    subfields = yaml.safe_load(FILE.read_text(encoding="utf-8"))["subfields"]
    assert list(subfields) == sorted(subfields) and len(set(subfields.values())) == len(subfields)
    assert all(11 <= code // 100 <= 36 and code % 100 > 1 for code in subfields)


def test_a_bundled_area() -> None:
    """By id and name, as an area of another taxonomy may have the same id."""
    area = load_taxonomy().area("vision/segmentation")
    assert crosswalk_of(area).to_record() == {
        "arxiv": ["cs.CV", "eess.IV"],
        "openalex": ["https://openalex.org/subfields/1707"],
    }
    assert crosswalk_of(Area(area.id, "Segmentation of markets")) == Crosswalk()


def test_matches_of_a_vocabulary() -> None:
    """They are those of the taxonomy file."""
    area = Area("a", "A", exact_match=("http://x.example/1",), close_match=("http://x.example/2",))
    assert crosswalk_of(area).to_record() == {
        "exact_match": ["http://x.example/1"],
        "close_match": ["http://x.example/2"],
    }


def test_nothing_that_is_trained_reads_it() -> None:
    """The taxonomy, and so every digest of it, knows nothing of the file."""
    assert not re.search("openalex|crosswalk", load_taxonomy().to_yaml())
