"""The HTTP side of files: `views` takes and sends them, `store` is the SDK's attachment store,
`documents` answers from their words. `views` loads no SDK."""
