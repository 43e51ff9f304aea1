"""A SKOS vocabulary of some three hundred concepts in three levels, as the keepers of real ones write them.

Names are in English, of the upper levels in German and Finnish too; concepts have notations, other labels, definitions,
and some are deprecated.
"""

from collections.abc import Iterator

BASE = "http://vocabulary.example/nature/"
PREFIXES = f"""\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix : <{BASE}> .
"""
_TOPS = {
    "chemistry": ("Chemistry", "Chemie", "Kemia"),
    "astronomy": ("Astronomy", "Astronomie", "Tähtitiede"),
    "geography": ("Geography", "Geographie", "Maantiede"),
}
_GROUPS = """\
chemistry|1|Alkali metals|Alkalimetalle|Alkalimetallit|Li lithium, Na sodium, K potassium, Rb rubidium, Cs caesium, Fr francium
chemistry|2|Alkaline earth metals|Erdalkalimetalle|Maa-alkalimetallit|Be beryllium, Mg magnesium, Ca calcium, Sr strontium, Ba barium, Ra radium
chemistry|3|Lanthanides|Lanthanoide|Lantanoidit|La lanthanum, Ce cerium, Pr praseodymium, Nd neodymium, Pm promethium, Sm samarium, Eu europium, Gd gadolinium, Tb terbium, Dy dysprosium, Ho holmium, Er erbium, Tm thulium, Yb ytterbium, Lu lutetium
chemistry|4|Actinides|Actinoide|Aktinoidit|Ac actinium, Th thorium, Pa protactinium, U uranium, Np neptunium, Pu plutonium, Am americium, Cm curium, Bk berkelium, Cf californium, Es einsteinium, Fm fermium, Md mendelevium, No nobelium, Lr lawrencium
chemistry|5|Transition metals|Übergangsmetalle|Siirtymämetallit|Sc scandium, Ti titanium, V vanadium, Cr chromium, Mn manganese, Fe iron, Co cobalt, Ni nickel, Cu copper, Zn zinc, Y yttrium, Zr zirconium, Nb niobium, Mo molybdenum, Tc technetium, Ru ruthenium, Rh rhodium, Pd palladium, Ag silver, Cd cadmium, Hf hafnium, Ta tantalum, W tungsten, Re rhenium, Os osmium, Ir iridium, Pt platinum, Au gold, Hg mercury
chemistry|6|Halogens|Halogene|Halogeenit|F fluorine, Cl chlorine, Br bromine, I iodine, At astatine, Ts tennessine
chemistry|7|Noble gases|Edelgase|Jalokaasut|He helium, Ne neon, Ar argon, Kr krypton, Xe xenon, Rn radon, Og oganesson
chemistry|8|Nonmetals and metalloids|Nichtmetalle|Epämetallit|H hydrogen, C carbon, N nitrogen, O oxygen, P phosphorus, S sulfur, Se selenium, B boron, Si silicon, Ge germanium, As arsenic, Sb antimony, Te tellurium
astronomy|10|Zodiac constellations|Tierkreis|Eläinrata|Ari Aries, Tau Taurus, Gem Gemini, Cnc Cancer, Leo Leo, Vir Virgo, Lib Libra, Sco Scorpius, Sgr Sagittarius, Cap Capricornus, Aqr Aquarius, Psc Pisces
astronomy|11|Northern constellations|Nördliche Sternbilder|Pohjoiset tähdistöt|UMa Ursa Major, UMi Ursa Minor, Dra Draco, Cep Cepheus, Cas Cassiopeia, Cam Camelopardalis, Lyn Lynx, Aur Auriga, Per Perseus, And Andromeda, Lac Lacerta, Cyg Cygnus, Lyr Lyra, Her Hercules, CrB Corona Borealis, Boo Boötes, CVn Canes Venatici, LMi Leo Minor, Com Coma Berenices, Tri Triangulum
astronomy|12|Southern constellations|Südliche Sternbilder|Eteläiset tähdistöt|Car Carina, Vel Vela, Pup Puppis, Cen Centaurus, Cru Crux, Lup Lupus, Nor Norma, TrA Triangulum Australe, Mus Musca, Cha Chamaeleon, Vol Volans, Dor Dorado, Ret Reticulum, Hyi Hydrus, Tuc Tucana, Ind Indus, Pav Pavo, Gru Grus, Phe Phoenix, Eri Eridanus, Oct Octans
astronomy|13|Planets of the Sun|Planeten|Planeetat|01 Mercury, 02 Venus, 03 Earth, 04 Mars, 05 Jupiter, 06 Saturn, 07 Uranus, 08 Neptune
astronomy|14|Moons|Monde|Kuut|m01 Phobos, m02 Deimos, m03 Io, m04 Europa, m05 Ganymede, m06 Callisto, m07 Titan, m08 Enceladus, m09 Mimas, m10 Tethys, m11 Dione, m12 Rhea, m13 Iapetus, m14 Miranda, m15 Ariel, m16 Umbriel, m17 Titania, m18 Oberon, m19 Triton, m20 Charon
geography|20|Nordic countries|Nordische Länder|Pohjoismaat|DK Denmark, FI Finland, IS Iceland, NO Norway, SE Sweden
geography|21|Baltic countries|Baltische Länder|Baltian maat|EE Estonia, LV Latvia, LT Lithuania
geography|22|Western Europe|Westeuropa|Länsi-Eurooppa|AT Austria, BE Belgium, FR France, DE Germany, IE Ireland, LI Liechtenstein, LU Luxembourg, NL Netherlands, CH Switzerland, GB United Kingdom
geography|23|Southern Europe|Südeuropa|Etelä-Eurooppa|HR Croatia, CY Cyprus, GR Greece, IT Italy, MT Malta, PT Portugal, SI Slovenia, ES Spain
geography|24|South America|Südamerika|Etelä-Amerikka|AR Argentina, BO Bolivia, BR Brazil, CL Chile, CO Colombia, EC Ecuador, GY Guyana, PY Paraguay, PE Peru, SR Suriname, UY Uruguay, VE Venezuela
geography|25|Oceans and seas|Meere|Meret|o1 Atlantic Ocean, o2 Pacific Ocean, o3 Indian Ocean, o4 Arctic Ocean, o5 Southern Ocean, o6 Baltic Sea, o7 North Sea, o8 Mediterranean Sea, o9 Black Sea
"""  # noqa: E501
_ALSO_CALLED = {
    "Na": "natrium", "K": "kalium", "W": "wolfram", "Hg": "quicksilver", "Sb": "stibium", "Au": "aurum",
    "UMa": "Great Bear", "UMi": "Little Bear", "Cyg": "Swan", "Lyr": "Lyre", "Cru": "Southern Cross",
    "NL": "Holland", "GB": "Britain", "CH": "Swiss Confederation", "o8": "Mediterranean", "02": "morning star",
}  # fmt: skip
_NO_LONGER = {
    "chemistry-5": ["columbium", "glucinum", "didymium", "masurium", "illinium"],
    "astronomy-12": ["Argo Navis", "Quadrans Muralis", "Felis", "Robur Carolinum"],
    "astronomy-13": ["Vulcan"],
    "geography-22": ["German Democratic Republic", "Saarland protectorate"],
}


def turtle() -> str:
    """The vocabulary in Turtle."""
    return PREFIXES + "\n".join(_statements()) + "\n"


def area_words() -> dict[str, list[str]]:
    """URI of every area (second level) -> the names of the concepts below it."""
    found = {}
    for line in _GROUPS.splitlines():
        top, number, *_, members = line.split("|")
        found[f"{BASE}{top}-{number}"] = [member.split(" ", 1)[1] for member in members.split(", ")]
    return found


def _statements() -> Iterator[str]:
    yield ': a skos:ConceptScheme ; skos:prefLabel "Nature"@en, "Natur"@de .'
    for top, names in _TOPS.items():
        yield f":{top} a skos:Concept ; {_names(names)} ; skos:topConceptOf : ."
    for line in _GROUPS.splitlines():
        top, number, english, german, finnish, members = line.split("|")
        group = f"{top}-{number}"
        yield f':{group} a skos:Concept ; {_names((english, german, finnish))} ; skos:notation "{number}" ;'
        yield f'  skos:broader :{top} ; skos:definition "What belongs to the {english.lower()}."@en .'
        for member in members.split(", "):
            code, name = member.split(" ", 1)
            other = f' ; skos:altLabel "{_ALSO_CALLED[code]}"@en' if code in _ALSO_CALLED else ""
            yield f':{code} a skos:Concept ; skos:prefLabel "{name}"@en{other} ; skos:notation "{code}" .'
            yield f":{group} skos:narrower :{code} ."
    for group, gone in _NO_LONGER.items():
        for place, name in enumerate(gone):
            yield f':{group}-gone-{place} a skos:Concept ; skos:prefLabel "{name}"@en ; skos:broader :{group} ;'
            yield "  owl:deprecated true ." if place % 2 else f"  dct:isReplacedBy :{group} ."


def _names(names: tuple[str, str, str]) -> str:
    english, german, finnish = names
    return f'skos:prefLabel "{english}"@en, "{german}"@de, "{finnish}"@fi'
