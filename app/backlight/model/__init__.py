"""The values that flow between stages: frozen, slotted, free of torch."""
