import AdaptiveSoftmax
print(Runtime.openMP)
