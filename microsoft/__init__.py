"""Microsoft's services as Baton needs them: Entra's tokens so far."""
