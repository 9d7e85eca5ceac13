"""HTTP: AuthZEN evaluation, the plugin's compact endpoint, and the operators' API."""
