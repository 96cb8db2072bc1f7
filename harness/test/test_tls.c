/* The TLS filter against a server of OpenSSL, both in memory. */
#include "net/tls.h"
#include "net/trust.h"
#include "test/certificates.h"
#include <check.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

struct server {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
    struct buffer got; /* decrypted */
    bool notified;     /* the client's close_notify has come */
};

struct pair {
    struct net_trust *trust;
    struct tls *client;
    struct server server;
    size_t step;        /* the server's bytes are fed in pieces so long */
    struct buffer told; /* the client's steps */
    bool in_data;
};

struct set_up {
    const char *certificate; /* of the server */
    const char *client_certificate;
    const char *host;
    const char *server_name;
    const char *ca;
    enum net_tls_version client_version;
    int server_version; /* 0: any */
    bool insecure;
    bool wants_certificate;
    size_t step;
};

static const struct set_up usual = {
    .certificate = "server", .host = "localhost", .ca = "ca", .step = SIZE_MAX};

static const char *pem(const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "%s.pem", name);
    return certificates_path(file);
}

static const char *key(const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "%s.key", name);
    return certificates_path(file);
}

static void start_server(struct server *server, const struct set_up *set_up)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    ck_assert_ptr_nonnull(context);
    SSL_CTX_set_security_level(context, 0);
    if (set_up->server_version != 0) {
        SSL_CTX_set_min_proto_version(context, set_up->server_version);
        SSL_CTX_set_max_proto_version(context, set_up->server_version);
    }
    ck_assert_int_eq(
        SSL_CTX_use_certificate_chain_file(context, pem(set_up->certificate)),
        1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(
                         context, key(set_up->certificate), SSL_FILETYPE_PEM),
                     1);
    SSL_CTX_load_verify_file(context, pem("ca"));
    if (set_up->wants_certificate)
        SSL_CTX_set_verify(
            context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    server->context = context;
    server->ssl = SSL_new(context);
    server->in = BIO_new(BIO_s_mem());
    server->out = BIO_new(BIO_s_mem());
    SSL_set_bio(server->ssl, server->in, server->out);
    SSL_set_accept_state(server->ssl);
    server->got = buffer_make(1 << 20);
}

static struct net_trust *load_trust(const struct set_up *set_up)
{
    char error[256] = "";
    const char *name = set_up->client_certificate;
    struct net_trust_options options = {.ca_file = pem(set_up->ca),
                                        .insecure = set_up->insecure};
    if (name != NULL) {
        options.certificate = pem(name);
        options.key = key(name);
    }
    struct net_trust *trust = net_trust_new(&options, error, sizeof error);
    ck_assert_msg(trust != NULL, "%s", error);
    return trust;
}

static void start(struct pair *pair, const struct set_up *set_up)
{
    *pair = (struct pair){.step = set_up->step};
    pair->told = buffer_make(1 << 20);
    start_server(&pair->server, set_up);
    pair->trust = load_trust(set_up);
    pair->client =
        tls_new(&(struct tls_options){.trust = pair->trust,
                                      .host = set_up->host,
                                      .port = 8883,
                                      .server_name = set_up->server_name,
                                      .version = set_up->client_version});
    ck_assert_ptr_nonnull(pair->client);
}

static void stop(struct pair *pair)
{
    tls_free(pair->client);
    net_trust_free(pair->trust);
    SSL_free(pair->server.ssl);
    SSL_CTX_free(pair->server.context);
    buffer_free(&pair->server.got);
    buffer_free(&pair->told);
}

static void tell(struct pair *pair, enum tls_step step, struct slice data)
{
    static const char *const names[] = {"",          "finished", "data",
                                        "notify",    "alert",    "trust",
                                        "disagreed", "local"};
    if (step != TLS_DATA || !pair->in_data)
        buffer_format(&pair->told, " %s", names[step]);
    pair->in_data = step == TLS_DATA;
    if (step == TLS_DATA) {
        buffer_text(&pair->told, ":");
        buffer_append_slice(&pair->told, data);
    }
    if (step > TLS_NOTIFY)
        buffer_format(&pair->told, " (%s)", tls_text(pair->client));
}

/* Feeds the client and carries what it puts out to the server. */
static void feed_client(struct pair *pair, struct slice bytes)
{
    uint8_t room[300]; /* less than a record, so that one takes many steps */
    struct slice data;
    tls_feed(pair->client, bytes);
    for (;;) {
        enum tls_step step = tls_next(pair->client, room, sizeof room, &data);
        if (step == TLS_WANTS_INPUT)
            return;
        tell(pair, step, data);
    }
}

static bool client_to_server(struct pair *pair)
{
    struct slice output = tls_output(pair->client);
    size_t size = output.size;
    if (size > 0)
        ck_assert_int_eq(BIO_write(pair->server.in, output.data, (int)size),
                         (int)size);
    tls_flushed(pair->client);
    return size > 0;
}

static void run_server(struct server *server)
{
    uint8_t room[4096];
    int size;
    while ((size = SSL_read(server->ssl, room, sizeof room)) > 0)
        buffer_append(&server->got, room, (size_t)size);
    if (SSL_get_error(server->ssl, size) == SSL_ERROR_ZERO_RETURN)
        server->notified = true;
    ERR_clear_error();
}

static bool server_to_client(struct pair *pair)
{
    static uint8_t room[1 << 19];
    int size = BIO_read(pair->server.out, room, sizeof room);
    for (size_t at = 0; size > 0 && at < (size_t)size;) {
        size_t left = (size_t)size - at;
        size_t count = left < pair->step ? left : pair->step;
        feed_client(pair, slice_make(room + at, count));
        at += count;
    }
    return size > 0;
}

/* Until neither side has anything more to say. */
static void run(struct pair *pair)
{
    bool moved;
    feed_client(pair, slice_make(NULL, 0));
    do {
        moved = client_to_server(pair);
        run_server(&pair->server);
        moved = server_to_client(pair) || moved;
    } while (moved);
}

static void server_says(struct pair *pair, const char *text)
{
    SSL_write(pair->server.ssl, text, (int)strlen(text));
}

static void expect_told(struct pair *pair, const char *expected)
{
    ck_assert_str_eq(buffer_string(&pair->told), expected);
}

static void expect_end(const struct set_up *set_up, const char *expected)
{
    struct pair pair;
    start(&pair, set_up);
    run(&pair);
    expect_told(&pair, expected);
    stop(&pair);
}

static const struct version {
    enum net_tls_version version;
    int wire;
} versions[] = {{NET_TLS_1_0, TLS1_VERSION},
                {NET_TLS_1_1, TLS1_1_VERSION},
                {NET_TLS_1_2, TLS1_2_VERSION},
                {NET_TLS_1_3, TLS1_3_VERSION}};

START_TEST(each_version_carries_data)
{
    struct set_up set_up = usual;
    struct pair pair;
    set_up.client_version = versions[_i].version;
    start(&pair, &set_up);
    ck_assert(tls_write(pair.client, slice_of("too early")));
    run(&pair);
    ck_assert_int_eq(tls_version(pair.client), versions[_i].version);
    ck_assert(tls_write(pair.client, slice_of("hello")));
    server_says(&pair, "world");
    run(&pair);
    ck_assert(slice_is(buffer_slice(&pair.server.got), "hello"));
    expect_told(&pair, " finished data:world");
    stop(&pair);
}
END_TEST

START_TEST(any_version_takes_the_newest)
{
    struct pair pair;
    start(&pair, &usual);
    ck_assert_int_eq(tls_version(pair.client), NET_TLS_ANY);
    run(&pair);
    ck_assert_int_eq(tls_version(pair.client), NET_TLS_1_3);
    expect_told(&pair, " finished");
    stop(&pair);
}
END_TEST

/* A whole life, its stream from the server in pieces of _i + 1 bytes. */
START_TEST(cuts_do_not_matter)
{
    struct set_up set_up = usual;
    struct pair pair;
    set_up.step = (size_t)_i % 24 + 1;
    set_up.client_version = _i < 24 ? NET_TLS_1_3 : NET_TLS_1_2;
    start(&pair, &set_up);
    run(&pair);
    server_says(&pair, "one");
    server_says(&pair, "two");
    SSL_shutdown(pair.server.ssl);
    run(&pair);
    expect_told(&pair, " finished data:one:two notify");
    stop(&pair);
}
END_TEST

/* The bytes after the handshake, in two pieces cut everywhere. */
START_TEST(cuts_of_records_do_not_matter)
{
    size_t size = 1;
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t room[512];
        struct pair pair;
        start(&pair, &usual);
        run(&pair);
        server_says(&pair, "one");
        SSL_shutdown(pair.server.ssl);
        size = (size_t)BIO_read(pair.server.out, room, sizeof room);
        feed_client(&pair, slice_make(room, cut));
        feed_client(&pair, slice_make(room + cut, size - cut));
        expect_told(&pair, " finished data:one notify");
        stop(&pair);
    }
    ck_assert_uint_gt(size, 20);
}
END_TEST

static void fill(struct buffer *to, size_t size)
{
    while (to->size < size)
        buffer_u8(to, (uint8_t)(to->size * 31 >> 3));
}

START_TEST(large_data_both_ways)
{
    struct buffer large = buffer_make(1 << 20);
    struct pair pair;
    fill(&large, 200000);
    start(&pair, &usual);
    run(&pair);
    ck_assert(tls_write(pair.client, buffer_slice(&large)));
    SSL_write(pair.server.ssl, large.data, (int)large.size);
    run(&pair);
    ck_assert(
        slice_equal(buffer_slice(&pair.server.got), buffer_slice(&large)));
    ck_assert_uint_gt(pair.told.size, large.size);
    buffer_free(&large);
    stop(&pair);
}
END_TEST

START_TEST(one_write_is_one_record)
{
    struct pair pair;
    start(&pair, &usual);
    run(&pair);
    ck_assert(tls_write(pair.client, slice_of("CONNECT and SUBSCRIBE")));
    struct slice output = tls_output(pair.client);
    ck_assert_uint_ge(output.size, 5);
    ck_assert_uint_eq(output.data[0], 23); /* application data */
    ck_assert_uint_eq((size_t)(output.data[3] << 8 | output.data[4]),
                      output.size - 5);
    stop(&pair);
}
END_TEST

START_TEST(our_notify_leaves_reading_on)
{
    struct pair pair;
    start(&pair, &usual);
    tls_notify(pair.client); /* too early: nothing */
    run(&pair);
    tls_notify(pair.client);
    tls_notify(pair.client);
    ck_assert(tls_write(pair.client, slice_of("too late")));
    run(&pair);
    ck_assert(pair.server.notified);
    ck_assert_uint_eq(pair.server.got.size, 0);
    server_says(&pair, "still here");
    SSL_shutdown(pair.server.ssl);
    run(&pair);
    expect_told(&pair, " finished data:still here notify");
    stop(&pair);
}
END_TEST

START_TEST(nothing_is_told_after_notify)
{
    struct pair pair;
    start(&pair, &usual);
    run(&pair);
    SSL_shutdown(pair.server.ssl);
    run(&pair);
    feed_client(&pair, slice_of("whatever follows in plain text"));
    expect_told(&pair, " finished notify");
    stop(&pair);
}
END_TEST

#define PEER "localhost:8883"

START_TEST(plain_text_after_the_handshake)
{
    struct pair pair;
    start(&pair, &usual);
    run(&pair);
    feed_client(&pair, slice_of("\x88\x05\x03\xe8"
                                "bye"));
    expect_told(&pair, " finished alert (what came from " PEER
                       " is not valid TLS: wrong version number)");
    stop(&pair);
}
END_TEST

START_TEST(damaged_record)
{
    uint8_t room[512];
    struct pair pair;
    start(&pair, &usual);
    run(&pair);
    server_says(&pair, "one");
    int size = BIO_read(pair.server.out, room, sizeof room);
    room[size - 1] ^= 1;
    feed_client(&pair, slice_make(room, (size_t)size));
    expect_told(&pair, " finished alert (what came from " PEER
                       " is not valid TLS: decryption failed or bad record "
                       "mac)");
    stop(&pair);
}
END_TEST

START_TEST(an_answer_that_is_not_tls)
{
    struct pair pair;
    start(&pair, &usual);
    feed_client(&pair, slice_make(NULL, 0));
    feed_client(&pair, slice_of("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect_told(&pair, " alert (what came from " PEER
                       " is not valid TLS: wrong version number)");
    stop(&pair);
}
END_TEST

#define UNTRUSTED "the certificate of "

static const struct trust_row {
    const char *certificate, *host, *ca;
    bool insecure;
    const char *told;
} trust_rows[] = {
    {"server", "localhost", "ca", false, " finished"},
    {"server", "127.0.0.1", "ca", false, " finished"},
    {"server", "127.0.0.2", "ca", false,
     " trust (" UNTRUSTED "127.0.0.2:8883 does not verify: IP address mismatch "
     "(CN=localhost))"},
    {"wrong_host", "localhost", "ca", false,
     " trust (" UNTRUSTED PEER " does not verify: hostname mismatch "
     "(CN=elsewhere.example))"},
    {"server", "localhost", "other_ca", false,
     " trust (" UNTRUSTED PEER " does not verify: self-signed certificate in "
     "certificate chain (CN=mqttspec test authority))"},
    {"server", "localhost", "other_ca", true, " finished"},
    {"wrong_host", "localhost", "ca", true, " finished"},
    {"client", "localhost", "ca", true, " finished"},
};

START_TEST(certificate_of_the_server)
{
    struct set_up set_up = usual;
    set_up.certificate = trust_rows[_i].certificate;
    set_up.host = trust_rows[_i].host;
    set_up.ca = trust_rows[_i].ca;
    set_up.insecure = trust_rows[_i].insecure;
    expect_end(&set_up, trust_rows[_i].told);
}
END_TEST

#define REFUSED                                                                \
    " alert (the TLS handshake was refused by " PEER " with the alert: "
#define SENT " finished alert (" PEER " sent the fatal TLS alert: "

static const struct client_row {
    const char *certificate;
    enum net_tls_version version;
    const char *told;
} client_rows[] = {
    {"client", NET_TLS_1_2, " finished"},
    {"client", NET_TLS_1_3, " finished"},
    {NULL, NET_TLS_1_2, REFUSED "handshake failure)"},
    {NULL, NET_TLS_1_3, SENT "tlsv13 alert certificate required)"},
    {"expired", NET_TLS_1_2, REFUSED "certificate expired)"},
    {"expired", NET_TLS_1_3, SENT "certificate expired)"},
    {"other_client", NET_TLS_1_2, REFUSED "unknown CA)"},
    {"other_client", NET_TLS_1_3, SENT "unknown CA)"},
};

START_TEST(client_certificate)
{
    struct set_up set_up = usual;
    set_up.wants_certificate = true;
    set_up.client_certificate = client_rows[_i].certificate;
    set_up.client_version = client_rows[_i].version;
    expect_end(&set_up, client_rows[_i].told);
}
END_TEST

START_TEST(version_that_the_server_refuses)
{
    struct set_up set_up = usual;
    set_up.client_version = NET_TLS_1_3;
    set_up.server_version = TLS1_2_VERSION;
    expect_end(&set_up, REFUSED "protocol version)");
    set_up.client_version = NET_TLS_1_0;
    expect_end(&set_up, REFUSED "protocol version)");
}
END_TEST

/* A server that knows nothing of TLS 1.3 simply answers with its own. */
START_TEST(version_that_we_did_not_offer)
{
    /* ServerHello of TLS 1.2, all but its 32 random bytes, and its end */
    static const uint8_t begin[] = {22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3};
    static const uint8_t end[] = {0, 0xc0, 0x2b, 0};
    static const uint8_t random[32] = {1};
    struct set_up set_up = usual;
    struct pair pair;
    set_up.client_version = NET_TLS_1_3;
    start(&pair, &set_up);
    feed_client(&pair, slice_make(NULL, 0));
    feed_client(&pair, slice_make(begin, sizeof begin));
    feed_client(&pair, slice_make(random, sizeof random));
    feed_client(&pair, slice_make(end, sizeof end));
    expect_told(&pair, " disagreed (TLS cannot be agreed with " PEER
                       ": unsupported protocol)");
    stop(&pair);
}
END_TEST

/* A limit of our own must not look like a refusal by the broker. */
START_TEST(version_that_we_do_not_have)
{
    struct set_up set_up = usual;
    struct pair pair;
    struct tls_options options = {
        .host = "localhost", .port = 8883, .version = NET_TLS_1_1};
    start(&pair, &set_up);
    SSL_CTX_set_options(pair.trust->context, SSL_OP_NO_TLSv1_1);
    tls_free(pair.client);
    options.trust = pair.trust;
    pair.client = tls_new(&options);
    ck_assert_ptr_nonnull(pair.client);
    feed_client(&pair, slice_make(NULL, 0));
    expect_told(&pair, " local (our own TLS library cannot go on with " PEER
                       ": no protocols available)");
    stop(&pair);
}
END_TEST

static const struct name_row {
    const char *host, *server_name, *seen;
} name_rows[] = {{"localhost", NULL, "localhost"},
                 {"localhost", "mqtt.example", "mqtt.example"},
                 {"127.0.0.1", NULL, NULL},
                 {"127.0.0.1", "mqtt.example", "mqtt.example"}};

START_TEST(server_name)
{
    struct set_up set_up = usual;
    struct pair pair;
    set_up.host = name_rows[_i].host;
    set_up.server_name = name_rows[_i].server_name;
    start(&pair, &set_up);
    run(&pair);
    expect_told(&pair, " finished");
    ck_assert_pstr_eq(
        SSL_get_servername(pair.server.ssl, TLSEXT_NAMETYPE_host_name),
        name_rows[_i].seen);
    stop(&pair);
}
END_TEST

static void expect_no_trust(const struct net_trust_options *options,
                            const char *begin)
{
    char error[512] = "";
    ck_assert_ptr_null(net_trust_new(options, error, sizeof error));
    ck_assert_msg(strncmp(error, begin, strlen(begin)) == 0, "%s", error);
    ck_assert_str_ne(error, begin);
}

START_TEST(files_that_cannot_be_used)
{
    struct net_trust_options options = {.ca_file = "missing.pem"};
    expect_no_trust(&options, "cannot read the certificate authorities in "
                              "missing.pem: ");
    options.ca_file = pem("ca");
    options.certificate = "missing.pem";
    expect_no_trust(&options, "cannot read the certificate in missing.pem: ");
    options.certificate = pem("client");
    options.key = "missing.key";
    expect_no_trust(&options, "cannot use the key in missing.key: ");
    options.key = key("server");
    expect_no_trust(&options, "cannot use the key in ");
}
END_TEST

START_TEST(the_system_is_trusted_by_default)
{
    char error[256] = "";
    struct net_trust *trust =
        net_trust_new(&(struct net_trust_options){0}, error, sizeof error);
    ck_assert_msg(trust != NULL, "%s", error);
    net_trust_free(trust);
}
END_TEST

/* Whether all went well although the n-th allocation failed. */
static bool survives(struct pair *pair, long n)
{
    struct tls_options options = {
        .trust = pair->trust, .host = "localhost", .port = 8883};
    bool whole = false;
    tls_free(pair->client);
    memory_fail_after(n);
    pair->client = tls_new(&options);
    if (pair->client != NULL) {
        feed_client(pair, slice_make(NULL, 0));
        whole = tls_output(pair->client).size > 0;
    }
    memory_fail_after(0);
    return whole;
}

START_TEST(each_allocation_fails)
{
    struct pair pair;
    long n = 1;
    start(&pair, &usual);
    buffer_format(&pair.told, "%4000s", "");
    buffer_clear(&pair.told);
    while (!survives(&pair, n))
        n++;
    ck_assert_int_ge(n, 3);
    expect_told(&pair, " local (our own TLS library cannot go on with " PEER
                       ": no memory)");
    stop(&pair);
}
END_TEST

START_TEST(no_memory_for_a_write)
{
    static const uint8_t large[100000];
    struct pair pair;
    start(&pair, &usual);
    run(&pair);
    memory_fail_after(1);
    ck_assert(!tls_write(pair.client, slice_make(large, sizeof large)));
    memory_fail_after(0);
    ck_assert(!tls_write(pair.client, slice_of("and no more")));
    stop(&pair);
}
END_TEST

Suite *tls_suite(void);

#define LOOP(tcase, test, rows)                                                \
    tcase_add_loop_test(tcase, test, 0, sizeof rows / sizeof rows[0])

Suite *tls_suite(void)
{
    Suite *suite = suite_create("tls");
    TCase *tcase = tcase_create("filter");
    tcase_add_unchecked_fixture(tcase, certificates_make, certificates_remove);
    LOOP(tcase, each_version_carries_data, versions);
    tcase_add_test(tcase, any_version_takes_the_newest);
    tcase_add_loop_test(tcase, cuts_do_not_matter, 0, 48);
    tcase_add_test(tcase, cuts_of_records_do_not_matter);
    tcase_add_test(tcase, large_data_both_ways);
    tcase_add_test(tcase, one_write_is_one_record);
    tcase_add_test(tcase, our_notify_leaves_reading_on);
    tcase_add_test(tcase, nothing_is_told_after_notify);
    tcase_add_test(tcase, plain_text_after_the_handshake);
    tcase_add_test(tcase, damaged_record);
    tcase_add_test(tcase, an_answer_that_is_not_tls);
    LOOP(tcase, certificate_of_the_server, trust_rows);
    LOOP(tcase, client_certificate, client_rows);
    tcase_add_test(tcase, version_that_the_server_refuses);
    tcase_add_test(tcase, version_that_we_did_not_offer);
    tcase_add_test(tcase, version_that_we_do_not_have);
    LOOP(tcase, server_name, name_rows);
    tcase_add_test(tcase, files_that_cannot_be_used);
    tcase_add_test(tcase, the_system_is_trusted_by_default);
    tcase_add_test(tcase, each_allocation_fails);
    tcase_add_test(tcase, no_memory_for_a_write);
    suite_add_tcase(suite, tcase);
    return suite;
}
