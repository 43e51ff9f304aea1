"""The terms of SKOS and of what real vocabularies use beside it."""

from rdflib import Namespace, URIRef
from rdflib.namespace import DCTERMS, RDFS, SKOS

SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
_ISO_THES = Namespace("http://purl.org/iso25964/skos-thes#")
_GVP = Namespace("http://vocab.getty.edu/ontology#")

AREATAG = Namespace("urn:areatag:terms:")
"""What a taxonomy file says and SKOS has no term for: it is written so that an import gives the same file again."""

_KINDS = ("Generic", "Partitive", "Instantial")
BROADER = (SKOS.broader, *(_ISO_THES[f"broader{k}"] for k in _KINDS), *(_GVP[f"broader{k}"] for k in _KINDS))
NARROWER = (SKOS.narrower, *(_ISO_THES[f"narrower{k}"] for k in _KINDS), *(_GVP[f"narrower{k}"] for k in _KINDS))
COLLECTIONS = (SKOS.Collection, SKOS.OrderedCollection, _ISO_THES.ConceptGroup, _ISO_THES.ThesaurusArray)
ABOVE_COLLECTION = (*BROADER, _ISO_THES.superOrdinate)
BELOW_COLLECTION = (*NARROWER, _ISO_THES.subordinateArray, SKOS.member)
"""As broader and narrower ones where a collection (an array, a guide term) stands between two concepts."""
NAMES_WITHOUT_LABEL = (RDFS.label, DCTERMS.title, URIRef("http://purl.org/dc/elements/1.1/title"))

REPLACED = frozenset(["isreplacedby", "replacedby", "supersededby", "issupersededby"])
"""Local names (lower case) of terms that lead from a deprecated concept to the one to be used instead.

Every publisher has terms of its own for what is out of use, in its own namespace; they agree in what they are called.
"""
CHANGE_NOTES = (SKOS.historyNote, SKOS.changeNote, SKOS.editorialNote)

KEPT = frozenset(
    {
        *BROADER, *NARROWER, SKOS.broaderTransitive, SKOS.narrowerTransitive,
        SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.definition, SKOS.scopeNote, SKOS.notation,
        SKOS.exactMatch, SKOS.closeMatch, SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, SKOS.member,
    }
)  # fmt: skip
"""Terms of SKOS that an import uses or counts by itself; others of SKOS are named in its summary."""
