/* The floor of a scan: every layer read, inflated and hashed once, by two threads, and nothing else.
 *
 * Usage: floor ARCHIVE [OFFSET SIZE KIND]...   KIND: t (plain tar: one digest) or g (gzip: a digest of the blob, and one
 * of the inflated bytes). Prints the inflated bytes. Layers are taken largest first by whichever thread is free.
 * A thread that finds no layer left hashes nothing: the same rule as in the product, so a single large layer is bound by
 * one core's inflating, with its digests on the other core.
 * Build: cc -O2 -pthread floor.c -lisal -lcrypto -o floor
 */
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE (1 << 20)
#define AHEAD 4

struct layer { off_t offset; long size; char kind; };
static struct layer *layers;
static int count, next, fd;
static long inflated;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Hashing on a thread of its own beside the reading: a ring of AHEAD pieces. */
struct ring {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t moved;
  unsigned char *data[AHEAD];
  size_t length[AHEAD];
  int which[AHEAD], head, tail, ended;
  EVP_MD_CTX *digest[2];
};

static void *hash(void *given) {
  struct ring *r = given;
  for (;;) {
    pthread_mutex_lock(&r->lock);
    while (r->head == r->tail && !r->ended) pthread_cond_wait(&r->moved, &r->lock);
    if (r->head == r->tail) { pthread_mutex_unlock(&r->lock); return NULL; }
    int at = r->tail % AHEAD;
    pthread_mutex_unlock(&r->lock);
    EVP_DigestUpdate(r->digest[r->which[at]], r->data[at], r->length[at]);
    pthread_mutex_lock(&r->lock);
    r->tail++;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
  }
}

static unsigned char *slot(struct ring *r) {
  pthread_mutex_lock(&r->lock);
  while (r->head - r->tail >= AHEAD) pthread_cond_wait(&r->moved, &r->lock);
  pthread_mutex_unlock(&r->lock);
  return r->data[r->head % AHEAD];
}

static void push(struct ring *r, size_t length, int which) {
  pthread_mutex_lock(&r->lock);
  r->length[r->head % AHEAD] = length;
  r->which[r->head % AHEAD] = which;
  r->head++;
  pthread_cond_broadcast(&r->moved);
  pthread_mutex_unlock(&r->lock);
}

static void read_layer(const struct layer *l, struct ring *r) {
  static __thread unsigned char in[PIECE];
  struct inflate_state *state = malloc(sizeof *state);
  isal_inflate_init(state);
  state->crc_flag = ISAL_GZIP;
  long sum = 0;
  for (long at = 0; at < l->size;) {
    long want = l->size - at < PIECE ? l->size - at : PIECE;
    if (l->kind == 't') {
      unsigned char *piece = slot(r);
      long got = pread(fd, piece, want, l->offset + at);
      if (got <= 0) { perror("read"); exit(1); }
      push(r, got, 0);
      at += got;
      sum += got;
      continue;
    }
    unsigned char *copy = slot(r);
    long got = pread(fd, in, want, l->offset + at);
    if (got <= 0) { perror("read"); exit(1); }
    memcpy(copy, in, got);
    push(r, got, 1);
    at += got;
    state->next_in = in;
    state->avail_in = got;
    do {
      unsigned char *piece = slot(r);
      state->next_out = piece;
      state->avail_out = PIECE;
      if (isal_inflate(state) != ISAL_DECOMP_OK) { fprintf(stderr, "damaged\n"); exit(1); }
      long out = PIECE - state->avail_out;
      if (out) push(r, out, 0);
      sum += out;
      if (!out) break;
    } while (state->avail_in || state->avail_out == 0);
  }
  free(state);
  pthread_mutex_lock(&lock);
  inflated += sum;
  pthread_mutex_unlock(&lock);
}

static void *work(void *unused) {
  for (;;) {
    pthread_mutex_lock(&lock);
    int mine = next < count ? next++ : -1;
    pthread_mutex_unlock(&lock);
    if (mine < 0) return unused;
    struct ring *r = calloc(1, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->moved, NULL);
    for (int i = 0; i < AHEAD; i++) r->data[i] = malloc(PIECE);
    for (int i = 0; i < 2; i++) {
      r->digest[i] = EVP_MD_CTX_new();
      EVP_DigestInit_ex(r->digest[i], EVP_sha256(), NULL);
    }
    pthread_create(&r->thread, NULL, hash, r);
    read_layer(&layers[mine], r);
    pthread_mutex_lock(&r->lock);
    r->ended = 1;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    unsigned char value[32];
    for (int i = 0; i < 2; i++) {
      EVP_DigestFinal_ex(r->digest[i], value, NULL);
      EVP_MD_CTX_free(r->digest[i]);
    }
    for (int i = 0; i < AHEAD; i++) free(r->data[i]);
    free(r);
  }
}

static int larger(const void *a, const void *b) {
  const struct layer *x = a, *y = b;
  return (y->size > x->size) - (y->size < x->size);
}

int main(int argc, char **argv) {
  if (argc < 5 || (argc - 2) % 3) { fprintf(stderr, "usage: floor ARCHIVE OFFSET SIZE t|g ...\n"); return 2; }
  fd = open(argv[1], O_RDONLY);
  if (fd < 0) { perror(argv[1]); return 1; }
  count = (argc - 2) / 3;
  layers = calloc(count, sizeof *layers);
  for (int i = 0; i < count; i++) {
    layers[i].offset = atol(argv[2 + 3 * i]);
    layers[i].size = atol(argv[3 + 3 * i]);
    layers[i].kind = argv[4 + 3 * i][0];
  }
  qsort(layers, count, sizeof *layers, larger);
  pthread_t two[2];
  for (int i = 0; i < 2; i++) pthread_create(&two[i], NULL, work, NULL);
  for (int i = 0; i < 2; i++) pthread_join(two[i], NULL);
  printf("%ld\n", inflated);
  return 0;
}
