// Names of the element type that an .inc file is compiled for: SMX_REAL is 32 or 64.
#undef T
#undef V
#undef VI
#undef LANES
#undef FN
#undef EXP_SCALE
#undef OWN_TYPE
#if SMX_REAL == 32
#define T float
#define V vf32
#define VI vi32
#define LANES 16
#define FN(name) name##_f32
#define EXP_SCALE SMX_EXP_SCALE_f32
#define OWN_TYPE SMX_F32
#else
#define T double
#define V vf64
#define VI vi64
#define LANES 8
#define FN(name) name##_f64
#define EXP_SCALE SMX_EXP_SCALE_f64
#define OWN_TYPE SMX_F64
#endif
