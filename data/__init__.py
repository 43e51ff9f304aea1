"""Everything that goes into areatag: papers, taxonomies, labelling rules and labels."""
