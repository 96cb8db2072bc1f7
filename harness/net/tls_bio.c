/* The BIO between OpenSSL and the filter: reads from the borrowed input
 * without a copy, writes into the output buffer. BIO_s_mem would keep a
 * buffer as large as the largest read for every idle connection. */
#include "net/tls_filter.h"
#include <string.h>

static int read_input(BIO *bio, char *to, int room)
{
    struct tls *tls = BIO_get_data(bio);
    size_t size = room < 0 ? 0 : (size_t)room;
    BIO_clear_retry_flags(bio);
    if (tls->input.size == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if (size > tls->input.size)
        size = tls->input.size;
    memcpy(to, tls->input.data, size);
    tls->input.data += size;
    tls->input.size -= size;
    return (int)size;
}

static int write_output(BIO *bio, const char *from, int size)
{
    struct tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    buffer_append(&tls->output, from, (size_t)size);
    return tls->output.failed ? -1 : size;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *tls_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "mqttspec bytes");
    if (method == NULL)
        return NULL;
    if (BIO_meth_set_read(method, read_input) == 1 &&
        BIO_meth_set_write(method, write_output) == 1 &&
        BIO_meth_set_ctrl(method, control) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}
