/* No report shows a password or authentication data. */
#include "expect.h"
#include "script/yaml_secret.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH "harness/test/end_to_end/secrets.py"

static const char *refbroker(void)
{
    const char *binary = getenv("REFBROKER");
    return binary ? binary : "build/refbroker";
}

START_TEST(no_report_shows_a_secret)
{
    struct program program;
    struct program_end end = {.status = -1};
    const char *const arguments[] = {"/usr/bin/python3", SEARCH,
                                     program_mqttspec(), refbroker(),
                                     expect_folder,      NULL};
    ck_assert(program_start(&program, arguments));
    program_wait(&program, &end);
    expect_status(&end, 0);
    expect_text(end.out, "readable True\ncaptured True\nleaks 0\n");
    program_forget(&end);
}
END_TEST

static const struct {
    const char *yaml, *shown;
} rows[] = {
    {"- {send: connect, password: open sesame, ack: true}",
     "- {send: connect, password: **** ******, ack: true}"},
    {"password: \"a, \\\"b}\" # why", "password: \"*, \\\"*}\" # why"},
    {"{password: 'it''s', x: y}", "{password: '**''*', x: y}"},
    {"'password': x", "'password': *"},
    {"\"password\": [a, {hex: 0f ff}], b: c",
     "\"password\": [*, {hex: ** **}], b: c"},
    {"{authentication_data: {text: abc, pad: x}, reason_code: 0x18}",
     "{authentication_data: {text: ***, pad: *}, reason_code: 0x18}"},
    {"{authentication_data: {auth: start}, password: $word}",
     "{authentication_data: {auth: start}, password: $word}"},
    {"  ADMIN_PASSWORD: hunter", "  ADMIN_PASSWORD: ******"},
    {"auth_start: abc\nauth_method: PLAIN\napi_token: x1\nclient-secret: y2",
     "auth_start: ***\nauth_method: PLAIN\napi_token: **\nclient-secret: **"},
    {"a:\n  password: |\n    two\n\n    lines\n  b: c",
     "a:\n  password: |\n    ***\n\n    *****\n  b: c"},
    {"wrong_password: {user_name: a, password: b}",
     "wrong_password: {user_name: *, password: *}"},
    {"wrong_password:\n  user_name: a", "wrong_password:\n  user_name: a"},
    {"{send: connect, password_flag: 1, user_name: u}",
     "{send: connect, password_flag: 1, user_name: u}"},
    {"title: The right password is taken",
     "title: The right password is taken"},
    {"password: \"unended \\", "password: \"******* \\"},
    {"password: {a: [b", "password: {a: [*"},
    {"password: \xc3\xbc", "password: **"},
    {"password", "password"},
    {"password:", "password:"},
    {"", ""},
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(lines_of_yaml_hide_theirs)
{
    char text[200];
    snprintf(text, sizeof text, "%s", rows[_i].yaml);
    yaml_hide_secrets(text, strlen(text));
    ck_assert_str_eq(text, rows[_i].shown);
}
END_TEST

Suite *secrets_suite(void);
Suite *secrets_suite(void)
{
    Suite *suite = suite_create("secrets");
    TCase *tcase = tcase_create("secrets");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, no_report_shows_a_secret);
    tcase_add_loop_test(tcase, lines_of_yaml_hide_theirs, 0, ROWS);
    suite_add_tcase(suite, tcase);
    return suite;
}
