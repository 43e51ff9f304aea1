"""What REST clients send and get, as pydantic models: validation, and the source of the OpenAPI document."""
