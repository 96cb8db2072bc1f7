/* engine/ports.c: ports for brokers, each for one run only. */
#include "engine/ports.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MANY = 100 };

static void find_many(struct ports *ports)
{
    char name[16];

    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "p%d", i);
        ck_assert_uint_ne(ports_find(ports, name), 0);
    }
}

START_TEST(a_name_has_one_port)
{
    struct ports ports = {NULL, 0};
    uint16_t first = ports_find(&ports, "mqtt");

    ck_assert_uint_ne(first, 0);
    ck_assert_uint_ne(ports_find(&ports, "ws"), first);
    ck_assert_uint_eq(ports_find(&ports, "mqtt"), first);
    ports_end(&ports);
}
END_TEST

START_TEST(runs_side_by_side_never_share_one)
{
    struct ports one = {NULL, 0};
    struct ports other = {NULL, 0};

    find_many(&one);
    find_many(&other);
    for (size_t i = 0; i < MANY; i++)
        for (size_t j = 0; j < MANY; j++)
            ck_assert_uint_ne(one.rows[i].number, other.rows[j].number);
    ports_end(&one);
    ports_end(&other);
}
END_TEST

/* A listener of somebody else is found by binding, and the port is free for
 * the broker, claimed as it is. */
START_TEST(a_port_can_be_bound)
{
    struct ports ports = {NULL, 0};
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(ports_find(&ports, "mqtt")),
        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int handle = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_ge(handle, 0);
    ck_assert_int_eq(bind(handle, (struct sockaddr *)&address, sizeof address),
                     0);
    close(handle);
    ports_end(&ports);
}
END_TEST

Suite *ports_suite(void)
{
    Suite *suite = suite_create("ports");
    TCase *tcase = tcase_create("ports");

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, a_name_has_one_port);
    tcase_add_test(tcase, runs_side_by_side_never_share_one);
    tcase_add_test(tcase, a_port_can_be_bound);
    return suite;
}
