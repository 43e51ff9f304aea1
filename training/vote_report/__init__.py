"""What labelling functions did on all papers, and the page that tells a curator which of them to mend."""
