// Brute-force kernels in C++ at the widest vectors of the machine: the peer of RowScan.
// usage: scan_kernels FOLDER with the files rows and queries. For each line "needles count" the answer "microseconds pairs": time a
// query, and pairs within 31 among the first `count` queries, the rows passed over once for each group of `needles` (1 or 8).
#include <immintrin.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>
#include <sys/mman.h>

struct Hash { uint64_t w[4]; };
static const int kRadius = 31;
static const uint64_t kBlock = 512;

static int Distance(const Hash& a, const Hash& b) {
  int d = 0;
  for (int i = 0; i < 4; i++) d += __builtin_popcountll(a.w[i] ^ b.w[i]);
  return d;
}

static Hash* Load(const std::string& path, uint64_t& count) {
  FILE* file = fopen(path.c_str(), "rb");
  char magic[8];
  if (!file || fread(magic, 1, 8, file) != 8 || fread(&count, 8, 1, file) != 1) exit(1);
  Hash* rows = (Hash*)aligned_alloc(1 << 21, (count * 32 + (1 << 21)) >> 21 << 21);
  madvise(rows, count * 32, MADV_HUGEPAGE);
  if (fread(rows, 32, count, file) != count) exit(1);
  fclose(file);
  return rows;
}

#if defined(__AVX512VPOPCNTDQ__) && defined(__AVX512F__)
static uint64_t ScanEight(const Hash* rows, uint64_t n, const Hash* q) {
  alignas(64) uint64_t t[2][8];
  for (int k = 0; k < 8; k++) for (int r = 0; r < 2; r++) t[r][k] = q[k].w[r];
  const __m512i n0 = _mm512_load_si512(t[0]), n1 = _mm512_load_si512(t[1]), limit = _mm512_set1_epi64(kRadius);
  uint64_t found = 0;
  for (uint64_t i = 0; i < n; i++) {
    const __m512i s = _mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(_mm512_set1_epi64(rows[i].w[0]), n0)),
                                       _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_set1_epi64(rows[i].w[1]), n1)));
    for (__mmask8 m = _mm512_cmple_epu64_mask(s, limit); __builtin_expect(m != 0, 0); m &= m - 1)
      found += Distance(rows[i], q[__builtin_ctz(m)]) <= kRadius;
  }
  return found;
}
static uint64_t ScanOne(const Hash* rows, uint64_t n, const Hash& q) {
  const __m512i needle = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i*)&q));
  const __m512i limit = _mm512_set1_epi16(kRadius);
  uint64_t i = 0, found = 0;
  for (; i + 8 <= n; i += 8) {
    const __m512i* p = (const __m512i*)(rows + i);
    __m512i s = _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(p), needle));
    for (int k = 1; k < 4; k++)
      s = _mm512_or_si512(s, _mm512_slli_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(p + k), needle)), 16 * k));
    s = _mm512_add_epi16(s, _mm512_shuffle_epi32(s, (_MM_PERM_ENUM)0x4E));
    s = _mm512_add_epi16(s, _mm512_permutex_epi64(s, 0x4E));
    if (__builtin_expect(_mm512_cmple_epu16_mask(s, limit) != 0, 0))
      for (int k = 0; k < 8; k++) found += Distance(rows[i + k], q) <= kRadius;
  }
  for (; i < n; i++) found += Distance(rows[i], q) <= kRadius;
  return found;
}
#else
static __m256i Count(__m256i x) {
  const __m256i table = _mm256_setr_epi8(0,1,1,2,1,2,2,3,1,2,2,3,2,3,3,4,0,1,1,2,1,2,2,3,1,2,2,3,2,3,3,4);
  const __m256i low = _mm256_set1_epi8(15);
  return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                         _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
}
static uint64_t ScanEight(const Hash* rows, uint64_t n, const Hash* q) {
  __m256i needle[2][2];
  for (int g = 0; g < 2; g++) for (int r = 0; r < 2; r++)
    needle[g][r] = _mm256_setr_epi64x(q[4 * g].w[r], q[4 * g + 1].w[r], q[4 * g + 2].w[r], q[4 * g + 3].w[r]);
  const __m256i limit = _mm256_set1_epi64x(kRadius + 1);
  uint64_t found = 0;
  for (uint64_t i = 0; i < n; i++) {
    const __m256i a = _mm256_set1_epi64x(rows[i].w[0]), b = _mm256_set1_epi64x(rows[i].w[1]);
    for (int g = 0; g < 2; g++) {
      const __m256i s = _mm256_sad_epu8(
          _mm256_add_epi8(Count(_mm256_xor_si256(a, needle[g][0])), Count(_mm256_xor_si256(b, needle[g][1]))), _mm256_setzero_si256());
      const int m = _mm256_movemask_epi8(_mm256_cmpgt_epi64(limit, s));
      if (__builtin_expect(m != 0, 0))
        for (int k = 0; k < 4; k++) if (m >> (8 * k) & 1) found += Distance(rows[i], q[4 * g + k]) <= kRadius;
    }
  }
  return found;
}
static uint64_t ScanOne(const Hash* rows, uint64_t n, const Hash& q) {
  uint64_t found = 0;
  for (uint64_t i = 0; i < n; i++) {
    const int half = __builtin_popcountll(rows[i].w[0] ^ q.w[0]) + __builtin_popcountll(rows[i].w[1] ^ q.w[1]);
    if (__builtin_expect(half <= kRadius, 0)) found += Distance(rows[i], q) <= kRadius;
  }
  return found;
}
#endif

int main(int, char** arguments) {
  const std::string folder = arguments[1];
  uint64_t n, nq;
  const Hash* rows = Load(folder + "/rows", n);
  const Hash* queries = Load(folder + "/queries", nq);
  int needles, count;
  while (scanf("%d %d", &needles, &count) == 2) {
    const auto start = std::chrono::steady_clock::now();
    uint64_t found = 0;
    for (int q = 0; q + needles <= count; q += needles) {
      if (needles == 1) { found += ScanOne(rows, n, queries[q]); continue; }
      for (uint64_t at = 0; at < n; at += kBlock)
        found += ScanEight(rows + at, n - at < kBlock ? n - at : kBlock, queries + q);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    printf("%f %llu\n", seconds * 1e6 / count, (unsigned long long)found);
    fflush(stdout);
  }
}
