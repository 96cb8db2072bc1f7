/* What a connection of a case gets of the command line. */
#include "engine/target.h"
#include <check.h>

static const struct net_header of_user[] = {{"Authorization", "Basic eDp5"}};
static const struct net_header of_case[] = {{"Origin", "here"}};

static void begin(struct target *target, struct run_options *options)
{
    struct net_url url = {.transport = NET_WS,
                          .host = (char[]){"127.0.0.1"},
                          .port = 8083,
                          .path = (char[]){"/mqtt"}};
    *options = (struct run_options){
        .headers = of_user,
        .header_count = 1,
        .profile = profile_of_urls(&url, 1),
    };
    *target = (struct target){.options = options, .profile = options->profile};
    ck_assert_ptr_nonnull(options->profile);
    ck_assert_msg(target_begin(target, options), "%s", target->trouble);
}

static void end(struct target *target, struct run_options *options)
{
    target_end(target);
    profile_free((struct profile *)(uintptr_t)options->profile);
}

START_TEST(headers_of_a_case_are_added_to_those_of_the_command_line)
{
    struct target target;
    struct run_options user;
    struct net_options options;
    const char *trouble = "";
    struct open_step open = {.headers = (struct net_header *)(uintptr_t)of_case,
                             .header_count = 1};
    struct stage_open how = {
        .endpoint = "default", .transport = NET_WS, .stated = &open};
    begin(&target, &user);
    ck_assert_msg(target_stage_options(&target, &how, &options, &trouble), "%s",
                  trouble);
    ck_assert_uint_eq(options.header_count, 1);
    ck_assert_str_eq(options.headers[0].name, "Origin");
    ck_assert_uint_eq(options.default_header_count, 1);
    ck_assert_str_eq(options.default_headers[0].name, "Authorization");
    end(&target, &user);
}
END_TEST

Suite *target_suite(void)
{
    Suite *suite = suite_create("target");
    TCase *tcase = tcase_create("options");
    tcase_add_test(tcase,
                   headers_of_a_case_are_added_to_those_of_the_command_line);
    suite_add_tcase(suite, tcase);
    return suite;
}
