#include "cli/commands.h"
#include "cli/github.h"
#include "cli/target.h"
#include "cli/version.h"
#include "script/case_text.h"
#include "test/scratch.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cli cli;

static void begin(void)
{
    memset(&cli, 0, sizeof cli);
    cli.program = "mqttspec";
    cli.out = stdout;
    cli.err = stderr;
    cli.arena = arena_new(1 << 20);
    ck_assert(cli.arena && diagnostics_begin(&cli.diagnostics));
}

static void end(void)
{
    diagnostics_end(&cli.diagnostics);
    arena_free(cli.arena);
}

/* Parses arguments that are written with single spaces between. */
static bool parse(const char *line, unsigned command,
                  struct option_error *error)
{
    char *text = arena_text(cli.arena, line);
    char *arguments[20];
    int count = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    return options_parse(count, arguments, command, cli.arena, &cli.options,
                         error);
}

#define parse_well(line)                                                       \
    do {                                                                       \
        struct option_error wrong;                                             \
        bool well = parse(line, COMMAND_RUN, &wrong);                          \
        ck_assert_msg(well, "%s", wrong.text);                                 \
    } while (0)

START_TEST(options_and_words_may_be_mixed)
{
    parse_well("mqtt://a -s one --strict mqtt://b --select=two -sthree -qv");
    ck_assert_uint_eq(cli.options.words.count, 2);
    ck_assert_str_eq(cli.options.words.items[1], "mqtt://b");
    ck_assert_uint_eq(cli.options.select.count, 3);
    ck_assert_str_eq(cli.options.select.items[0], "one");
    ck_assert_str_eq(cli.options.select.items[1], "two");
    ck_assert_str_eq(cli.options.select.items[2], "three");
    ck_assert(cli.options.strict && cli.options.quiet && cli.options.verbose);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    parse_well("a -- --strict -");
    ck_assert(!cli.options.strict);
    ck_assert_uint_eq(cli.options.words.count, 3);
    ck_assert_str_eq(cli.options.words.items[1], "--strict");
}
END_TEST

START_TEST(values_are_read_by_kind)
{
    parse_well("--jobs 8 --patience 2.5 --shard 2/5 --seed "
               "18446744073709551615 --colour never --junit x.xml");
    ck_assert_uint_eq(cli.options.jobs, 8);
    ck_assert(cli.options.patience == 2.5);
    ck_assert_uint_eq(cli.options.shard.number, 2);
    ck_assert_uint_eq(cli.options.shard.count, 5);
    ck_assert_uint_eq(cli.options.seed, UINT64_MAX);
    ck_assert_int_eq(cli.options.colour, COLOUR_NEVER);
    ck_assert_str_eq(cli.options.junit, "x.xml");
}
END_TEST

static const struct wrong_row {
    const char *line, *text;
} wrong_rows[] = {
    {"--nonsense", "unknown option '--nonsense'"},
    {"-Z", "unknown option '-Z'"},
    {"--strict=yes", "takes no value"},
    {"--junit", "needs a value: FILE"},
    {"--jobs 0", "from 1"},
    {"--jobs -1", "from 1"},
    {"--jobs 1000001", "from 1"},
    {"--jobs 8x", "from 1"},
    {"--patience 0", "above 0"},
    {"--patience nan", "above 0"},
    {"--patience 1e9", "above 0"},
    {"--patience x", "above 0"},
    {"--shard 0/5", "K/N"},
    {"--shard 6/5", "K/N"},
    {"--shard 2", "K/N"},
    {"--shard 2/5/6", "K/N"},
    {"--shard 222222222222222222/5", "K/N"},
    {"--seed 0", "whole number"},
    {"--seed 18446744073709551616", "whole number"},
    {"--colour green", "auto, always or never"},
};

START_TEST(wrong_options_are_named)
{
    struct option_error error;
    ck_assert(!parse(wrong_rows[_i].line, COMMAND_RUN, &error));
    ck_assert_msg(strstr(error.text, wrong_rows[_i].text) != NULL, "%s",
                  error.text);
}
END_TEST

START_TEST(an_option_belongs_to_its_commands)
{
    struct option_error error;
    ck_assert(!parse("--junit x", COMMAND_LINT, &error));
    ck_assert(parse("--json a", COMMAND_LIST, &error));
    ck_assert(cli.options.json_lines && cli.options.words.count == 1);
    ck_assert_ptr_null(cli.options.json);
}
END_TEST

/* No two rows of one command may share a name or a letter. */
START_TEST(the_table_is_unambiguous)
{
    for (size_t i = 0; i < option_row_count; i++)
        for (unsigned bit = COMMAND_RUN; bit <= COMMAND_COVERAGE; bit *= 2) {
            const struct option_row *row = &option_rows[i];
            if (!(row->commands & bit))
                continue;
            ck_assert_ptr_eq(option_named(slice_of(row->name), bit), row);
            if (row->letter)
                ck_assert_ptr_eq(option_lettered(row->letter, bit), row);
            ck_assert((row->kind == OPTION_FLAG) == !row->argument);
        }
}
END_TEST

START_TEST(help_shows_each_option)
{
    struct buffer out = buffer_make(1 << 20);
    help_command(&out, command_named("run"));
    for (size_t i = 0; i < option_row_count; i++) {
        char name[40];
        snprintf(name, sizeof name, "--%s", option_rows[i].name);
        if (option_rows[i].commands & COMMAND_RUN)
            ck_assert_msg(strstr(buffer_string(&out), name) != NULL, "%s",
                          name);
    }
    buffer_free(&out);
}
END_TEST

START_TEST(the_repeating_command_keeps_what_bears_on_the_judgement)
{
    parse_well("mqtt://reader:secret@host:1884 --ca a.pem -s x --strict "
               "--junit j.xml --patience 2 --seed 7 --repeat 9 --jobs 3 "
               "--header it's");
    ck_assert_str_eq(target_repeat_command(&cli),
                     "MQTTSPEC_PASSWORD='***' mqttspec run "
                     "mqtt://reader@host:1884 --strict --ca a.pem --header "
                     "'it'\\''s' --jobs 3 --patience 2 --seed 7");
    ck_assert_str_eq(target_name(&cli), "mqtt://reader@host:1884");
}
END_TEST

START_TEST(the_repeating_command_hides_the_password)
{
    parse_well("profile.yaml --user me --password secret");
    ck_assert_str_eq(target_repeat_command(&cli),
                     "MQTTSPEC_PASSWORD='***' mqttspec run profile.yaml "
                     "--user me");
}
END_TEST

START_TEST(the_query_of_a_url_is_hidden)
{
    parse_well("wss://me:secret@host/mqtt?token=secret ws://host --path "
               "/a?secret");
    ck_assert_str_eq(target_name(&cli), "wss://me@host/mqtt?*** ws://host");
    ck_assert_str_eq(target_repeat_command(&cli),
                     "MQTTSPEC_PASSWORD='***' mqttspec run "
                     "'wss://me@host/mqtt?***' ws://host --path '/a?***'");
}
END_TEST

START_TEST(a_colon_without_a_user_is_no_password)
{
    parse_well("mqtt://[::1]:1883 ws://host:80/a:b@c");
    ck_assert_str_eq(target_name(&cli), "mqtt://[::1]:1883 ws://host:80/a:b@c");
}
END_TEST

/* A case file in a file of its own; the caller removes it. */
static const char *write_cases(const char *text)
{
    static char path[SCRATCH_PATH];
    int file = scratch_file(path);
    ck_assert(file >= 0);
    ck_assert(write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    return path;
}

static void expect_case_text(const char *file, int line, const char *wanted)
{
    const char *path = write_cases(file);
    struct source source = {path, line, 3};
    struct buffer out = buffer_make(10000);
    ck_assert(case_text_put(&source, &out));
    ck_assert_str_eq(buffer_string(&out), wanted);
    buffer_free(&out);
    unlink(path);
}

START_TEST(a_case_ends_before_the_next)
{
    static const char file[] = "cases:\n"
                               "- id: a\n"
                               "  steps:\n"
                               "\n"
                               "  - {send: connect}\n"
                               "\n"
                               "# of the next\n"
                               "- id: b\n"
                               "  steps: []";
    expect_case_text(file, 2, "- id: a\n  steps:\n\n  - {send: connect}\n");
    expect_case_text(file, 8, "- id: b\n  steps: []\n");
}
END_TEST

START_TEST(a_case_may_be_indented)
{
    expect_case_text("cases:\n  - id: a\n    x: 1\n  - id: b\n", 2,
                     "  - id: a\n    x: 1\n");
}
END_TEST

START_TEST(a_case_without_its_file_is_no_crash)
{
    struct source nowhere = {NULL, 1, 1};
    struct source missing = {"/nonexistent/file.yaml", 1, 1};
    struct buffer out = buffer_make(100);
    ck_assert(!case_text_put(&nowhere, &out));
    ck_assert(!case_text_put(&missing, &out));
    buffer_free(&out);
}
END_TEST

START_TEST(annotations_are_escaped_and_few)
{
    struct play_record play = {
        .finding = {.kind = FAILURE_CLOSED, .message = "100% gone\nreally"}};
    struct result results[GITHUB_ANNOTATIONS + 5];
    struct run_record run = {.results = results,
                             .count = sizeof results / sizeof *results};
    for (size_t i = 0; i < run.count; i++)
        results[i] = (struct result){.verdict = i ? VERDICT_FAIL : VERDICT_PASS,
                                     .variant_id = "a/b@5.0+tcp[x=1,y=2]",
                                     .source = {"cases/a:b.yaml", 7, 3},
                                     .play = &play};
    struct buffer out = buffer_make(1 << 20);
    static const char line[] =
        "::error file=cases/a%3Ab.yaml,line=7,title=a/b@5.0+tcp[x=1%2Cy=2]::"
        "100%25 gone\\x0areally\n";
    github_put(&out, &run);
    ck_assert_uint_eq(out.size, GITHUB_ANNOTATIONS * strlen(line));
    ck_assert(slice_starts(buffer_slice(&out), slice_of(line)));
    buffer_free(&out);
}
END_TEST

/* Runs the command line with its output in memory. */
static int call(const char *const *arguments, int count, char **out, char **err)
{
    size_t out_size, err_size;
    FILE *out_file = open_memstream(out, &out_size);
    FILE *err_file = open_memstream(err, &err_size);
    int status =
        cli_main(count, (char **)(uintptr_t)arguments, out_file, err_file);
    fclose(out_file);
    fclose(err_file);
    return status;
}

START_TEST(the_version_is_printed)
{
    const char *const arguments[] = {"mqttspec", "--version", NULL};
    char *out, *err;
    ck_assert_int_eq(call(arguments, 2, &out, &err), CLI_OK);
    ck_assert_str_eq(out, "mqttspec " MQTTSPEC_VERSION "\n");
    ck_assert_str_eq(err, "");
    free(out);
    free(err);
}
END_TEST

START_TEST(every_command_explains_itself)
{
    for (size_t i = 0; i < command_count; i++) {
        const char *const arguments[] = {"mqttspec", command_rows[i].name, "-h",
                                         NULL};
        char *out, *err;
        ck_assert_int_eq(call(arguments, 3, &out, &err), CLI_OK);
        ck_assert_ptr_nonnull(strstr(out, command_rows[i].help));
        ck_assert_str_eq(err, "");
        free(out);
        free(err);
    }
}
END_TEST

/* The catalogue with the cases of the end-to-end tests, which judge little. */
START_TEST(the_manual_and_the_completion_name_all)
{
    static const char *const pages[] = {"manual", "completion"};
    for (size_t i = 0; i < 2; i++) {
        const char *arguments[] = {"mqttspec", pages[i]};
        char *out, *err;
        ck_assert_int_eq(call(arguments, 2, &out, &err), 0);
        for (size_t j = 0; j < command_count; j++)
            ck_assert_msg(strstr(out, command_rows[j].name) != NULL, "%s: %s",
                          pages[i], command_rows[j].name);
        ck_assert_ptr_nonnull(strstr(out, "pcap"));
        free(out);
        free(err);
    }
}
END_TEST

START_TEST(coverage_tells_what_judges_what)
{
    const char *const arguments[] = {"mqttspec", "coverage", "--cases",
                                     "harness/test/end_to_end/quick.yaml",
                                     NULL};
    char *out, *err;
    ck_assert_int_eq(call(arguments, 4, &out, &err), CLI_OK);
    ck_assert_ptr_nonnull(strstr(out, "  MQTT-3.12.4-1         quick/ping"));
    ck_assert_ptr_nonnull(strstr(out, "testable, but no case judges it yet"));
    ck_assert_ptr_nonnull(strstr(out, "only what a client does is at stake"));
    ck_assert_str_eq(err, "");
    free(out);
    free(err);
}
END_TEST

START_TEST(a_suite_that_is_not_complete)
{
    const char *const arguments[] = {"mqttspec", "lint", "--complete",
                                     "harness/test/end_to_end/quick.yaml",
                                     NULL};
    char *out, *err;
    ck_assert_int_eq(call(arguments, 4, &out, &err), CLI_BAD_USAGE);
    ck_assert_ptr_nonnull(
        strstr(err, "no case judges 'BEYOND-framing-1' in MQTT 3.1"));
    ck_assert_ptr_null(strstr(err, "'V3.1-PING-1'"));
    ck_assert_str_eq(out, "");
    free(out);
    free(err);
}
END_TEST

START_TEST(a_case_for_what_is_not_testable)
{
    const char *const arguments[] = {"mqttspec", "lint", "--complete",
                                     "harness/test/end_to_end/untestable.yaml",
                                     NULL};
    char *out, *err;
    ck_assert_int_eq(call(arguments, 4, &out, &err), CLI_BAD_USAGE);
    ck_assert_ptr_nonnull(
        strstr(err, "untestable/client judges 'MQTT-3.14.4-1' in MQTT 3.1.1"));
    free(out);
    free(err);
}
END_TEST

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* A case may judge none of the statements, but not within a suite. */
START_TEST(a_case_that_judges_no_statement)
{
    char folder[SCRATCH_PATH], own[80], file[80], list[96];
    ck_assert(scratch_make(folder));
    snprintf(file, sizeof file, "%s/own.yaml", folder);
    snprintf(own, sizeof own, "%s/statements", folder);
    snprintf(list, sizeof list, "%s/all.tsv", own);
    put_file(file, "area: own\ncases:\n- id: own/ping\n  title: It answers\n"
                   "  statements: none\n  steps:\n"
                   "  - {send: connect, ack: true}\n");
    const char *const lint[] = {"mqttspec", "lint", file, NULL};
    const char *const suite[] = {"mqttspec", "lint", folder, NULL};
    char *out, *err;
    ck_assert_int_eq(call(lint, 3, &out, &err), CLI_OK);
    free(out);
    free(err);
    ck_assert_int_eq(mkdir(own, 0700), 0);
    put_file(list, "id\tversions\tsection\tlevel\tbound party\ttestable\t"
                   "demand\nBEYOND-own-1\tall\t1\tMUST\tserver\tyes\t"
                   "Pings are answered.\n");
    ck_assert_int_eq(call(suite, 3, &out, &err), CLI_BAD_USAGE);
    ck_assert_ptr_nonnull(strstr(err, "judges something of it"));
    free(out);
    free(err);
    scratch_remove(folder);
}
END_TEST

/* Whatever allocation fails, the command ends, and says so. */
START_TEST(no_memory_is_no_crash)
{
    const char *const arguments[] = {
        "mqttspec",   "list", "--cases", "harness/test/end_to_end/quick.yaml",
        "quick/ping", NULL};
    for (long nth = 1; nth < 5000; nth += 1 + nth / 20) {
        char *out, *err;
        memory_fail_after(nth);
        int status = call(arguments, 5, &out, &err);
        memory_fail_after(0);
        ck_assert(status == CLI_OK || *err);
        free(out);
        free(err);
    }
}
END_TEST

static TCase *add(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    suite_add_tcase(suite, tcase);
    return tcase;
}

static void add_options(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, options_and_words_may_be_mixed);
    tcase_add_test(tcase, two_dashes_end_the_options);
    tcase_add_test(tcase, values_are_read_by_kind);
    tcase_add_loop_test(tcase, wrong_options_are_named, 0,
                        (int)(sizeof wrong_rows / sizeof *wrong_rows));
    tcase_add_test(tcase, an_option_belongs_to_its_commands);
    tcase_add_test(tcase, the_table_is_unambiguous);
    tcase_add_test(tcase, help_shows_each_option);
}

Suite *cli_suite(void)
{
    Suite *suite = suite_create("cli");
    add_options(add(suite, "options"));
    TCase *target = add(suite, "target");
    tcase_add_checked_fixture(target, begin, end);
    tcase_add_test(target,
                   the_repeating_command_keeps_what_bears_on_the_judgement);
    tcase_add_test(target, the_repeating_command_hides_the_password);
    tcase_add_test(target, the_query_of_a_url_is_hidden);
    tcase_add_test(target, a_colon_without_a_user_is_no_password);
    TCase *text = add(suite, "case text");
    tcase_add_test(text, a_case_ends_before_the_next);
    tcase_add_test(text, a_case_may_be_indented);
    tcase_add_test(text, a_case_without_its_file_is_no_crash);
    TCase *commands = add(suite, "commands");
    tcase_add_test(commands, annotations_are_escaped_and_few);
    tcase_add_test(commands, the_version_is_printed);
    tcase_add_test(commands, every_command_explains_itself);
    tcase_add_test(commands, the_manual_and_the_completion_name_all);
    tcase_add_test(commands, coverage_tells_what_judges_what);
    tcase_add_test(commands, a_suite_that_is_not_complete);
    tcase_add_test(commands, a_case_for_what_is_not_testable);
    tcase_add_test(commands, a_case_that_judges_no_statement);
    tcase_add_test(commands, no_memory_is_no_crash);
    return suite;
}
