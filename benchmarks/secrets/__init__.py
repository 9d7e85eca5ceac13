"""How well, and how fast, leaked secrets are found, beside gitleaks and detect-secrets."""
