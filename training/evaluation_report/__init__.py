"""`areatag evaluate`: what a model gets wrong on labelled papers, beside another model, as JSON, text or a page."""
