# Python alone.
import math

words = ["ape", "bee"]
print(f"{len(words)} words, {math.pi:.3f}")
sum(len(word) for word in words)
