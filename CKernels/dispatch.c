#include "smx_kernels.h"
