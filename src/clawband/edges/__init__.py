"""The outside that calls us: parse, call one flow, render. No rule lives here."""
