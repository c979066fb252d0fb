// What the vocabulary takes from NEON itself: lookup, by bytes.
#ifndef SMX_VECTOR_NEON_H
#define SMX_VECTOR_NEON_H

SMX_INLINE vi32 lookup_8(const int32_t *table, vi32 index) {
  const uint8x16x2_t entries = vld1q_u8_x2((const uint8_t *)table);
  uint32x4_t quarter[4];
  memcpy(quarter, &index, sizeof index);
  for (int i = 0; i < 4; i++) { // the four bytes of entry j are 4 j, 4 j + 1, 4 j + 2, 4 j + 3
    uint32x4_t j = vandq_u32(quarter[i], vdupq_n_u32(7));
    uint32x4_t bytes = vmlaq_u32(vdupq_n_u32(0x03020100), j, vdupq_n_u32(0x04040404));
    quarter[i] = vreinterpretq_u32_u8(vqtbl2q_u8(entries, vreinterpretq_u8_u32(bytes)));
  }
  memcpy(&index, quarter, sizeof index);
  return index;
}

#endif
