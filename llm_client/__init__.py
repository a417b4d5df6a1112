"""The language model behind one method: an OpenAI-compatible client with own retries, prices and ledger, and a fake."""
