/* report/text.c and report/file.c: what all reports stand on. */
#include "sample_run.h"

#include "report/text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *report_suite(void);

/* ---- text -------------------------------------------------------------- */

static const struct {
    const char *text, *shown;
} visible[] = {
    {"plain text", "plain text"},
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
     "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"\x01\x1b[0m\x7f", "\\x01\\x1b[0m\\x7f"},
    {"a\nb\tc", "a\\x0ab\\x09c"},
    {"\xc2\x85", "\\xc2\\x85"},                   /* C1 control */
    {"\xe2\x80\xae", "\\xe2\\x80\\xae"},          /* right to left */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* surrogate */
    {"\xef\xbf\xbf", "\\xef\\xbf\\xbf"},          /* noncharacter */
    {"\xc0\xaf", "\\xc0\\xaf"},                   /* overlong */
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          /* overlong */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* too great */
    {"\xe2\x82", "\\xe2\\x82"},                   /* breaks off */
    {"\xe2\x82z", "\\xe2\\x82z"},
    {"\xff", "\\xff"},
    {NULL, ""},
};

START_TEST(test_visible)
{
    struct buffer out = buffer_make(1000);
    text_piece(&out, visible[_i].text, TEXT_PIECE_MAX);
    ck_assert_str_eq(buffer_string(&out), visible[_i].shown);
    buffer_free(&out);
}
END_TEST

START_TEST(test_piece_is_cut)
{
    struct buffer out = buffer_make(1000);
    text_piece(&out, "12345\xc3\xa9 and more", 6);
    ck_assert_str_eq(buffer_string(&out), "12345 ... (11 more bytes)");
    buffer_free(&out);
}
END_TEST

static const struct {
    int64_t time;
    const char *milliseconds, *seconds, *duration;
} figures[] = {
    {0, "0.0", "0.000", "0.0 ms"},
    {49999, "0.0", "0.000", "0.0 ms"},
    {50000, "0.1", "0.000", "0.1 ms"},
    {499999, "0.5", "0.000", "0.5 ms"},
    {500000, "0.5", "0.001", "0.5 ms"},
    {999949999, "999.9", "1.000", "999.9 ms"},
    {30000499999, "30000.5", "30.000", "30.000 s"},
    {INT64_C(3600) * 1000000000, "3600000.0", "3600.000", "3600.000 s"},
    {-5, "0.0", "0.000", "0.0 ms"},
};

START_TEST(test_figures)
{
    struct buffer out = buffer_make(100);
    text_milliseconds(&out, figures[_i].time);
    ck_assert_str_eq(buffer_string(&out), figures[_i].milliseconds);
    buffer_clear(&out);
    text_seconds(&out, figures[_i].time);
    ck_assert_str_eq(buffer_string(&out), figures[_i].seconds);
    buffer_clear(&out);
    text_duration(&out, figures[_i].time);
    ck_assert_str_eq(buffer_string(&out), figures[_i].duration);
    buffer_free(&out);
}
END_TEST

START_TEST(test_wrapped)
{
    char words[400] = "";
    struct buffer out = buffer_make(1000);
    for (int i = 0; i < 30; i++)
        strcat(words, "word-of-12 ");
    text_wrapped(&out, words, 10, 4);
    const char *text = buffer_string(&out);
    ck_assert_uint_eq(strcspn(text, "\n"), 87); /* eight words */
    ck_assert_int_eq(strncmp(strchr(text, '\n') + 1, "    word", 8), 0);
    ck_assert_int_ne(text[out.size - 1], '\n');
    buffer_free(&out);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

static void check_content(const char *path, const char *content)
{
    char text[100];
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(text, content);
}

/* How many entries the directory of path has. */
static int neighbours(const char *path)
{
    char command[400], text[32];
    snprintf(command, sizeof command, "ls -A \"$(dirname '%s')\" | wc -l",
             path);
    ck_assert_int_eq(sample_command(command, text, sizeof text), 0);
    return atoi(text);
}

START_TEST(test_file_is_replaced)
{
    const char *path = sample_file("new/deep/report.txt", slice_of("first"));
    check_content(path, "first");
    path = sample_file("new/deep/report.txt", slice_of("second"));
    check_content(path, "second");
    ck_assert_int_eq(neighbours(path), 1);
    path = sample_file("new/deep/report.txt", slice_make(NULL, 0));
    check_content(path, "");
}
END_TEST

START_TEST(test_file_below_file)
{
    char error[200], path[300];
    const char *file = sample_file("file", slice_of("content"));
    snprintf(path, sizeof path, "%s/report.xml", file);
    ck_assert(!report_file_write(path, slice_of("x"), error, sizeof error));
    ck_assert_int_eq(strncmp(error, "cannot write /", 14), 0);
    ck_assert_ptr_nonnull(strstr(error, "file/report.xml: Not a directory"));
    ck_assert_ptr_null(strchr(error, '\n'));
    check_content(file, "content");
}
END_TEST

START_TEST(test_directory_in_the_way)
{
    char error[200], path[300];
    const char *file = sample_file("folder/file", slice_of("content"));
    snprintf(path, sizeof path, "%.*s", (int)(strlen(file) - strlen("/file")),
             file);
    ck_assert(!report_file_write(path, slice_of("x"), error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "folder: Is a directory"));
}
END_TEST

START_TEST(test_full_device)
{
    char error[200];
    ck_assert(
        report_file_write("/dev/null", slice_of("x"), error, sizeof error));
    ck_assert(
        !report_file_write("/dev/full", slice_of("x"), error, sizeof error));
    ck_assert_str_eq(error, "cannot write /dev/full: No space left on device");
    struct stat status;
    ck_assert_int_eq(stat("/dev/full", &status), 0);
    ck_assert(S_ISCHR(status.st_mode));
}
END_TEST

START_TEST(test_long_path)
{
    static char path[10000];
    char error[200];
    memset(path, 'a', sizeof path - 1);
    ck_assert(!report_file_write(path, slice_of("x"), error, sizeof error));
    ck_assert(!report_file_write("", slice_of("x"), error, sizeof error));
}
END_TEST

Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("report");
    tcase_add_loop_test(tcase, test_visible, 0,
                        (int)(sizeof visible / sizeof *visible));
    tcase_add_test(tcase, test_piece_is_cut);
    tcase_add_loop_test(tcase, test_figures, 0,
                        (int)(sizeof figures / sizeof *figures));
    tcase_add_test(tcase, test_wrapped);
    tcase_add_test(tcase, test_file_is_replaced);
    tcase_add_test(tcase, test_file_below_file);
    tcase_add_test(tcase, test_directory_in_the_way);
    tcase_add_test(tcase, test_full_device);
    tcase_add_test(tcase, test_long_path);
    suite_add_tcase(suite, tcase);
    return suite;
}
