"""What pages of reports have in common: one HTML file each, without a script or a request, with plots inside."""
