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
ALIASES = {
    "math.IT": "cs.IT",
    "stat.TH": "math.ST",
    "math.MP": "math-ph",
    "cs.SY": "eess.SY",
    "cs.NA": "math.NA",
    "q-fin.EC": "econ.GN",
}
OPENALEX_FIELDS = {
    11: "Agricultural and Biological Sciences",
    12: "Arts and Humanities",
    13: "Biochemistry, Genetics and Molecular Biology",
    14: "Business, Management and Accounting",
    15: "Chemical Engineering",
    16: "Chemistry",
    17: "Computer Science",
    18: "Decision Sciences",
    19: "Earth and Planetary Sciences",
    20: "Economics, Econometrics and Finance",
    21: "Energy",
    22: "Engineering",
    23: "Environmental Science",
    24: "Immunology and Microbiology",
    25: "Materials Science",
    26: "Mathematics",
    27: "Medicine",
    28: "Neuroscience",
    29: "Nursing",
    30: "Pharmacology, Toxicology and Pharmaceutics",
    31: "Physics and Astronomy",
    32: "Psychology",
    33: "Social Sciences",
    34: "Veterinary",
    35: "Dentistry",
    36: "Health Professions",
}


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
    """Of its 26 fields; a code that ends in 00 or 01 is a field as a whole or its rest, and no name occurs twice."""
    subfields = yaml.safe_load(FILE.read_text(encoding="utf-8"))["subfields"]
    assert len(OPENALEX_FIELDS) == 26
    assert list(subfields) == sorted(subfields) and len(set(subfields.values())) == len(subfields)
    assert all(code // 100 in OPENALEX_FIELDS and code % 100 > 1 for code in subfields)
    assert not set(subfields.values()) & set(OPENALEX_FIELDS.values())


def test_an_alias_of_a_category_stands_behind_it() -> None:
    """Sources that merge aliases have the category alone, so that an alias by itself would find nothing there."""
    areas = yaml.safe_load(FILE.read_text(encoding="utf-8"))["areas"]
    for area, entry in areas.items():
        for alias in set(entry["arxiv"]) & ALIASES.keys():
            assert ALIASES[alias] in entry["arxiv"][: entry["arxiv"].index(alias)], area


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
