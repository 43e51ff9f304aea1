"""What runs the encoder of a model: OpenVINO on the CPU, torch on a GPU."""
