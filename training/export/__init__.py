"""From a trained network to the encoder files of a model directory."""
