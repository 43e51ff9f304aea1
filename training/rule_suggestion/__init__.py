"""Proposes labelling rules from few labels and many unlabelled papers.

What a curator does who writes rules, done by counting: AutoWS-Bench-101 (Roberts et al., 2022) compares systems that
generate labelling functions automatically from at most 100 labels. Few labels cannot measure a rule that hardly any of
the labelled papers meets, so what they say of it is joined with what the pool says: how similar the papers that
the rule finds are to the area.
"""
