"""Pure core: vocabulary, events, decisions, policy rules and the load model. Imports nothing but pydantic."""
