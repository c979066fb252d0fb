public import TensorFiles
