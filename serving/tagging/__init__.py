"""What commands and service do with any tagger: labels of curators win, tagged papers are kept for retraining."""
