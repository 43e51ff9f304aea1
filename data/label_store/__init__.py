"""The label store: what curators decided about papers, as a history that only grows and a view of what holds now.

`location` says where it is and is light to import; `store.LabelStore` needs SQLAlchemy.
"""
