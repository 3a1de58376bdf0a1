"""Microsoft Graph, as far as Intune's policies need it."""
