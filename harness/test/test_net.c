/* The driver over TCP: every way in which either side can end, as seen by
 * the one who has to judge it. */
#include "test/observer.h"
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void close_in_order(struct observer *observer,
                           const struct net_event *event)
{
    if (event->kind == NET_EVENT_ENDED)
        net_close(observer->connection, NET_CLOSE_FIN);
}

static void says_hello_and_ends(struct peer *peer)
{
    peer_say(peer, "hello");
    peer_fin(peer);
    peer_expect_fin(peer); /* ours follows by itself */
}

START_TEST(fin)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, says_hello_and_ends, close_in_order);
    observer_finish(&observer, " opened data:hello sign:fin ended closed");
}
END_TEST

static void talks(struct peer *peer)
{
    peer_expect(peer, "ping");
    peer_say(peer, "pong");
    peer_expect(peer, "bye");
}

START_TEST(bytes_both_ways)
{
    struct observer observer;
    int64_t began;
    observer_start(&observer, NET_TCP, talks, NULL);
    ck_assert(
        net_send(observer.connection, slice_of("too early"), NULL, &began));
    observer_run_until(&observer, " opened");
    observer_send(&observer, "ping");
    ck_assert(net_drained(observer.connection));
    observer_run_until(&observer, "pong");
    observer_send(&observer, "bye");
    observer_finish(&observer, " opened data:pong sign:fin ended");
}
END_TEST

START_TEST(names_of_both_ends)
{
    struct observer observer;
    char remote[64];
    observer_start(&observer, NET_TCP, says_hello_and_ends, NULL);
    snprintf(remote, sizeof remote, "127.0.0.1:%u",
             (unsigned)observer.options.port);
    ck_assert_str_eq(net_local_name(observer.connection), "");
    ck_assert_str_eq(net_remote_name(observer.connection), remote);
    observer_run_until(&observer, " opened");
    ck_assert_int_eq(
        strncmp(net_local_name(observer.connection), "127.0.0.1:", 10), 0);
    ck_assert_str_ne(net_local_name(observer.connection), remote);
    observer_run_until(&observer, " ended");
    observer_stop(&observer);
}
END_TEST

static void resets(struct peer *peer)
{
    peer_expect(peer, "go");
    peer_cut(peer);
}

START_TEST(reset)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, resets, NULL);
    observer_run_until(&observer, " opened");
    observer_send(&observer, "go");
    observer_finish(&observer, " opened sign:reset ended");
}
END_TEST

static void says_last_words_and_resets(struct peer *peer)
{
    peer_wait_for_go(peer);
    peer_say(peer, "last words");
    peer_cut(peer);
}

/* Lets the server play to its end while we do not read. */
static void let_pass(struct observer *observer)
{
    observer_run_until(observer, " opened");
    net_reading(observer->connection, false);
    peer_go(&observer->peer);
    peer_wait_done(&observer->peer);
}

START_TEST(bytes_before_a_reset_arrive)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, says_last_words_and_resets, NULL);
    let_pass(&observer);
    net_reading(observer.connection, true);
    observer_finish(&observer, " opened data:last words sign:reset ended");
}
END_TEST

START_TEST(reading_goes_on_after_a_failed_write)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, says_last_words_and_resets, NULL);
    let_pass(&observer);
    observer_send(&observer, "into the void");
    observer_send(&observer, "and again");
    ck_assert(net_drained(observer.connection));
    net_reading(observer.connection, true);
    observer_finish(&observer, " opened data:last words sign:reset ended");
}
END_TEST

static void says_last_words_and_ends(struct peer *peer)
{
    peer_wait_for_go(peer);
    peer_say(peer, "last words");
}

/* The first write after the broker's end succeeds and is answered with RST,
 * the second fails; the end was in order all the same. */
START_TEST(failed_write_after_an_end_in_order)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, says_last_words_and_ends, NULL);
    let_pass(&observer);
    observer_send(&observer, "into the void");
    observer_send(&observer, "and again");
    net_reading(observer.connection, true);
    observer_finish(&observer, " opened data:last words sign:fin ended");
}
END_TEST

static void is_late(struct peer *peer)
{
    peer_expect(peer, "DISCONNECT");
    peer_expect_fin(peer);
    peer_say(peer, "late");
}

static void disconnect(struct observer *observer, const struct net_event *event)
{
    if (event->kind != NET_EVENT_OPENED)
        return;
    observer_send(observer, "DISCONNECT");
    net_close(observer->connection, NET_CLOSE_FIN);
    net_close(observer->connection, NET_CLOSE_FIN);
}

START_TEST(our_end_waits_for_the_broker)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, is_late, disconnect);
    observer_finish(&observer, " opened sign:fin ended closed");
}
END_TEST

static void never_ends(struct peer *peer)
{
    peer_expect(peer, "DISCONNECT");
    peer_expect_fin(peer);
    peer_wait_for_go(peer);
}

START_TEST(our_end_does_not_wait_for_ever)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, never_ends, disconnect);
    observer_run_until(&observer, " closed");
    peer_go(&observer.peer);
    observer_finish(&observer, " opened closed");
}
END_TEST

static void is_reset(struct peer *peer)
{
    peer_expect_reset(peer);
}

static void reset_at_once(struct observer *observer,
                          const struct net_event *event)
{
    if (event->kind == NET_EVENT_OPENED)
        net_close(observer->connection, NET_CLOSE_RESET);
}

START_TEST(our_reset)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, is_reset, reset_at_once);
    observer_finish(&observer, " opened closed");
}
END_TEST

static void answers_after_the_end(struct peer *peer)
{
    peer_expect_fin(peer);
    peer_say(peer, "answer");
}

static void half_close(struct observer *observer, const struct net_event *event)
{
    if (event->kind == NET_EVENT_OPENED)
        net_close(observer->connection, NET_CLOSE_HALF);
}

START_TEST(reading_goes_on_after_half_close)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, answers_after_the_end, half_close);
    observer_finish(&observer, " opened data:answer sign:fin ended");
}
END_TEST

static void ends_and_listens(struct peer *peer)
{
    peer_fin(peer);
    peer_expect(peer, "still here");
    peer_expect_fin(peer);
}

static void keep_open(struct observer *observer, const struct net_event *event)
{
    if (event->kind == NET_EVENT_OPENED)
        net_linger(observer->connection, true);
    if (event->kind != NET_EVENT_ENDED)
        return;
    observer_send(observer, "still here");
    net_linger(observer->connection, false);
}

START_TEST(lingering)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, ends_and_listens, keep_open);
    observer_finish(&observer, " opened sign:fin ended");
}
END_TEST

static void counts(struct peer *peer)
{
    peer_wait_for_go(peer);
    peer_count_until_end(peer);
}

enum { LARGE = 16 * 1024 * 1024 };

START_TEST(what_the_kernel_does_not_take_waits)
{
    static const uint8_t large[LARGE];
    struct observer observer;
    int64_t began;
    observer_start(&observer, NET_TCP, counts, NULL);
    observer_run_until(&observer, " opened");
    ck_assert(
        net_send(observer.connection, slice_make(large, LARGE), NULL, &began));
    ck_assert(!net_drained(observer.connection));
    observer_send(&observer, "end");
    net_close(observer.connection, NET_CLOSE_HALF);
    observer_expect(&observer, " opened");
    peer_go(&observer.peer);
    observer_run_until(&observer, " ended");
    observer_expect(&observer, " opened drained sign:fin ended");
    ck_assert(net_drained(observer.connection));
    observer_stop(&observer);
    ck_assert_uint_eq(observer.peer.bytes_counted, LARGE + 3);
}
END_TEST

START_TEST(no_more_than_64_mib_wait)
{
    static const uint8_t large[LARGE];
    struct observer observer;
    int64_t began;
    int sent = 0;
    observer_start(&observer, NET_TCP, counts, NULL);
    observer_run_until(&observer, " opened");
    while (
        net_send(observer.connection, slice_make(large, LARGE), NULL, &began))
        ck_assert_int_lt(++sent, 6);
    ck_assert_int_ge(sent, 4);
    net_close(observer.connection, NET_CLOSE_RESET);
    observer_run_until(&observer, " closed");
    peer_go(&observer.peer);
    observer_finish(&observer, " opened closed");
}
END_TEST

START_TEST(no_memory_for_what_waits)
{
    static const uint8_t large[LARGE];
    struct observer observer;
    int64_t began;
    observer_start(&observer, NET_TCP, counts, NULL);
    observer_run_until(&observer, " opened");
    memory_fail_after(1);
    ck_assert(
        !net_send(observer.connection, slice_make(large, LARGE), NULL, &began));
    memory_fail_after(0);
    ck_assert(net_drained(observer.connection));
    peer_go(&observer.peer);
    net_close(observer.connection, NET_CLOSE_FIN);
    observer_finish(&observer, " opened sign:fin ended closed");
}
END_TEST

static void floods(struct peer *peer)
{
    static uint8_t room[1 << 20];
    memset(room, 'x', sizeof room);
    peer_write(peer, room, sizeof room);
}

START_TEST(reading_off_and_on)
{
    struct observer observer;
    observer_prepare(&observer, NET_TCP, floods);
    observer.options.receive_buffer = 4096;
    observer_open(&observer, NULL);
    net_reading(observer.connection, false);
    observer_run_until(&observer, " opened");
    observer_run_out(&observer); /* nothing is under way any more */
    observer_expect(&observer, " opened");
    net_reading(observer.connection, true);
    observer_run_until(&observer, " ended");
    ck_assert_uint_eq(observer.told.size,
                      (1 << 20) + strlen(" opened data: sign:fin ended"));
    observer_stop(&observer);
}
END_TEST

/* A port on which nobody listens. */
static void refuse_connections(struct net_options *options)
{
    struct sockaddr_in *address = (struct sockaddr_in *)&options->address;
    socklen_t size = sizeof *address;
    int unused = socket(AF_INET, SOCK_STREAM, 0);
    address->sin_port = 0;
    ck_assert_int_eq(bind(unused, (struct sockaddr *)address, size), 0);
    getsockname(unused, (struct sockaddr *)address, &size);
    close(unused);
}

static void does_nothing(struct peer *peer)
{
    (void)peer;
}

/* The listening server is not used: somebody connects and goes away. */
static void visit(const struct sockaddr_storage *address)
{
    int visitor = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(visitor, (const struct sockaddr *)address,
                             sizeof(struct sockaddr_in)),
                     0);
    close(visitor);
}

START_TEST(refused)
{
    struct observer observer;
    char told[128];
    observer_prepare(&observer, NET_TCP, does_nothing);
    visit(&observer.options.address);
    refuse_connections(&observer.options);
    observer_open(&observer, NULL);
    snprintf(told, sizeof told,
             " failed:refused (connection refused by 127.0.0.1:%u) closed",
             (unsigned)ntohs(
                 ((struct sockaddr_in *)&observer.options.address)->sin_port));
    observer_run_until(&observer, " closed");
    observer_finish(&observer, told);
}
END_TEST

/* connect(2) itself fails: the event still comes from the loop. */
START_TEST(refused_at_once)
{
    struct observer observer;
    observer_prepare(&observer, NET_TCP, does_nothing);
    visit(&observer.options.address);
    ((struct sockaddr_in *)&observer.options.address)->sin_addr.s_addr =
        htonl(INADDR_BROADCAST);
    observer_open(&observer, NULL);
    observer_run_until(&observer, " closed");
    ck_assert_ptr_nonnull(strstr(buffer_string(&observer.told), " failed:"));
    observer_stop(&observer);
}
END_TEST

static void drop_there(struct observer *observer, const struct net_event *event)
{
    if (event->kind != observer->drop_at)
        return;
    net_drop(observer->connection);
    observer->connection = NULL;
}

static void says_hello_and_is_gone(struct peer *peer)
{
    peer_say(peer, "hello");
}

static const enum net_event_kind drops[] = {NET_EVENT_OPENED, NET_EVENT_DATA,
                                            NET_EVENT_SIGN, NET_EVENT_ENDED};

START_TEST(dropped_within_an_event)
{
    struct observer observer;
    observer_prepare(&observer, NET_TCP, says_hello_and_is_gone);
    observer.drop_at = drops[_i];
    observer_open(&observer, drop_there);
    observer_run_out(&observer);
    ck_assert_ptr_null(observer.connection);
    ck_assert_ptr_null(strstr(buffer_string(&observer.told), "closed"));
    observer_stop(&observer);
}
END_TEST

static const enum net_event_kind failure_drops[] = {NET_EVENT_FAILED,
                                                    NET_EVENT_CLOSED};

START_TEST(dropped_within_a_failure)
{
    struct observer observer;
    observer_prepare(&observer, NET_TCP, does_nothing);
    visit(&observer.options.address);
    refuse_connections(&observer.options);
    observer.drop_at = failure_drops[_i];
    observer_open(&observer, drop_there);
    observer_run_out(&observer);
    ck_assert_ptr_null(observer.connection);
    observer_stop(&observer);
}
END_TEST

static void is_dropped(struct peer *peer)
{
    peer_expect(peer, "hello");
    peer_expect_reset(peer);
}

static void say_hello_and_drop(struct observer *observer,
                               const struct net_event *event)
{
    if (event->kind != NET_EVENT_OPENED)
        return;
    observer_send(observer, "hello");
    net_drop(observer->connection);
    observer->connection = NULL;
}

START_TEST(drop_is_a_reset)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, is_dropped, say_hello_and_drop);
    observer_run_out(&observer);
    observer_finish(&observer, " opened");
}
END_TEST

START_TEST(dropped_before_it_opens)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, does_nothing, NULL);
    net_drop(observer.connection);
    observer.connection = NULL;
    observer_run_out(&observer);
    visit(&observer.options.address);
    observer_expect(&observer, "");
    observer_stop(&observer);
}
END_TEST

static const enum net_close_how early_closes[] = {NET_CLOSE_FIN,
                                                  NET_CLOSE_RESET};

START_TEST(closed_before_it_opens)
{
    struct observer observer;
    observer_start(&observer, NET_TCP, does_nothing, NULL);
    net_close(observer.connection, NET_CLOSE_HALF);
    net_close(observer.connection, NET_CLOSE_NOTIFY);
    net_close(observer.connection, early_closes[_i]);
    observer_run_until(&observer, " closed");
    net_close(observer.connection, NET_CLOSE_FIN);
    net_reading(observer.connection, true);
    observer_send(&observer, "too late");
    visit(&observer.options.address);
    observer_finish(&observer, " closed");
}
END_TEST

static struct net_connection *open_quietly(struct observer *observer,
                                           char *error, size_t size)
{
    return net_open(&observer->loop, &observer->options, NULL, NULL, error,
                    size);
}

START_TEST(no_memory_to_open)
{
    struct observer observer;
    struct net_connection *connection = NULL;
    char error[256] = "";
    long n = 0;
    observer_prepare(&observer, NET_WS, does_nothing);
    while (connection == NULL) {
        memory_fail_after(++n);
        connection = open_quietly(&observer, error, sizeof error);
        memory_fail_after(0);
        ck_assert_str_eq(error, "no memory");
    }
    ck_assert_int_ge(n, 5);
    net_drop(connection);
    visit(&observer.options.address);
    observer_run_out(&observer);
    observer_stop(&observer);
}
END_TEST

START_TEST(no_descriptor_to_open)
{
    struct observer observer;
    struct rlimit limit, none;
    char error[256] = "";
    observer_prepare(&observer, NET_TCP, does_nothing);
    visit(&observer.options.address);
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    ck_assert_ptr_null(open_quietly(&observer, error, sizeof error));
    setrlimit(RLIMIT_NOFILE, &limit);
    ck_assert_str_eq(error, "cannot open a socket: too many open files");
    observer_stop(&observer);
}
END_TEST

Suite *net_suite(void);

#define LOOP(tcase, test, rows)                                                \
    tcase_add_loop_test(tcase, test, 0, sizeof rows / sizeof rows[0])

static void add_broker_ends(Suite *suite)
{
    TCase *tcase = tcase_create("the broker's ends");
    tcase_add_test(tcase, fin);
    tcase_add_test(tcase, bytes_both_ways);
    tcase_add_test(tcase, names_of_both_ends);
    tcase_add_test(tcase, reset);
    tcase_add_test(tcase, bytes_before_a_reset_arrive);
    tcase_add_test(tcase, reading_goes_on_after_a_failed_write);
    tcase_add_test(tcase, failed_write_after_an_end_in_order);
    tcase_add_test(tcase, lingering);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, refused_at_once);
    suite_add_tcase(suite, tcase);
}

static void add_own_ends(Suite *suite)
{
    TCase *tcase = tcase_create("our own ends");
    tcase_add_test(tcase, our_end_waits_for_the_broker);
    tcase_add_test(tcase, our_end_does_not_wait_for_ever);
    tcase_add_test(tcase, our_reset);
    tcase_add_test(tcase, reading_goes_on_after_half_close);
    LOOP(tcase, dropped_within_an_event, drops);
    LOOP(tcase, dropped_within_a_failure, failure_drops);
    tcase_add_test(tcase, drop_is_a_reset);
    tcase_add_test(tcase, dropped_before_it_opens);
    LOOP(tcase, closed_before_it_opens, early_closes);
    suite_add_tcase(suite, tcase);
}

static void add_limits(Suite *suite)
{
    TCase *tcase = tcase_create("limits");
    tcase_add_test(tcase, what_the_kernel_does_not_take_waits);
    tcase_add_test(tcase, no_more_than_64_mib_wait);
    tcase_add_test(tcase, no_memory_for_what_waits);
    tcase_add_test(tcase, reading_off_and_on);
    tcase_add_test(tcase, no_memory_to_open);
    tcase_add_test(tcase, no_descriptor_to_open);
    suite_add_tcase(suite, tcase);
}

Suite *net_suite(void)
{
    Suite *suite = suite_create("net");
    add_broker_ends(suite);
    add_own_ends(suite);
    add_limits(suite);
    return suite;
}
