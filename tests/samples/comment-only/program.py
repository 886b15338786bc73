# Nothing happens here.
